/** The draft of this visit and which steps it has answered. */
import { type Draft, dropDraft, loadDraft, newDraft, saveDraft } from "../../shared/pending-report.ts";
import type { Place } from "../../shared/reports.ts";
import type { StepName } from "./steps.ts";

let draft = loadDraft() ?? newDraft();

export const currentDraft = (): Readonly<Draft> => draft;

export function changeDraft(changes: Partial<Draft>): void {
  draft = { ...draft, ...changes };
  saveDraft(draft);
}

/** What is sent from here on is another report than what was sent before. */
export function renewKey(): void {
  changeDraft({ key: crypto.randomUUID() });
}

export function finishDraft(): void {
  draft = newDraft();
  dropDraft();
}

export function placeOf({ lat, long }: Draft): Place | null {
  return lat === undefined || long === undefined ? null : { lat, long };
}

/** The first step that still needs an answer, or null. */
export function firstUnanswered(): StepName | null {
  if (!placeOf(draft)) return "where";
  if (!draft.service_code) return "service";
  return draft.description.trim() ? null : "description";
}
