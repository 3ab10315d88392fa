/** The confirmation: what happens next, and the form for a code if one was sent. */
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { send } from "../../shared/send.ts";
import { errorsOf } from "../../shared/session.ts";
import { aboutWords, changeDraft, currentDraft, storeReceipt, type Receipt, startDraft } from "./draft.ts";
import { goTo, sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

const section = sectionOf("sent");
const form = byId<HTMLFormElement>("sent-form");
const code = byId<HTMLInputElement>("code");
const heading = byId("sent-heading");

form.addEventListener("submit", () => void confirmCode());
byId("other-address").addEventListener("click", () => {
  // The unconfirmed subscription expires after a day.
  changeDraft({ receipt: null });
  goTo("how");
});
byId("another").addEventListener("click", (event) => {
  event.preventDefault();
  const { channel, to } = currentDraft();
  startDraft({ channel, to });
  history.replaceState(null, "", "/alerts/");
  goTo("what");
});

export function enter(): void {
  clearErrors(section);
  const { channel, to, receipt } = currentDraft();
  const isActive = receipt!.state === "active";
  const isCode = !isActive && channel === "sms";
  heading.textContent = isActive
    ? say("You will get these alerts")
    : isCode
      ? say("Enter the code")
      : say("Check your email");
  byId("sent-summary").textContent = aboutWords();
  byId("sent-text").replaceChildren(
    ...sentTexts(isActive, isCode, channel, channel === "email" || channel === "sms" ? to[channel] : "").map((text) =>
      element("p", {}, text),
    ),
  );
  show(byId("code-group"), isCode);
  show(byId("sent-manage"), isActive);
  show(byId("sent-again"), !isActive);
  byId<HTMLAnchorElement>("manage-link").href = receipt!.manage_url;
}

function sentTexts(isActive: boolean, isCode: boolean, channel: string, to: string): string[] {
  if (isCode) return [say("We've sent a 6-digit code to {address}. The code expires in 24 hours.", { address: to })];
  if (!isActive)
    return [
      say("We've sent an email to {address}. Select the link in the email to confirm.", { address: to }),
      say("The link expires in 24 hours. Check your spam folder."),
    ];
  if (channel === "push")
    return [say("You'll get notifications in this browser. You can change or stop them on this page.")];
  return [say("We'll send them to {address}. Every message has links to change or stop your alerts.", { address: to })];
}

async function confirmCode(): Promise<void> {
  clearErrors(section);
  const receipt = currentDraft().receipt!;
  if (!code.value.trim()) return showErrors(form, [{ field: "code", message: say("Enter the 6-digit code") }]);
  const outcome = await send<Receipt>(
    "POST",
    `/api/subscriptions/${receipt.subscription_id}/confirm`,
    { code: code.value.trim() },
    {},
  );
  if (outcome.kind !== "stored")
    return showRefusedFields(
      form,
      errorsOf(outcome).map(({ message }) => ({ field: "code", message })),
    );
  code.value = "";
  storeReceipt(outcome.value);
  enter();
  focusOn(heading);
}
