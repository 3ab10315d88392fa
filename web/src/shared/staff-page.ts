/** Pages for officers: they open for whoever may see them, and say what is in the way otherwise. */
import { byId, element, show } from "./dom.ts";
import { isSignedOut } from "./outcome.ts";
import { faultsOf, signInAddress, whoIsSignedIn } from "./session.ts";

const status = byId("staff-status");

/** `open` answers false where it told itself that there is nothing to show. */
export async function openForOfficers(open: () => Promise<boolean | void>): Promise<void> {
  tell("Loading…");
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) return status.replaceChildren(element("a", { href: signInAddress() }, "Sign in"), " first: this page is for the council's officers.");
  if (who.kind !== "stored") return tell("The page could not be loaded. Check your connection and try again.");
  if (!who.value.roles.some((role) => role === "officer" || role === "admin")) return tell("This page is for the council's officers.");
  if ((await open()) === false) return;
  tell("");
  show(byId("staff-page"));
}

export function tell(text: string): void {
  status.textContent = text;
}

export function tellFault(outcome: Parameters<typeof faultsOf>[0]): void {
  tell(`${faultsOf(outcome)[0]!.message.replace(/\.$/, "")}.`);
}
