/** The form controls of one question. Its field name is attributes.<code>, as in the API's errors. */
import type { Attribute, Value } from "../../shared/council.ts";
import { element } from "../../shared/dom.ts";
import { idOf } from "../../shared/form-errors.ts";
import { say } from "../../shared/say.ts";

type Answer = string | string[] | null;

const LISTS = ["singlevaluelist", "multivaluelist"];

export const fieldOf = ({ code }: Attribute) => `attributes.${code}`;
const isList = ({ datatype }: Attribute) => LISTS.includes(datatype);

export function questionField(question: Attribute, answer: Answer): HTMLElement {
  return element(
    "div",
    { class: "govuk-form-group" },
    isList(question) ? choiceField(question, answer) : inputField(question, answer),
  );
}

export function readAnswer(box: HTMLElement, question: Attribute): string | string[] {
  const controls = [...box.querySelectorAll<HTMLInputElement>(`[name="${fieldOf(question)}"]`)];
  if (!isList(question)) return controls[0]?.value ?? "";
  const chosen = controls.filter(({ checked }) => checked).map(({ value }) => value);
  return question.datatype === "multivaluelist" ? chosen : (chosen[0] ?? "");
}

function questionText({ description, required }: Attribute): string {
  return required ? description : say("{question} (optional)", { question: description });
}

function hintOf(question: Attribute): HTMLElement[] {
  const id = `${idOf(fieldOf(question))}-hint`;
  return question.datatype_description
    ? [element("p", { class: "govuk-hint", id }, question.datatype_description)]
    : [];
}

const describedBy = (hint: HTMLElement[]): Record<string, string> =>
  hint[0] ? { "aria-describedby": hint[0].id } : {};

function choiceField(question: Attribute, answer: Answer): HTMLElement {
  const kind = question.datatype === "multivaluelist" ? "checkboxes" : "radios";
  const hint = hintOf(question);
  const legend = element("legend", { class: "govuk-fieldset__legend app-question" }, questionText(question));
  const items = question.values.map((value, index) => choiceItem(question, value, index, kind, answer));
  const list = element("div", { class: `govuk-${kind}`, "data-error-before": "" }, ...items);
  return element("fieldset", { class: "govuk-fieldset", ...describedBy(hint) }, legend, ...hint, list);
}

/** The first choice has the field's id, so that the error summary can link to it. */
function choiceItem(
  question: Attribute,
  value: Value,
  index: number,
  kind: "radios" | "checkboxes",
  answer: Answer,
): HTMLElement {
  const name = fieldOf(question);
  const id = index === 0 ? idOf(name) : `${idOf(name)}-${value.key}`;
  const type = kind === "radios" ? "radio" : "checkbox";
  const input = element("input", { class: `govuk-${kind}__input`, id, type, name, value: value.key });
  input.checked = Array.isArray(answer) ? answer.includes(value.key) : answer === value.key;
  const label = element("label", { class: `govuk-label govuk-${kind}__label`, for: id }, value.name);
  return element("div", { class: `govuk-${kind}__item` }, input, label);
}

function inputField(question: Attribute, answer: Answer): DocumentFragment {
  const name = fieldOf(question);
  const id = idOf(name);
  const hint = hintOf(question);
  const attributes = { id, name, autocomplete: "off", ...describedBy(hint) };
  const input = inputElement(question, attributes);
  input.value = answer?.toString() ?? "";
  const parts = document.createDocumentFragment();
  parts.append(
    element("label", { class: "govuk-label app-question", for: id }, questionText(question)),
    ...hint,
    input,
  );
  return parts;
}

function inputElement(
  { datatype }: Attribute,
  attributes: Record<string, string>,
): HTMLInputElement | HTMLTextAreaElement {
  if (datatype === "text")
    return element("textarea", { ...attributes, class: "govuk-textarea", rows: "4", maxlength: "2000" });
  if (datatype === "number") {
    return element("input", {
      ...attributes,
      class: "govuk-input govuk-input--width-5",
      type: "text",
      inputmode: "decimal",
    });
  }
  if (datatype === "datetime") {
    return element("input", { ...attributes, class: "govuk-input govuk-input--width-20", type: "datetime-local" });
  }
  return element("input", { ...attributes, class: "govuk-input", type: "text", maxlength: "200" });
}
