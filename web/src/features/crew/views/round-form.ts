/** The forms of a round: it is cancelled, a street was not reached, a bin was not emptied. */
import { choiceGroup, choiceItems, checkedValues } from "../../../shared/choices.ts";
import { element } from "../../../shared/dom.ts";
import { clearErrors, showErrors } from "../../../shared/form-errors.ts";
import type { FieldError } from "../../../shared/outcome.ts";
import { backLink, heading, type Part } from "../parts.ts";
import {
  BIN_REASONS,
  ROUND_REASONS,
  type RoundKind,
  type RoundReason,
  type RoundStreet,
  type RoundSubject,
} from "../rounds/model.ts";
import { recordRound } from "../rounds/record.ts";
import { reload, state } from "../state.ts";
import { sendLater, sync } from "../sync.ts";
import { findRound, notOnPhone, roundAddress } from "./rounds.ts";

interface FormTexts {
  kind: RoundKind;
  title: string;
  save: string;
  reasons: Partial<Record<RoundReason, string>>;
}

const FORMS = {
  off: { kind: "off", title: "Cancel the round", save: "Cancel the round", reasons: ROUND_REASONS },
  street: { kind: "street_missed", title: "Street not reached", save: "Save", reasons: ROUND_REASONS },
  bin: { kind: "not_emptied", title: "Bin not emptied", save: "Save", reasons: BIN_REASONS },
} satisfies Record<string, FormTexts>;

export type RoundForm = keyof typeof FORMS;
export const isRoundForm = (step: string): step is RoundForm => step in FORMS;

export function renderRoundForm(code: string, step: RoundForm): Part[] {
  const shown = findRound(code);
  const top = [backLink(roundAddress(code), "Back to the round"), ...heading(FORMS[step].title, code)];
  const streets = state.rounds.streets.get(code) ?? [];
  if (!shown || (step !== "off" && !streets.length)) return [...top, notOnPhone()];
  const words: FormTexts = FORMS[step];
  const form = element("form", { id: "round-form", novalidate: "" });
  const subject = step === "off" ? [] : subjectFields(step, streets);
  form.append(...subject, reasonField(words), noteField());
  form.append(element("button", { class: "govuk-button", type: "submit", id: "save" }, words.save));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });

  async function save(): Promise<void> {
    clearErrors(form);
    const { about, faults } = readSubject(form, step, streets);
    const reason = (checkedValues(form, "reason")[0] ?? null) as RoundReason | null;
    if (!reason) faults.push({ field: "reason", message: "Choose a reason" });
    if (faults.length) return showErrors(form, faults);
    const known = state.rounds.left.get(`${code}/${shown!.round.day}`) ?? [];
    const version =
      step === "bin"
        ? (known.find(({ premises_id }) => premises_id === about.premises_id)?.version ?? 0)
        : shown!.round.version;
    const text = form.querySelector("textarea")!.value;
    try {
      await recordRound(shown!.round, { kind: words.kind, version, about, reason, text });
    } catch {
      return showErrors(form, [{ field: "save", message: "This phone could not save this. It may be full" }]);
    }
    await reload();
    void sendLater();
    void sync();
    location.hash = roundAddress(code).slice(1);
  }
  return [...top, form];
}

function readSubject(form: HTMLElement, step: RoundForm, streets: RoundStreet[]) {
  const faults: FieldError[] = [];
  const about: Partial<RoundSubject> = {};
  if (step === "off") return { about, faults };
  const street = form.querySelector<HTMLSelectElement>("#street")!.value;
  if (!street) faults.push({ field: "street", message: "Choose a street" });
  if (step === "street") return { about: { street }, faults };
  const chosen = form.querySelector<HTMLSelectElement>("#premises")!.value;
  const found = streets.flatMap(({ premises }) => premises).find(({ premises_id }) => premises_id === chosen);
  if (street && !found) faults.push({ field: "premises", message: "Choose an address" });
  return { about: { premises_id: chosen, ...(found && { address: found.address }) }, faults };
}

function subjectFields(step: RoundForm, streets: RoundStreet[]): HTMLElement[] {
  const street = selectElement("street", "Choose a street", []);
  fillOptions(
    street,
    "Choose a street",
    streets.map(({ street: name }) => [name, name]),
  );
  if (step === "street") return [formGroup("street", "Street", street)];
  const premises = selectElement("premises", "Choose an address", []);
  street.addEventListener("change", () => {
    const found = streets.find(({ street: name }) => name === street.value)?.premises ?? [];
    fillOptions(
      premises,
      "Choose an address",
      found.map(({ premises_id, address }) => [premises_id, address]),
    );
  });
  return [formGroup("street", "Street", street), formGroup("premises", "Address", premises)];
}

function selectElement(id: string, empty: string, entries: [string, string][]): HTMLSelectElement {
  const made = element("select", { class: "govuk-select", id });
  fillOptions(made, empty, entries);
  return made;
}

function fillOptions(into: HTMLSelectElement, empty: string, entries: [string, string][]): void {
  into.replaceChildren(
    element("option", { value: "" }, empty),
    ...entries.map(([value, words]) => element("option", { value }, words)),
  );
}

const formGroup = (id: string, label: string, input: HTMLElement) =>
  element("div", { class: "govuk-form-group" }, element("label", { class: "govuk-label", for: id }, label), input);

const reasonField = ({ reasons }: FormTexts) =>
  choiceGroup(
    "Why?",
    "radios",
    choiceItems("radio", "reason", Object.entries(reasons), []),
    "Residents can read the reason.",
  );

const noteField = () =>
  element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: "text" }, "A note for the office (optional)"),
    element("textarea", { class: "govuk-textarea", id: "text", rows: "2", maxlength: "300" }),
  );
