/**
 * "Follow this report": asks how to send updates, then follows and subscribes in one step. A signed-in
 * follower is asked nothing, because the account has an address. A page shows one control at a time.
 */
import { rememberBrowserAlert } from "./browser-alerts.ts";
import {
  ADDRESSES,
  askPushAddress,
  type Channel,
  channelChoices,
  PUSH_PROBLEMS,
  type TypedChannel,
} from "./channels.ts";
import { choiceItems, checkedValues } from "./choices.ts";
import { element, focusOn, show, whileBusy } from "./dom.ts";
import { rememberFollow } from "./follows.ts";
import { showRefusedFields } from "./error-sentences.ts";
import { clearErrors, showErrors } from "./form-errors.ts";
import type { Outcome } from "./outcome.ts";
import { postAsSignedIn } from "./post.ts";
import { groupReference } from "./reference.ts";
import { send } from "./send.ts";
import { errorsOf, whoIsSignedIn } from "./session.ts";
import { say, sayParts } from "./say.ts";

export interface FollowResult {
  service_request_id: string;
  followers: number;
  alerts: { subscription_id: string; channel: Channel; to: string | null; state: string; manage_url: string } | null;
}

/** Called once the report is followed, with what the follower has to do or can expect. */
type OnFollowed = (followed: FollowResult, words: string) => void;

const NOT_YET = say("You are not following the report yet. Check your connection and try again");

/** Fills `host` with the control of the report, and moves the focus there. */
export async function openFollowControl(host: HTMLElement, reportId: string, done: OnFollowed): Promise<void> {
  const follow = createFollow(reportId);
  const status = element("p", { role: "status" }, say("One moment…"));
  host.replaceChildren(status);
  if ((await whoIsSignedIn()).kind === "stored") {
    const outcome = await follow({});
    if (outcome.kind === "stored" && outcome.value.alerts) return done(outcome.value, updatesText(outcome.value));
  }
  const form = await addressForm(follow, (followed, to) => {
    if (isCodeWanted(followed)) askCode(host, followed, to, done);
    else done(followed, isToConfirm(followed) ? confirmWords(to) : updatesText(followed));
  });
  host.replaceChildren(form);
  form.querySelector<HTMLInputElement>("input:checked")?.focus();
}

/** Follows the report. The same body sent again has the same key, so that it is stored once. */
function createFollow(reportId: string): (body: object) => Promise<Outcome<FollowResult>> {
  const keys = new Map<string, string>();
  return async (body) => {
    const sent = JSON.stringify(body);
    const key = keys.get(sent) ?? crypto.randomUUID();
    keys.set(sent, key);
    const outcome = await postAsSignedIn<FollowResult>(`/api/reports/${reportId}/follow`, body, key);
    if (outcome.kind === "stored") rememberFollow(outcome.value.service_request_id, outcome.value.followers);
    return outcome;
  };
}

const confirmWords = (to: string) =>
  say(
    "We've sent an email to {to}. Select the link in the email to get updates. If you can't find it, check your spam folder.",
    { to },
  );

/** Whether updates begin only when the follower has selected the link in an email. */
export const isToConfirm = ({ alerts }: FollowResult) => alerts?.channel === "email" && alerts.state === "unconfirmed";

const isCodeWanted = ({ alerts }: FollowResult) => alerts?.channel === "sms" && alerts.state === "unconfirmed";

function updatesText({ alerts }: FollowResult): string {
  if (alerts?.channel === "push") return say("You'll get notifications in this browser.");
  return alerts?.to ? say("We'll send updates to {to}.", { to: alerts.to }) : say("We'll send you updates.");
}

async function addressForm(
  follow: (body: object) => Promise<Outcome<FollowResult>>,
  onward: (followed: FollowResult, to: string) => void,
): Promise<HTMLFormElement> {
  const channels = element("div", { class: "govuk-radios", "data-error-before": "" });
  channels.append(...choiceItems("radio", "channel", await channelChoices(), ["email"]));
  const legend = element("legend", { class: "govuk-fieldset__legend" }, say("How should we tell you?"));
  const label = element("label", { class: "govuk-label", for: "to" });
  const hint = element("p", { class: "govuk-hint", id: "to-hint" });
  const to = element("input", { class: "govuk-input", id: "to", name: "to", "aria-describedby": "to-hint" });
  const typed = group(label, hint, to);
  const status = element("p", { role: "status" });
  const form = element(
    "form",
    { class: "app-follow", novalidate: "" },
    group(element("fieldset", { class: "govuk-fieldset" }, legend, channels)),
    typed,
    element("button", { class: "govuk-button", type: "submit" }, say("Follow this report")),
    status,
  );
  const channel = () => (checkedValues(channels)[0] ?? "email") as Channel;
  const describe = () => {
    const chosen = channel();
    show(typed, chosen !== "push");
    if (chosen !== "push") describeAddress(chosen, label, hint, to);
  };
  channels.addEventListener("change", describe);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(form, submit);
  });
  describe();
  return form;

  async function submit(): Promise<void> {
    clearErrors(form);
    const chosen = channel();
    const address = chosen === "push" ? await pushAddress() : typedAddress(chosen);
    if (!address) return;
    status.textContent = say("Sending…");
    const outcome = await follow({ channel: chosen, ...address });
    status.textContent = "";
    if (outcome.kind !== "stored") return showRefusedFields(form, errorsOfFollow(outcome));
    const { alerts } = outcome.value;
    if (alerts?.channel === "push") rememberBrowserAlert(say("Updates on a report"), alerts.manage_url);
    onward(outcome.value, to.value.trim());
  }

  function typedAddress(chosen: TypedChannel): object | null {
    const text = to.value.trim();
    if (text) return { to: text };
    showErrors(form, [{ field: "to", message: ADDRESSES[chosen].missing }]);
    return null;
  }

  async function pushAddress(): Promise<object | null> {
    status.textContent = say("Asking your browser…");
    const found = await askPushAddress();
    status.textContent = "";
    if (typeof found === "object") return { push: found };
    showErrors(form, [{ field: "channel", message: PUSH_PROBLEMS[found] }]);
    return null;
  }
}

function describeAddress(channel: TypedChannel, label: HTMLElement, hint: HTMLElement, to: HTMLInputElement): void {
  const words = ADDRESSES[channel];
  label.textContent = words.label;
  hint.textContent = words.hint;
  to.type = channel === "email" ? "email" : "tel";
  to.autocomplete = words.autocomplete;
}

/** The form for the code of a text message. */
function askCode(host: HTMLElement, followed: FollowResult, to: string, done: OnFollowed): void {
  const code = element("input", {
    class: "govuk-input govuk-input--width-5",
    id: "code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
  });
  const form = element(
    "form",
    { class: "app-follow", novalidate: "" },
    element("p", {}, say("We've sent a 6-digit code to {to}.", { to })),
    group(element("label", { class: "govuk-label", for: "code" }, say("Code")), code),
    element("button", { class: "govuk-button", type: "submit" }, say("Confirm")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(form, confirm);
  });
  host.replaceChildren(form);
  focusOn(code);

  async function confirm(): Promise<void> {
    clearErrors(form);
    if (!code.value.trim()) return showErrors(form, [{ field: "code", message: say("Enter the 6-digit code") }]);
    const path = `/api/subscriptions/${followed.alerts!.subscription_id}/confirm`;
    const outcome = await send("POST", path, { code: code.value.trim() }, {});
    if (outcome.kind === "stored") return done(followed, say("We'll text updates to {to}.", { to }));
    showRefusedFields(
      form,
      errorsOf(outcome).map(({ message }) => ({ field: "code", message })),
    );
  }
}

function errorsOfFollow(outcome: Exclude<Outcome<unknown>, { kind: "stored" }>): { field: string; message: string }[] {
  if (outcome.kind === "later") return [{ field: "", message: outcome.why ?? NOT_YET }];
  return errorsOf(outcome).map(({ field, message }) => ({ field: field === "to" ? field : "", message }));
}

const group = (...children: HTMLElement[]) => element("div", { class: "govuk-form-group" }, ...children);

/** Says on a page that the report is followed: which one, if it was merged, and what to expect. */
export function followWords(reportId: string, followed: FollowResult, words: string): (Node | string)[] {
  const { service_request_id: id } = followed;
  if (id === reportId)
    return [isToConfirm(followed) ? words : say("You are following this report. {words}", { words })];
  const link = element("a", { href: `/reports/${id}` }, groupReference(id));
  if (isToConfirm(followed)) return sayParts("This report was merged into {link}. {words}", { link, words });
  return sayParts("This report was merged into {link}. You are now following that report. {words}", { link, words });
}
