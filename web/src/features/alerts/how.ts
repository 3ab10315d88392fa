/** By which way, and sending it off. What needs the browser's leave asks for it only now. */
import type { FieldError, Outcome } from "../../shared/api.ts";
import { choiceItems, chosenIn } from "../../shared/choices.ts";
import { loadCouncil } from "../../shared/council.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import type { NoPush } from "../../shared/push.ts";
import { aboutWords, changeDraft, currentDraft, keepReceipt, type Receipt, wishOf } from "./draft.ts";
import { rememberHere } from "./here.ts";
import { goTo, sectionOf } from "./steps.ts";
import type { Channel, Choice } from "./words.ts";

type Sender = typeof import("./sender.ts");

const INSTEAD = "Or choose email: it works everywhere.";
const PROBLEMS: Record<NoPush, string> = {
  unsupported: `This browser cannot show notifications. ${INSTEAD}`,
  "needs-install": `An iPhone or iPad shows notifications only for what is on its home screen. Press Share, then “Add to Home Screen”, and ask for alerts from there. ${INSTEAD}`,
  denied: `Your browser does not let us send notifications. You can allow them in its settings for this site. ${INSTEAD}`,
  dismissed: `Your browser asked, and got no answer. Press “Get alerts” again, and say yes. ${INSTEAD}`,
  "timed-out": `Your browser could not set up notifications just now. Try again later. ${INSTEAD}`,
};
const TO: Record<"email" | "sms", { label: string; hint: string; missing: string; autocomplete: string }> = {
  email: { label: "Email address", hint: "We first send an email that asks whether you want this.", missing: "Enter an email address like name@example.com", autocomplete: "email" },
  sms: { label: "Mobile number", hint: "We first send you a code.", missing: "Enter a mobile number like 07700 900123", autocomplete: "tel" },
};

const section = sectionOf("how");
const channels = byId("channels");
const to = byId<HTMLInputElement>("to");
const button = byId<HTMLButtonElement>("send");
const problem = byId("push-problem");
const status = byId("send-status");
let sender: Sender | null = null;

to.addEventListener("input", () => {
  keepTyped(to.value);
  hint();
});
channels.addEventListener("change", () => {
  changeDraft({ channel: (chosenIn(channels)[0] ?? "") as Channel });
  describe();
});
section.querySelector("form")!.addEventListener("submit", () => void submit());

export async function enter(): Promise<void> {
  byId("about-how").textContent = aboutWords();
  const council = await loadCouncil().catch(() => null);
  const choices: Choice[] = [
    ["email", "Email"],
    ...(council?.push_key ? [["push", "Notifications on this phone or computer", "You need not tell us who you are."] as Choice] : []),
    ...(council?.sends_texts ? [["sms", "Text message"] as Choice] : []),
  ];
  channels.replaceChildren(...choiceItems("radio", "channel", choices, [currentDraft().channel]));
  describe();
  void meet();
}

/** Whoever is signed in gets alerts at her own address at once. */
async function meet(): Promise<void> {
  sender ??= await import("./sender.ts").catch(() => null);
  await sender?.meet();
  fillIn();
}

function describe(): void {
  const { channel } = currentDraft();
  const isAddressed = channel === "email" || channel === "sms";
  show(byId("to-group"), isAddressed);
  show(byId("push-note"), channel === "push");
  show(problem, false);
  if (channel === "push") void import("../../shared/push.ts").then(({ obstacle }) => tellObstacle(obstacle()), () => tell("timed-out"));
  if (!isAddressed) return;
  const words = TO[channel];
  byId("to-label").textContent = words.label;
  to.type = channel === "email" ? "email" : "tel";
  to.autocomplete = words.autocomplete as AutoFill;
  fillIn();
}

function keepTyped(text: string): void {
  const { channel, to: typed } = currentDraft();
  changeDraft({ to: { ...typed, [channel]: text } });
}

/** Her own address, where she is signed in and has typed no other. */
function fillIn(): void {
  const { channel, to: typed } = currentDraft();
  if (channel !== "email" && channel !== "sms") return;
  const own = sender?.addressFor(channel) ?? "";
  if (!typed[channel] && own) keepTyped(own);
  to.value = currentDraft().to[channel];
  hint();
}

function hint(): void {
  const { channel } = currentDraft();
  if (channel !== "email" && channel !== "sms") return;
  const isOwn = to.value !== "" && to.value === sender?.addressFor(channel);
  byId("to-hint").textContent = isOwn ? "This is in your account, so the alerts begin at once." : TO[channel].hint;
}

function tellObstacle(why: NoPush | null): void {
  if (why) tell(why);
}

function tell(why: NoPush): void {
  if (currentDraft().channel !== "push") return;
  show(problem);
  show(byId("push-note"), false);
  problem.textContent = PROBLEMS[why];
}

async function submit(): Promise<void> {
  clearErrors(section);
  const { channel } = currentDraft();
  if (!channel) return showErrors(section, [{ field: "channel", message: "Choose how we should tell you" }]);
  const typed = channel === "push" ? "" : currentDraft().to[channel].trim();
  if (channel !== "push" && !typed) return showErrors(section, [{ field: "to", message: TO[channel].missing }]);
  button.disabled = true;
  status.textContent = channel === "push" ? "Asking your browser…" : "Sending…";
  const address = channel === "push" ? await askBrowser() : { to: typed };
  if (address) await send(channel, address);
  button.disabled = false;
  status.textContent = "";
}

/** The browser's address, or null where there is none: then it is said why. */
async function askBrowser(): Promise<object | null> {
  const { push_key } = await loadCouncil().catch(() => ({ push_key: undefined }));
  const push = await import("../../shared/push.ts").catch(() => null);
  const found = push && push_key ? await push.subscribe(push_key) : { kind: "timed-out" as const };
  if (found.kind === "ok") return { push: found.push };
  tell(found.kind);
  focusOn(problem);
  return null;
}

async function send(channel: Channel, address: object): Promise<void> {
  const draft = currentDraft();
  const body = { channel, ...address, ...wishOf(draft) };
  const path = "/api/subscriptions";
  const outcome = await postAsSignedIn<Receipt>(path, body, draft.key);
  if (outcome.kind !== "stored") return showErrors(section, faultsOf(outcome));
  keepReceipt(outcome.value);
  if (channel === "push") rememberHere(aboutWords(), outcome.value.manage_url);
  goTo("sent");
}

/** What went wrong, at the field of this step that it is about, else above the form. */
function faultsOf(outcome: Outcome<unknown>): FieldError[] {
  if (outcome.kind === "later") return [{ field: "", message: "Not sent yet. What you chose is kept here. Try again in a moment, when you have a connection" }];
  if (outcome.kind === "stored") return [];
  const { errors, detail, title } = outcome.problem;
  if (!errors?.length) return [{ field: "", message: detail ?? title }];
  return errors.map(({ field, message }) => ({ field: field === "to" || field === "channel" ? field : "", message: message.slice(0, 1).toUpperCase() + message.slice(1) }));
}
