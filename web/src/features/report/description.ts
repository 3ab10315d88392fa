/** The step that asks for a description of the problem. */
import { byId } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { sectionOf } from "./steps.ts";

const MAX_LENGTH = 4000;
const section = sectionOf("description");
const description = byId<HTMLTextAreaElement>("description");
const title = byId<HTMLInputElement>("title");
let count: () => void;

export function start(onward: () => Promise<void>): void {
  count = startCharacterCount(description, MAX_LENGTH);
  description.addEventListener("input", () => changeDraft({ description: description.value }));
  title.addEventListener("input", () => changeDraft({ title: title.value }));
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const message = problem(description.value.trim());
    if (message) showErrors(section, [{ field: "description", message }]);
    else void onward();
  });
}

export async function enter(): Promise<void> {
  description.value = currentDraft().description;
  title.value = currentDraft().title;
  count();
  const isPrivate = (await currentService())?.visibility === "private";
  const who = isPrivate ? "Only the council can see it." : "It will be public. Do not include names or phone numbers.";
  byId("description-hint").textContent = `Tell us what is wrong and how to find it. ${who}`;
}

function problem(text: string): string | null {
  if (!text) return "Describe the problem";
  return text.length > MAX_LENGTH ? "The description must be 4,000 characters or fewer" : null;
}
