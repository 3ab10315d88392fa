/** The case's timeline, officers' notes, and questions to the reporter. */
import { actionButton, byId, element, focusOn, show, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { faultOf } from "../../shared/fault.ts";
import { call } from "../../shared/session.ts";
import { STATES } from "../../shared/states.ts";
import { timelineEntry } from "../../shared/timeline.ts";
import { moment } from "./case-facts.ts";
import { changeCase, casePage, may, pathOf, reloadCase, sendForCase } from "./current-case.ts";
import { isOfReporter } from "./reporter.ts";
import type { SentQuestion, HeldUpdate, Note, Question } from "./model.ts";
import { offerUndo } from "./undo.ts";

export function startTimeline(): void {
  startForm("ask-form", "question", "/questions", "Enter your question");
  startForm("note-form", "note", "/notes", "Enter your note");
}

export function drawTimeline(): void {
  const { shown, zone } = casePage;
  const timeline = shown.updates.map((update) => {
    const entry = timelineEntry(update, zone, isOfReporter(shown, update) ? "The reporter" : undefined);
    if (update.text && may("change"))
      entry.append(
        redactable(`update-${update.update_id}`, update.text, (text) => ({ updates: { [update.update_id]: text } })),
      );
    return entry;
  });
  byId("timeline").replaceChildren(...timeline);
  show(byId("held-updates"), shown.held_updates.length > 0);
  byId("held-update-list").replaceChildren(...shown.held_updates.map(heldUpdateEntry));
  byId("question-list").replaceChildren(...shown.questions.map(questionEntry));
  byId("note-list").replaceChildren(...shown.notes.map(noteEntry));
  show(byId("ask-form"), may("ask"));
  byId("why-not-ask").textContent = shown.why_not_ask ?? "";
  show(byId("note-form"), may("note"));
  byId("history").replaceChildren(
    ...shown.history.map(({ at, action, by }) =>
      element("li", {}, action, element("div", { class: "app-muted" }, `${by}, ${moment(at)}`)),
    ),
  );
}

function startForm(formId: string, fieldId: string, path: string, missing: string): void {
  const form = byId<HTMLFormElement>(formId);
  const field = byId<HTMLTextAreaElement>(fieldId);
  let asked: number | undefined;
  let key = crypto.randomUUID();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });

  async function send(): Promise<void> {
    clearErrors(form);
    if (!field.value.trim()) return showErrors(form, [{ field: fieldId, message: missing }]);
    asked ??= Date.now();
    const stored = await sendForCase<Note | SentQuestion>(
      form,
      pathOf(casePage.shown, path),
      { text: field.value.trim() },
      { "Idempotency-Key": key },
      fieldId,
    );
    if (!stored) return;
    if ("question_id" in stored) offerUndo(stored, "Question sent.", casePage.shown.service_request_id, asked);
    key = crypto.randomUUID();
    asked = undefined;
    field.value = "";
    const last = document.getElementById(
      "note_id" in stored ? `note-${stored.note_id}` : `question-${stored.question_id}`,
    );
    if (last) focusOn(last);
  }
}

/** An update that waits for review. Its photos are among those of the case. */
function heldUpdateEntry({ update_id, datetime, text, requested_state }: HeldUpdate): HTMLElement {
  const entry = element("li", { id: `held-${update_id}` }, element("p", { class: "app-prose", dir: "auto" }, text));
  const about = [
    `Sent ${moment(datetime)}`,
    ...(requested_state ? [`sets the state to ${STATES[requested_state][0]}, if that is allowed`] : []),
  ];
  entry.append(element("div", { class: "app-muted" }, about.join(", ")));
  if (!may("change")) return entry;
  entry.append(
    decide("Publish", "shown", "Update published."),
    " ",
    decide("Do not publish", "refused", "Update not published."),
  );
  return entry;

  function decide(label: string, decision: string, done: string): HTMLElement {
    const button = actionButton(label, () => void send(decision, done));
    button.append(screenReaderText(`: ${text.slice(0, 60)}`));
    return button;
  }

  async function send(decision: string, done: string): Promise<void> {
    const changed = await changeCase(entry, { held_updates: { [update_id]: decision } }, done, `held-${update_id}`);
    if (changed) focusOn(byId("timeline-heading"));
  }
}

function noteEntry({ note_id, datetime, by, text }: Note): HTMLElement {
  return element(
    "li",
    { id: `note-${note_id}` },
    element("p", { class: "app-prose", dir: "auto" }, text),
    element("div", { class: "app-muted" }, `${by}, ${moment(datetime)}`),
  );
}

function questionEntry(question: Question): HTMLElement {
  const { question_id, text, asked_at, asked_by, answer, answered_at, settled_at } = question;
  const entry = element(
    "li",
    { id: `question-${question_id}` },
    element("p", { class: "app-prose", dir: "auto" }, text),
    element("div", { class: "app-muted" }, `Asked by ${asked_by}, ${moment(asked_at)}`),
  );
  if (answer !== null) {
    const said = element(
      "div",
      { class: "desk-answer" },
      element("p", { class: "app-prose", dir: "auto" }, answer),
      element("div", { class: "app-muted" }, `Answered ${moment(answered_at!)}`),
    );
    if (may("change"))
      said.append(redactable(`answer-${question_id}`, answer, (words) => ({ questions: { [question_id]: words } })));
    entry.append(said);
  } else if (settled_at)
    entry.append(element("p", { class: "app-muted" }, `Stopped waiting for an answer on ${moment(settled_at)}.`));
  else if (may("settle")) entry.append(actionButton("Stop waiting for an answer", () => void settle(question, entry)));
  return entry;
}

async function settle({ question_id }: Question, entry: HTMLElement): Promise<void> {
  const outcome = await whileBusy(entry, () =>
    call("POST", pathOf(casePage.shown, `/questions/${question_id}/settled`)),
  );
  if (outcome.kind === "stored") await reloadCase();
  else entry.append(element("p", { class: "govuk-error-message", role: "alert" }, faultOf(outcome)));
  focusOn(byId("questions-heading"));
}

/** A text that an officer can permanently redact in place. */
function redactable(id: string, text: string, changes: (text: string) => Record<string, unknown>): HTMLElement {
  const place = element("div", { class: "desk-redact" });
  const opener = element(
    "button",
    { class: "app-link-button", type: "button" },
    "Remove text",
    screenReaderText(`: ${text.slice(0, 60)}`),
  );
  opener.addEventListener("click", open);
  place.append(opener);
  return place;

  function open(): void {
    const area = element("textarea", { class: "govuk-textarea", id, rows: "4", maxlength: "2000" });
    area.value = text;
    const save = element(
      "button",
      { class: "govuk-button govuk-button--secondary", type: "submit" },
      "Remove permanently",
    );
    const label = element("label", { class: "govuk-label", for: id }, "Text to keep");
    const form = element(
      "form",
      { novalidate: "" },
      element("div", { class: "govuk-form-group" }, label, area),
      element("div", { class: "govuk-button-group" }, save, actionButton("Cancel", close)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void changeCase(form, changes(area.value.trim()), "Text removed.", id);
    });
    place.replaceChildren(form);
    area.focus();
  }

  function close(): void {
    place.replaceChildren(opener);
    opener.focus();
  }
}
