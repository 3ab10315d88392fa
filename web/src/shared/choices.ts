/** Radios and checkboxes from a list. */
import { element } from "./dom.ts";

/** The first input has the id that the error summary links to, the others that id and a number. */
export function choiceItems(
  kind: "radio" | "checkbox",
  name: string,
  choices: [value: string, words: string, hint?: string][],
  chosen: readonly string[],
): HTMLElement[] {
  const group = kind === "radio" ? "radios" : "checkboxes";
  return choices.map(([value, words, hint], index) => {
    const id = index === 0 ? name : `${name}-${index + 1}`;
    const described: Record<string, string> = hint ? { "aria-describedby": `${id}-hint` } : {};
    const input = element("input", { class: `govuk-${group}__input`, id, name, type: kind, value, ...described });
    input.checked = chosen.includes(value);
    const label = element("label", { class: `govuk-label govuk-${group}__label`, for: id }, words);
    const note = hint ? [element("p", { class: `govuk-hint govuk-${group}__hint`, id: `${id}-hint` }, hint)] : [];
    return element("div", { class: `govuk-${group}__item` }, input, label, ...note);
  });
}

/** The checked values, of inputs with that name if one is given. */
export function checkedValues(container: HTMLElement, name?: string): string[] {
  const checked = [...container.querySelectorAll<HTMLInputElement>("input:checked")];
  return checked.filter((input) => name === undefined || input.name === name).map(({ value }) => value);
}

/** The items as a group with a title, and a hint above them if there is one. */
export function choiceGroup(
  title: string,
  kind: "radios" | "checkboxes",
  items: HTMLElement[],
  hint = "",
): HTMLElement {
  return element(
    "div",
    { class: "govuk-form-group" },
    element(
      "fieldset",
      { class: "govuk-fieldset" },
      element("legend", { class: "govuk-fieldset__legend" }, title),
      ...(hint ? [element("p", { class: "govuk-hint" }, hint)] : []),
      element("div", { class: `govuk-${kind}`, "data-error-before": "" }, ...items),
    ),
  );
}
