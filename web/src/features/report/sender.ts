/** The sender of the report: the signed-in account, with its contact details. */
import type { OwnAccount } from "../account/model.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { isSignedOut } from "../../shared/outcome.ts";
import { isAssisted } from "../../shared/pending-report.ts";
import { call, signInAddress, whoIsSignedIn } from "../../shared/session.ts";
import { isStaff } from "./assurance.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { say, sayParts } from "../../shared/say.ts";

const status = byId("contact-status");

/** Does nothing if the session cannot be checked. `changed` runs when the draft has changed. */
export async function applyAccount(changed: () => void): Promise<void> {
  await offerAnonymity();
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) return explainSignedOut();
  if (who.kind !== "stored") return setStatus();
  const isNew = assignAccount(who.value.account_id);
  if (isStaff(who.value)) return offerChannels();
  changeDraft({ channel: "" });
  if (isNew) {
    const read = await call<OwnAccount>("GET", "/api/account");
    if (read.kind === "stored") fillContact(read.value);
    changed();
  }
  showAccountNote();
}

/** A report that was begun with an account stays with it until its sender decides, or signs in again. */
function explainSignedOut(): void {
  if (!currentDraft().account) return setStatus();
  const without = actionButton(say("Continue without signing in"), continueWithoutAccount);
  without.className = "app-link-button";
  setStatus(
    ...sayParts("You are signed out. {link}, then continue here.", {
      link: element("a", { href: signInAddress(), target: "_blank" }, say("Sign in (opens in a new tab)")),
    }),
    ...(isAssisted(currentDraft()) ? [] : [" ", without]),
  );
}

function continueWithoutAccount(): void {
  assignAccount("");
  setStatus(say("This report will not be in your list of reports, unless it has an address that you have confirmed."));
  focusOn(status);
}

/** Does not fill in the details of staff, who mostly report for residents. */
async function offerChannels(): Promise<void> {
  const assisted = await import("./assisted.ts");
  assisted.offerChannels(showAccountNote);
  showAccountNote();
}

function showAccountNote(): void {
  const { channel } = currentDraft();
  if (isAssisted(currentDraft()) || (!channel && !byId("channel-choice").hidden)) return setStatus();
  setStatus(
    ...sayParts("You are signed in. You'll find this report in {link}.", {
      link: element("a", { href: "/account/", target: "_blank" }, say("My reports (opens in a new tab)")),
    }),
  );
}

/** Makes the draft belong to the account, with a new key. Returns whether that is another account than before. */
function assignAccount(account: string): boolean {
  if (currentDraft().account === account) return false;
  changeDraft({ account, key: crypto.randomUUID() });
  return true;
}

/** Fills in empty fields; if the account prefers a way of contact, only that one. */
function fillContact({ name, addresses, reach_by }: OwnAccount): void {
  const draft = currentDraft();
  const first = (kind: "email" | "phone") =>
    reach_by && reach_by !== kind ? "" : (addresses.find((each) => each.kind === kind)?.value ?? "");
  changeDraft({
    name: draft.name || (name ?? ""),
    email: draft.email || first("email"),
    phone: draft.phone || first("phone"),
  });
}

/** Offers to report anonymously, unless the service requires the reporter to sign in. */
async function offerAnonymity(): Promise<void> {
  const known = Boolean((await currentService())?.why_sign_in);
  if (known) changeDraft({ anonymous: false });
  show(byId("anonymous-choice"), !known);
}

function setStatus(...words: (Node | string)[]): void {
  status.replaceChildren(...words);
}
