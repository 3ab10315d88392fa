/** Whoever signs out leaves nothing of hers in a report or alerts that were begun here. */
import { forgetDraft } from "../alerts/draft.ts";
import { changeDrafts } from "../../shared/kept-draft.ts";
import type { Draft } from "../../shared/pending-report.ts";

export async function forgetSender(): Promise<void> {
  forgetDraft();
  await changeDrafts<Draft>("report", (draft) => (draft.account ? withoutSender(draft) : draft));
}

function withoutSender(draft: Draft): Draft {
  return { ...draft, key: crypto.randomUUID(), account: "", channel: "", name: "", email: "", phone: "" };
}
