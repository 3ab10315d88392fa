/** Step 4: how to reach the resident; all of it optional. */
import { byId } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("contact");
const FIELDS = ["name", "email", "phone"] as const;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const inputOf = (field: string) => byId<HTMLInputElement>(`contact-${field}`);

export function startContact(onward: () => void): void {
  for (const field of FIELDS) {
    inputOf(field).addEventListener("input", () => changeDraft({ [field]: inputOf(field).value }));
  }
  section.querySelector("form")!.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(section);
    const email = currentDraft().email.trim();
    if (!email || EMAIL.test(email)) onward();
    else showErrors(section, [{ field: "contact.email", message: "Enter an email address like name@example.com" }]);
  });
}

export function enterContact(): void {
  for (const field of FIELDS) inputOf(field).value = currentDraft()[field];
}
