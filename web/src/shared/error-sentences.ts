/** Shows what the API refuses, whose messages may continue the name of their field, such as "must be a number". */
import type { FieldError } from "./api.ts";
import { idOf, showErrors } from "./form-errors.ts";
import { say } from "./say.ts";

/** How such a message begins, in English and Welsh. */
const CONTINUING = /^(?:must|is|has|rhaid|mae angen|y ffurf gywir)\b/i;

export function showRefusedFields(container: HTMLElement, errors: FieldError[]): void {
  showErrors(container, errors.map(asSentence));
}

/** The message of the API that continues the name of its field, after that name as the page has it. */
function asSentence({ field, message }: FieldError): FieldError {
  const named = CONTINUING.test(message) ? nameOf(field) : "";
  if (!named) return { field, message };
  const fault = message[0]!.toLowerCase() + message.slice(1);
  if (named.endsWith("?")) return { field, message: say("{question} The answer {fault}", { question: named, fault }) };
  return { field, message: say("{field} {fault}", { field: named, fault }) };
}

/** The label of a control, or the legend of its group; empty if it has none. */
function nameOf(field: string): string {
  const control = document.getElementById(idOf(field));
  const group = control?.closest(".govuk-form-group");
  const label = group?.querySelector(`label[for="${control!.id}"]`) ?? group?.querySelector("legend, label");
  return (label?.textContent ?? "").replace(/\s*\([^)]*\)\s*$/, "").trim();
}
