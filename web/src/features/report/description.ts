/** The description of the problem and its title, on the step about the problem. */
import type { FieldError } from "../../shared/api.ts";
import type { Service } from "../../shared/council.ts";
import { byId } from "../../shared/dom.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { say } from "../../shared/say.ts";

const MAX_LENGTH = 4000;
const description = byId<HTMLTextAreaElement>("description");
const title = byId<HTMLInputElement>("title");
let count: () => void;

export function startDescription(): void {
  count = startCharacterCount(description, MAX_LENGTH);
  description.addEventListener("input", () => changeDraft({ description: description.value }));
  title.addEventListener("input", () => changeDraft({ title: title.value }));
}

export function showDescription(service: Service | undefined): void {
  description.value = currentDraft().description;
  title.value = currentDraft().title;
  count();
  const isPrivate = service?.visibility === "private";
  byId("description-hint").textContent = isPrivate
    ? say("Tell us what is wrong and how to find it. Only the council can see it.")
    : say("Tell us what is wrong and how to find it. It will be public. Do not include names or phone numbers.");
}

export function descriptionErrors(): FieldError[] {
  const text = description.value.trim();
  if (!text) return [{ field: "description", message: say("Describe the problem") }];
  return text.length > MAX_LENGTH
    ? [{ field: "description", message: say("The description must be 4,000 characters or fewer") }]
    : [];
}

export function addToDescription(words: string): void {
  description.value = [currentDraft().description.trimEnd(), words].filter(Boolean).join("\n");
  changeDraft({ description: description.value });
  count();
}
