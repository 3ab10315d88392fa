/** Whoever signs out leaves nothing of hers in a report that was begun here. */
import { loadDraft, saveDraft } from "../../shared/pending-report.ts";

export function forgetSender(): void {
  const draft = loadDraft();
  if (draft?.account) saveDraft({ ...draft, key: crypto.randomUUID(), account: "", channel: "", name: "", email: "", phone: "" });
}
