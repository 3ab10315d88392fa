/** Step 3: the problem in the resident's words. */
import { byId } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { sectionOf } from "./steps.ts";

const MAX_LENGTH = 4000;
const section = sectionOf("description");
const description = byId<HTMLTextAreaElement>("description");
const title = byId<HTMLInputElement>("title");
let count: () => void;

export function startDescription(onward: () => void): void {
  count = startCharacterCount(description, MAX_LENGTH);
  description.addEventListener("input", () => changeDraft({ description: description.value }));
  title.addEventListener("input", () => changeDraft({ title: title.value }));
  section.querySelector("form")!.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(section);
    const message = problem(description.value.trim());
    if (message) showErrors(section, [{ field: "description", message }]);
    else onward();
  });
}

export function enterDescription(): void {
  description.value = currentDraft().description;
  title.value = currentDraft().title;
  count();
}

function problem(text: string): string | null {
  if (!text) return "Describe the problem";
  return text.length > MAX_LENGTH ? "The description must be 4,000 characters or fewer" : null;
}
