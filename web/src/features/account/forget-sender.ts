/** Whoever signs out leaves nothing of hers in a report or alerts that were begun here. */
import { forgetDraft } from "../alerts/draft.ts";
import { loadDraft, saveDraft } from "../../shared/pending-report.ts";

export function forgetSender(): void {
  forgetDraft();
  const draft = loadDraft();
  if (draft?.account) saveDraft({ ...draft, key: crypto.randomUUID(), account: "", channel: "", name: "", email: "", phone: "" });
}
