/** The form in which the reporter changes a report. */
import { actionButton, element } from "../../shared/dom.ts";
import type { Finding } from "../report/personal-data.ts";
import { type Field, FIELDS, isPublic, type OwnReport, type Words } from "./own-report.ts";
import { say, sayParts } from "../../shared/say.ts";

const LABELS: Words = {
  description: say("Describe the problem"),
  address: say("Nearest house number, street or landmark"),
  title: say("Short title"),
};
const LONGEST: Words = { description: "4000", address: "200", title: "300" };

export function reportForm(report: OwnReport, cancel: () => void): HTMLFormElement {
  const note = isPublic(report)
    ? say("Everyone can read what you write here.")
    : say("Only you and the council can read what you write here.");
  const save = element("button", { class: "govuk-button", type: "submit" }, say("Save"));
  const buttons = element("div", { class: "app-buttons" }, save, actionButton(say("Cancel"), cancel));
  return element(
    "form",
    { novalidate: "" },
    element("p", {}, note),
    ...FIELDS.map((field) => fieldGroup(field, report)),
    buttons,
  );
}

export function readWords(form: HTMLFormElement): Words {
  const texts = FIELDS.map((field) => [field, inputOf(form, field).value.trim()] as const);
  return Object.fromEntries(texts) as Words;
}

/** Possible personal information in public text. */
export async function findingsIn(words: Words, report: OwnReport): Promise<Finding[]> {
  if (!isPublic(report)) return [];
  return import("../report/personal-data.ts").then(({ findingsOf }) => findingsOf(words)).catch(() => []);
}

/** The warning before it is saved. */
export function personalDataWarning(findings: Finding[]): HTMLElement {
  const found = findings.map(({ words, kind, field }) =>
    element(
      "li",
      {},
      ...sayParts("{words} ({field}) looks like {kind}", {
        words: element("strong", {}, words),
        field: LABELS[field],
        kind,
      }),
    ),
  );
  return element(
    "div",
    { class: "app-notice", "data-question": "" },
    element("h3", {}, say("Your report may contain personal information")),
    element("p", {}, say("Everyone can read what you wrote. It looks like it includes:")),
    element("ul", { class: "app-bullets" }, ...found),
    element("p", {}, say("Change it, or select 'Save' again to keep it.")),
  );
}

function fieldGroup(field: Field, report: OwnReport): HTMLElement {
  const id = `${report.service_request_id}-${field}`;
  const isLong = field === "description";
  const input = isLong
    ? element("textarea", { class: "govuk-textarea", rows: "5" })
    : element("input", { class: "govuk-input", type: "text", autocomplete: "off" });
  for (const [name, value] of Object.entries({ id, name: field, maxlength: LONGEST[field] }))
    input.setAttribute(name, value);
  input.value = report[field] ?? "";
  return element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: id }, LABELS[field]),
    input,
  );
}

function inputOf(form: HTMLFormElement, field: Field): HTMLInputElement | HTMLTextAreaElement {
  return form.elements.namedItem(field) as HTMLInputElement | HTMLTextAreaElement;
}
