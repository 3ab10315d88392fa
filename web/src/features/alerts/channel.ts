/** The step that asks for the channel and sends the alert. Asks for the browser's permission only now. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import { ADDRESSES, askPushAddress, type Channel, channelChoices, PUSH_PROBLEMS } from "../../shared/channels.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import type { NoPush } from "../../shared/push.ts";
import { aboutWords, changeDraft, currentDraft, storeReceipt, type Receipt, requestBody } from "./draft.ts";
import { alertErrors } from "./faults.ts";
import { rememberBrowserAlert } from "../../shared/browser-alerts.ts";
import { goTo, sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

type SenderModule = typeof import("./sender.ts");

const section = sectionOf("how");
const channels = byId("channels");
const to = byId<HTMLInputElement>("to");
const button = byId<HTMLButtonElement>("send");
const problem = byId("push-problem");
const status = byId("send-status");
let sender: SenderModule | null = null;

to.addEventListener("input", () => {
  storeTyped(to.value);
  showHint();
});
channels.addEventListener("change", () => {
  changeDraft({ channel: (checkedValues(channels)[0] ?? "") as Channel });
  showChannel();
});
section.querySelector("form")!.addEventListener("submit", () => void submit());

export async function enter(): Promise<void> {
  byId("channel-summary").textContent = aboutWords();
  const choices = await channelChoices();
  channels.replaceChildren(...choiceItems("radio", "channel", choices, [currentDraft().channel]));
  showChannel();
  void offerAddresses();
}

/** Offers the addresses of the signed-in account, which need no confirmation. */
async function offerAddresses(): Promise<void> {
  sender ??= await import("./sender.ts").catch(() => null);
  await sender?.loadAccount();
  fillIn();
}

function showChannel(): void {
  const { channel } = currentDraft();
  const isAddressed = channel === "email" || channel === "sms";
  show(byId("to-group"), isAddressed);
  show(byId("push-note"), channel === "push");
  show(problem, false);
  if (channel === "push")
    void import("../../shared/push.ts").then(
      ({ findObstacle }) => showObstacle(findObstacle()),
      () => showPushProblem("timed-out"),
    );
  if (!isAddressed) return;
  const words = ADDRESSES[channel];
  byId("to-label").textContent = words.label;
  to.type = channel === "email" ? "email" : "tel";
  to.autocomplete = words.autocomplete;
  fillIn();
}

function storeTyped(text: string): void {
  const { channel, to: typed } = currentDraft();
  changeDraft({ to: { ...typed, [channel]: text } });
}

/** Fills in the account's address, if no other is typed. */
function fillIn(): void {
  const { channel, to: typed } = currentDraft();
  if (channel !== "email" && channel !== "sms") return;
  const own = sender?.addressFor(channel) ?? "";
  if (!typed[channel] && own) storeTyped(own);
  to.value = currentDraft().to[channel];
  showHint();
}

function showHint(): void {
  const { channel } = currentDraft();
  if (channel !== "email" && channel !== "sms") return;
  const isOwn = to.value !== "" && to.value === sender?.addressFor(channel);
  byId("to-hint").textContent = isOwn
    ? say("This is in your account, so you do not need to confirm it.")
    : ADDRESSES[channel].hint;
}

function showObstacle(why: NoPush | null): void {
  if (why) showPushProblem(why);
}

function showPushProblem(why: NoPush): void {
  if (currentDraft().channel !== "push") return;
  show(problem);
  show(byId("push-note"), false);
  problem.textContent = PUSH_PROBLEMS[why];
}

async function submit(): Promise<void> {
  clearErrors(section);
  const { channel } = currentDraft();
  if (!channel) return showErrors(section, [{ field: "channel", message: say("Choose how we should contact you") }]);
  const typed = channel === "push" ? "" : currentDraft().to[channel].trim();
  if (channel !== "push" && !typed) return showErrors(section, [{ field: "to", message: ADDRESSES[channel].missing }]);
  button.disabled = true;
  status.textContent = channel === "push" ? say("Asking your browser…") : say("Sending…");
  const address = channel === "push" ? await pushAddress() : { to: typed };
  if (address) await send(channel, address);
  button.disabled = false;
  status.textContent = "";
}

/** The browser's push address, or null; then the page says why. */
async function pushAddress(): Promise<object | null> {
  const found = await askPushAddress();
  if (typeof found === "object") return { push: found };
  showPushProblem(found);
  focusOn(problem);
  return null;
}

async function send(channel: Channel, address: object): Promise<void> {
  const draft = currentDraft();
  const body = { channel, ...address, ...requestBody(draft) };
  const path = "/api/subscriptions";
  const outcome = await postAsSignedIn<Receipt>(path, body, draft.key);
  if (outcome.kind !== "stored") return showErrors(section, alertErrors(outcome));
  storeReceipt(outcome.value);
  if (channel === "push") rememberBrowserAlert(aboutWords(), outcome.value.manage_url);
  goTo("sent");
}
