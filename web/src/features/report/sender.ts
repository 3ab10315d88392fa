/** Who sends the report: it becomes hers who is signed in, with the contact details of her account. */
import type { OwnAccount } from "../account/model.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { isSignedOut } from "../../shared/outcome.ts";
import { isAssisted } from "../../shared/pending-report.ts";
import { call, signInAddress, whoIsSignedIn } from "../../shared/session.ts";
import { isStaff } from "./assurance.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft } from "./draft.ts";

/** Nothing happens where it cannot be known. `changed` shows what the draft holds now. */
export async function meet(changed: () => void): Promise<void> {
  await offerAnonymity();
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) return leaveOff();
  if (who.kind !== "stored") return tell();
  const isNew = belongTo(who.value.account_id);
  if (isStaff(who.value)) return offerChannels();
  changeDraft({ channel: "" });
  if (isNew) {
    const read = await call<OwnAccount>("GET", "/api/account");
    if (read.kind === "stored") fillIn(read.value);
    changed();
  }
  tellWhose();
}

/** What somebody else told is kept until the one who took it down is signed in again. */
function leaveOff(): void {
  if (!isAssisted(currentDraft())) {
    belongTo("");
    return tell();
  }
  tell("You are not signed in any more. ", element("a", { href: signInAddress(), target: "_blank" }, "Sign in (opens in a new tab)"), ", then go on here.");
}

/** Staff's own details are not filled in: most of what they report is somebody else's. */
async function offerChannels(): Promise<void> {
  const assisted = await import("./assisted.ts");
  assisted.offerChannels(tellWhose);
  tellWhose();
}

function tellWhose(): void {
  const { channel } = currentDraft();
  if (isAssisted(currentDraft()) || (!channel && !byId("channel-choice").hidden)) return tell();
  tell("You are signed in, so you will find this report in ", element("a", { href: "/account/", target: "_blank" }, "My reports (opens in a new tab)"), ".");
}

/** Whether it is another one than before. What she sends goes under a key of its own. */
function belongTo(account: string): boolean {
  if (currentDraft().account === account) return false;
  changeDraft({ account, key: crypto.randomUUID() });
  return true;
}

/** What was typed stays; with a wish how to be reached, that alone is filled in. */
function fillIn({ name, addresses, reach_by }: OwnAccount): void {
  const draft = currentDraft();
  const first = (kind: "email" | "phone") => (reach_by && reach_by !== kind ? "" : (addresses.find((each) => each.kind === kind)?.value ?? ""));
  changeDraft({ name: draft.name || (name ?? ""), email: draft.email || first("email"), phone: draft.phone || first("phone") });
}

/** Where the council has to know who reports, nobody is asked whether she wants to be unknown. */
async function offerAnonymity(): Promise<void> {
  const known = Boolean((await currentService())?.why_sign_in);
  if (known) changeDraft({ anonymous: false });
  show(byId("anonymous-choice"), !known);
}

function tell(...words: (Node | string)[]): void {
  byId("contact-status").replaceChildren(...words);
}
