/** What a crew says of a job: kept on the phone first, then sent. */
import { deviceKey } from "../../shared/device.ts";
import type { DeedKind, Item, Job, Reason } from "./model.ts";
import { items, keep, nextSeq } from "./outbox.ts";
import { whereAmI } from "./position.ts";

export interface Saying {
  kind: DeedKind;
  text?: string;
  reason?: Reason | null;
  /** Ids of photos in the phone's store. */
  photos?: string[];
}

/** Throws where the phone cannot keep it. */
export async function say(job: Job, { kind, text = "", reason = null, photos = [] }: Saying, account: string): Promise<Item> {
  const place = whereAmI();
  const item: Item = {
    op_id: crypto.randomUUID(),
    seq: await nextSeq(),
    account,
    device: deviceKey(),
    job_id: job.job_id,
    title: job.title,
    report: job.service_request_ids[0] ?? null,
    kind,
    base_version: job.version,
    at: await after(job),
    text: text.trim(),
    reason,
    lat: place?.lat ?? null,
    long: place?.long ?? null,
    photos: photos.map((id, index) => ({ id, n: index + 1, broke: 0 })),
    sent_photos: null,
    tries: 0,
    attention: null,
  };
  await keep(item);
  void navigator.storage?.persist?.().catch(() => false);
  return item;
}

/** Now, but never before what waits of the same job: a clock that was put back in between turns no order round. */
async function after({ job_id }: Job): Promise<string> {
  const waiting = (await items()).filter((item) => item.job_id === job_id).map(({ at }) => at);
  return [new Date().toISOString(), ...waiting].sort().at(-1)!;
}

/** What was not taken stays with the job as a note, with its photos; `because` is why. */
export function asNote({ kind: _, ...item }: Item, words: string, because: string): Omit<Item, "seq"> {
  const text = `${words}. Said on the street on ${item.at.slice(0, 16).replace("T", " ")} UTC; it was not taken: ${because}`.slice(0, 2000);
  const photos = item.photos.map(({ id, n }) => ({ id, n, broke: 0 }));
  return { ...item, op_id: crypto.randomUUID(), kind: "note", text, reason: null, photos, sent_photos: null, tries: 0, attention: null };
}
