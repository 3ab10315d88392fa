/** The description of the problem and its title, on the step about the problem. */
import type { FieldError } from "../../shared/api.ts";
import type { Service } from "../../shared/council.ts";
import { byId } from "../../shared/dom.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { changeDraft, currentDraft } from "./draft.ts";

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
  const who = isPrivate ? "Only the council can see it." : "It will be public. Do not include names or phone numbers.";
  byId("description-hint").textContent = `Tell us what is wrong and how to find it. ${who}`;
}

export function descriptionErrors(): FieldError[] {
  const text = description.value.trim();
  if (!text) return [{ field: "description", message: "Describe the problem" }];
  return text.length > MAX_LENGTH
    ? [{ field: "description", message: "The description must be 4,000 characters or fewer" }]
    : [];
}

export function addToDescription(words: string): void {
  description.value = [currentDraft().description.trimEnd(), words].filter(Boolean).join("\n");
  changeDraft({ description: description.value });
  count();
}
