/** Sends the draft: photos first, then the report. Each try uses the same keys, so that nothing is stored twice. */
import type { Outcome, Problem } from "../../shared/api.ts";
import { isMobile } from "../../shared/addresses.ts";
import { loadCouncil, type Service } from "../../shared/council.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, idOf, showErrors } from "../../shared/form-errors.ts";
import { type Draft, type DraftPhoto, isAssisted } from "../../shared/pending-report.ts";
import { postAs } from "../../shared/post.ts";
import { whenToRetry } from "../../shared/send.ts";
import { requestBody } from "./body.ts";
import { contactErrors } from "./contact.ts";
import { currentService } from "./current-service.ts";
import {
  addressOf,
  changeDraft,
  currentDraft,
  finishDraft,
  releaseDraft,
  savedText,
  renewKey,
  senderOf,
} from "./draft.ts";
import { allowedStep } from "./flow.ts";
import type { PhotosOutcome } from "./send-photos.ts";
import { type Receipt, rememberSent, type SentReport } from "./sent-reports.ts";
import { enqueue } from "./enqueue.ts";
import type { StepName } from "./step-order.ts";
import { goTo, sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

const ACCOUNT = "/account/";

const section = sectionOf("check");
const button = byId<HTMLButtonElement>("send");
const status = byId("send-status");
const notSent = byId("not-sent");

const STEP_OF: Record<string, StepName> = {
  lat: "where",
  long: "where",
  address: "where",
  service_code: "service",
  attributes: "details",
  photo_ids: "details",
  description: "details",
  title: "details",
};

/** The control that sets a field that has no control of its own, for error links. */
const CONTROL_OF: Record<string, string> = {
  lat: "place-search",
  long: "place-search",
  service_code: "service-search",
  photo_ids: "add-photos",
};

export function startSending(): void {
  section.querySelector("form")!.addEventListener("submit", () => void send());
}

async function send(): Promise<void> {
  clearErrors(section);
  const errors = contactErrors();
  if (errors.length) return showErrors(section, errors);
  button.disabled = true;
  show(notSent, false);
  const draft = currentDraft();
  try {
    // What the contact details say of the sender may stop the report.
    const step = await allowedStep("check");
    if (step !== "check") return goTo(step);
    // Without the list of services, it is not known which answers belong to the report.
    const service = await currentService();
    if (!service) return explainLater(null);
    const photos = await sendPhotosOf(draft, service);
    if (photos.kind === "later") return await queueOrExplain(service, photos.retryAfterSeconds);
    if (photos.kind !== "ready") return;
    status.textContent = say("Sending your report…");
    const body = requestBody(currentDraft(), service, photos.photo_ids);
    const account = senderOf(draft);
    const where = addressOf(draft) || draft.place_label;
    const sender = { account, key: draft.key, for_other: isAssisted(draft), ...(await waysToReach(draft)), where };
    const outcome = await postAs<Receipt>(account, "/api/reports", body, draft.key);
    if (outcome.kind === "later") return await queueOrExplain(service, outcome.retryAfterSeconds);
    handleOutcome(outcome, sender);
  } finally {
    button.disabled = false;
    status.textContent = "";
  }
}

/** Where updates go; or a number that gets none, if it is all that we have. */
async function waysToReach({ anonymous, no_alerts, email, phone }: Draft): Promise<Partial<SentReport>> {
  if (anonymous || no_alerts) return {};
  if (email || !phone) return { updates_to: email };
  const council = await loadCouncil().catch(() => null);
  return council?.sends_texts && isMobile(phone) ? { updates_to: phone } : { calls_to: phone };
}

/** If a photo cannot be used, or needs its sender to sign in, the page explains it. */
async function sendPhotosOf(draft: Draft, service: Service): Promise<PhotosOutcome> {
  if (draft.photos.length === 0 || service.photo === "none") return { kind: "ready", photo_ids: [] };
  const sending = await import("./send-photos.ts").catch(() => null);
  if (!sending) return { kind: "later", retryAfterSeconds: null };
  const outcome = await sending.sendPhotos(draft, (text) => (status.textContent = text));
  if (outcome.kind === "refused") explainPhoto(outcome.photo, outcome.reason);
  if (outcome.kind === "signed-out") explainSignedOut();
  return outcome;
}

/** Lets the report wait on this device. If that is not possible, the page says that it has not been sent. */
async function queueOrExplain(service: Service, retryAfterSeconds: number | null): Promise<void> {
  const waiting = await import("./waiting.ts").catch(() => null);
  if (!waiting || !(await enqueue(service))) return explainLater(retryAfterSeconds);
  waiting.confirmWhenSent(currentDraft().key);
  releaseDraft();
  goTo("waiting");
}

function handleOutcome(
  outcome: Exclude<Outcome<Receipt>, { kind: "later" }>,
  sender: Omit<SentReport, "receipt" | "at">,
): void {
  button.textContent = say("Send report");
  if (outcome.kind === "stored") {
    rememberSent({ receipt: outcome.value, ...sender, at: Date.now() });
    finishDraft();
    goTo("sent");
  } else {
    refuse(outcome.problem);
  }
}

function refuse(problem: Problem): void {
  const errors = problem.errors ?? [];
  const about = errors[0]?.field.split(".")[0] ?? "";
  const step = STEP_OF[about];
  if (problem.status === 409) return explainStored(problem);
  if (problem.status === 401) return explainSignedOut();
  if (about === "contact") return showRefusedFields(section, errors);
  if (!step) return showErrors(section, [{ field: "send", message: problem.detail ?? problem.title }]);
  goTo(step, () => showRefusedFields(sectionOf(step), errors.map(toControl)));
}

function toControl({ field, message }: { field: string; message: string }) {
  const known = document.getElementById(idOf(field));
  return { field: known ? field : (CONTROL_OF[field] ?? field), message };
}

function explainPhoto(photo: DraftPhoto, reason: string): void {
  const { photos } = currentDraft();
  const number = photos.findIndex(({ id }) => id === photo.id) + 1;
  const without = actionButton(say("Remove photo and send"), () => {
    changeDraft({ photos: currentDraft().photos.filter(({ id }) => id !== photo.id) });
    void send();
  });
  const other = element("a", { class: "app-link", href: "#details" }, say("Choose another photo"));
  explain(
    photos.length > 1 ? say("We cannot use this photo (photo {number})", { number }) : say("We cannot use this photo"),
    say("{reason} Your report has not been sent.", { reason }),
    element("div", { class: "app-buttons" }, without),
    element("p", {}, other),
  );
}

function explainStored(problem: Problem): void {
  const link = element("a", { href: problem.link ?? "/track/" }, say("See the report that you sent"));
  const sendAsNew = actionButton(say("Send this as a new report"), () => {
    renewKey();
    void send();
  });
  const deleteDraft = actionButton(say("Delete this report"), () => {
    finishDraft();
    show(notSent, false);
    goTo("where");
  });
  explain(
    say("You've already sent a version of this report"),
    savedText(),
    element("p", {}, link),
    element("div", { class: "app-buttons" }, sendAsNew, deleteDraft),
  );
}

function explainSignedOut(): void {
  const address = `/forms/sign-in?next=${ACCOUNT}`;
  const signIn = element("a", { href: address, target: "_blank" }, say("Sign in (opens in a new tab)"));
  const without = actionButton(say("Send without signing in"), () => {
    changeDraft({ account: "", channel: "" });
    renewKey();
    void send();
  });
  button.textContent = say("Try again");
  const isOwn = !isAssisted(currentDraft());
  const kept = savedText();
  explain(
    say("Your report has not been sent: you are signed out"),
    isOwn
      ? say(
          "{kept} Sign in and try again here. If you send it without signing in, it is in your list of reports only if it has an address that you have confirmed.",
          { kept },
        )
      : say("{kept} Sign in and try again here.", { kept }),
    element("p", {}, signIn),
    ...(isOwn ? [element("div", { class: "app-buttons" }, without)] : []),
  );
}

function explainLater(retryAfterSeconds: number | null): void {
  button.textContent = say("Try again");
  const when = whenToRetry(retryAfterSeconds);
  explain(say("Your report has not been sent"), `${savedText()} ${when[0]!.toUpperCase()}${when.slice(1)}.`);
}

function explain(title: string, text: string, ...more: Node[]): void {
  notSent.replaceChildren(element("h2", {}, title), element("p", {}, text), ...more);
  show(notSent);
  focusOn(notSent);
}
