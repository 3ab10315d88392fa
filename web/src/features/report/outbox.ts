/** Reports and updates that wait on this device until the service has stored them. Pages and the service worker send
 * them. */
import type { SentAnswer } from "../../shared/own-reports.ts";
import type { Draft } from "../../shared/pending-report.ts";
import type { UpdateDraft } from "../../shared/pending-update.ts";
import { createQueue, type QueueItem } from "../../shared/queue.ts";
import { deletePhotos } from "./photo-store.ts";
import type { WaitingTexts } from "./waiting-texts.ts";
import { say } from "../../shared/say.ts";

const DATABASE = "outbox";
const STORE = "reports";
const DAY_MS = 24 * 3600_000;

/** The BroadcastChannel of pages and worker; a message says that the outbox has changed. */
export const CHANNEL = "ginnel-outbox";
export const KEPT_DAYS = 14;

/** The service's answer to a report. That to an update has only the report's id. */
export type Receipt = Pick<SentAnswer, "service_request_id" | "tracking_url"> & Partial<SentAnswer>;

interface WaitingPhoto {
  id: string;
  /** Its number under the report's key. */
  n: number;
  uploaded?: { photo_id: string; at: number };
}

/** A report, or an update of one. */
export interface WaitingReport extends QueueItem {
  /** The idempotency key: it is stored once, however often it is sent. */
  key: string;
  /** When its sender pressed the button. */
  at: number;
  /** Absent if an earlier version put it here. */
  texts?: WaitingTexts;
  /** Its kind and place, for lists. */
  title: string;
  where: string;
  /** The report of which it is an update; absent if it is a report. */
  update_of?: string;
  /** The account that it belongs to; empty if nobody was signed in. Null if that is not known: the account that is
   * signed in when it is sent first. */
  account: string | null;
  device: string;
  /** Whether staff send it for a resident. */
  for_other: boolean;
  /** Null after it was sent. */
  content: { draft: Draft | UpdateDraft; body: object; photos: WaitingPhoto[] } | null;
  /** The report in the service's answer, until its sender has seen it. */
  sent: Receipt | null;
}

export const { save, items, remove, nextSeq, withLock, change } = createQueue<WaitingReport>({
  open: () => indexedDB.open(DATABASE, 1),
  store: STORE,
  keyPath: "key",
  lock: "ginnel-outbox",
});

/** Forgets a report that was sent, once its sender knows it. */
export function deleteSent(key: string): Promise<void> {
  return change(key, () => remove(key));
}

/** Deletes a report that was not sent, with its photos. */
export function discard(key: string): Promise<void> {
  return change(key, discardItem);
}

/** Deletes reports that nobody wanted to send or to see for a long time. */
export async function deleteOld(): Promise<void> {
  for (const item of await items()) if (Date.now() - item.at > KEPT_DAYS * DAY_MS) await discardItem(item);
}

async function discardItem({ key, content }: WaitingReport): Promise<void> {
  await remove(key);
  if (content) await deletePhotos(content.photos.map(({ id }) => id));
}

/** On signing out, removes the sender's details. The report is then sent only after somebody has checked it. */
export async function removeSenders(change: (draft: Draft) => Draft): Promise<void> {
  await withLock(async () => {
    for (const item of await items()) {
      if (!item.account) continue;
      if (!item.content) await remove(item.key);
      else await save(withoutSender(item, item.update_of ? item.content.draft : change(item.content.draft as Draft)));
    }
  });
}

function withoutSender(item: WaitingReport, draft: Draft | UpdateDraft): WaitingReport {
  const attention = say("You signed out before we could send this. Edit it to send it.");
  return { ...item, account: "", attention, content: { ...item.content!, draft, body: {} } };
}
