/** Form errors: a summary that gets the focus, a message at each field, and "Error: " in the title. */
import type { FieldError } from "./api.ts";
import { element, focusOn, screenReaderText } from "./dom.ts";
import { say } from "./say.ts";

const PREFIX = `${say("Error:")} `;

/** Fields carry the API's names; a dot becomes a hyphen in ids: contact.email is #contact-email. */
export const idOf = (field: string) => field.replaceAll(".", "-");

export function showErrors(container: HTMLElement, errors: FieldError[]): void {
  clearErrors(container);
  for (const error of errors) markField(error);
  const summary = buildSummary(errors);
  container.prepend(summary);
  document.title = PREFIX + document.title;
  focusOn(summary);
  summary.scrollIntoView({ block: "nearest" });
}

export function clearErrors(container: HTMLElement): void {
  for (const old of container.querySelectorAll(".govuk-error-summary, .govuk-error-message")) old.remove();
  for (const group of container.querySelectorAll(".govuk-form-group--error")) {
    group.classList.remove("govuk-form-group--error");
  }
  for (const marked of container.querySelectorAll("[data-described-by]")) removeMessage(marked as HTMLElement);
  if (document.title.startsWith(PREFIX)) document.title = document.title.slice(PREFIX.length);
}

function buildSummary(errors: FieldError[]): HTMLElement {
  const list = element("ul", { class: "govuk-list govuk-error-summary__list" });
  for (const { field, message } of errors) {
    const target = document.getElementById(idOf(field));
    const link = element("a", { href: `#${idOf(field)}` }, message);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      target?.focus();
    });
    list.append(element("li", {}, target ? link : message));
  }
  const title = element("h2", { class: "govuk-error-summary__title" }, say("There is a problem"));
  const alert = element("div", { role: "alert" }, title, element("div", { class: "govuk-error-summary__body" }, list));
  return element("div", { class: "govuk-error-summary" }, alert);
}

function markField({ field, message }: FieldError): void {
  const control = document.getElementById(idOf(field));
  const group = control?.closest<HTMLElement>(".govuk-form-group");
  if (!control || !group) return;
  group.classList.add("govuk-form-group--error");
  const note = element(
    "p",
    { id: `${control.id}-error`, class: "govuk-error-message" },
    screenReaderText(PREFIX),
    message,
  );
  const anchor = group.querySelector("[data-error-before]") ?? control;
  anchor.before(note);
  describe(group.querySelector("fieldset") ?? control, note.id);
  if (control.matches(".govuk-input, .govuk-textarea")) control.classList.add(`${control.classList[0]}--error`);
}

function describe(control: Element, messageId: string): void {
  const before = control.getAttribute("aria-describedby") ?? "";
  control.setAttribute("data-described-by", before);
  control.setAttribute("aria-describedby", `${before} ${messageId}`.trim());
}

function removeMessage(control: HTMLElement): void {
  const before = control.dataset.describedBy;
  if (before) control.setAttribute("aria-describedby", before);
  else control.removeAttribute("aria-describedby");
  delete control.dataset.describedBy;
  control.classList.remove("govuk-input--error", "govuk-textarea--error");
}
