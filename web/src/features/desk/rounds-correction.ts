/** The form that corrects the state of a round. */
import { element, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { ROUND_REASONS, type RoundDay, type RoundKind, type RoundReason } from "../crew/rounds/model.ts";

/** A correction of a round, or of one of its streets or addresses. */
export interface Correction {
  kind: RoundKind | "to_come";
  street?: string;
  premises_id?: string;
  reason?: RoundReason;
  text?: string;
}

const KINDS: [Correction["kind"], string][] = [
  ["to_come", "Not out yet"],
  ["out", "Out"],
  ["finished", "Finished"],
  ["off", "Cancelled"],
];

/** `correct` returns why it failed, or an empty text. */
export function correctionForm(round: RoundDay, correct: (correction: Correction) => Promise<string>): HTMLElement {
  const kind = select(round, "kind", KINDS);
  const reason = select(round, "reason", Object.entries(ROUND_REASONS));
  const button = element(
    "button",
    { class: "govuk-button govuk-button--secondary", type: "submit" },
    "Correct",
    screenReaderText(` ${round.round}`),
  );
  const fields = [field(kind, "State"), field(reason, "Reason, if it is cancelled"), button];
  const form = element("form", { novalidate: "" }, element("div", { class: "desk-inline" }, ...fields));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });

  async function send(): Promise<void> {
    clearErrors(form);
    const chosen = kind.value as Correction["kind"];
    if (!chosen) return showErrors(form, [{ field: kind.id, message: "Choose a state" }]);
    if (chosen === "off" && !reason.value) return showErrors(form, [{ field: reason.id, message: "Choose a reason" }]);
    const because = chosen === "off" ? { reason: reason.value as RoundReason } : {};
    const fault = await whileBusy(form, () => correct({ kind: chosen, ...because }));
    if (fault) showErrors(form, [{ field: kind.id, message: fault }]);
  }
  return element(
    "details",
    { class: "govuk-details" },
    element("summary", { class: "govuk-details__summary" }, "Correct the round", screenReaderText(` ${round.round}`)),
    form,
  );
}

function select({ round }: RoundDay, name: string, entries: [string, string][]): HTMLSelectElement {
  const options = entries.map(([value, words]) => element("option", { value }, words));
  return element(
    "select",
    { class: "govuk-select", id: `${name}-${round}` },
    element("option", { value: "" }, "Choose"),
    ...options,
  );
}

const field = (input: HTMLElement, label: string) =>
  element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: input.id }, label),
    input,
  );
