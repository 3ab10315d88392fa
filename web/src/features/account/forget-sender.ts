/** On signing out, removes the person's details from drafts of reports and alerts, and from reports that wait. */
import { deleteDraft } from "../alerts/draft.ts";
import { changeDrafts } from "../../shared/stored-draft.ts";
import { type Draft, SIGNED_OUT, withoutSender } from "../../shared/pending-report.ts";

export async function forgetSender(): Promise<void> {
  deleteDraft();
  await changeDrafts<Draft>("report", (draft) => (draft.account ? withoutSender(draft) : draft));
  await import("../report/outbox.ts").then((outbox) => outbox.removeSenders(withoutSender)).catch(() => undefined);
  new BroadcastChannel(SIGNED_OUT).postMessage(null);
}
