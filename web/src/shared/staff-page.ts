/** Opens a page for officers, or says why it cannot be opened. */
import { byId, element, show } from "./dom.ts";
import { isSignedOut } from "./outcome.ts";
import { faultOf } from "./fault.ts";
import { errorsOf, signInAddress, whoIsSignedIn } from "./session.ts";

const status = byId("staff-status");

/** `open` returns false if it has already said that there is nothing to show. */
export async function openForOfficers(open: () => Promise<boolean | void>): Promise<void> {
  showStatus("Loading…");
  const who = await whoIsSignedIn();
  if (isSignedOut(who))
    return status.replaceChildren(
      element("a", { href: signInAddress() }, "Sign in"),
      " to see this page. It is for the council's officers.",
    );
  if (who.kind !== "stored") return showStatus("We could not load this page. Check your connection and try again.");
  if (!who.value.roles.some((role) => role === "officer" || role === "admin"))
    return showStatus("This page is for the council's officers.");
  if ((await open()) === false) return;
  showStatus("");
  show(byId("staff-page"));
}

export function showStatus(text: string): void {
  status.textContent = text;
}

export function showFailure(outcome: Parameters<typeof errorsOf>[0]): void {
  showStatus(`${faultOf(outcome).replace(/\.$/, "")}.`);
}
