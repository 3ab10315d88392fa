/** Records an operation of the crew: stored on the phone first, then sent. */
import { deviceKey } from "../../shared/device.ts";
import type { JobEventKind, Item, Job, Reason } from "./model.ts";
import { items, save, nextSeq } from "./outbox.ts";
import { currentPlace } from "./position.ts";

export interface OperationInput {
  kind: JobEventKind;
  text?: string;
  reason?: Reason | null;
  day?: string | null;
  /** Ids of stored photos. */
  photos?: string[];
}

/** Throws if the phone cannot store it. */
export async function recordOperation(
  job: Job,
  { kind, text = "", reason = null, day = null, photos = [] }: OperationInput,
  account: string,
): Promise<Item> {
  const place = currentPlace();
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
    at: await recordTime(job),
    text: text.trim(),
    reason,
    day,
    lat: place?.lat ?? null,
    long: place?.long ?? null,
    photos: photos.map((id, index) => ({ id, n: index + 1, broke: 0 })),
    sent_photos: null,
    tries: 0,
    attention: null,
  };
  await save(item);
  void navigator.storage?.persist?.().catch(() => false);
  return item;
}

/** The present time, but never before a waiting operation of the same job, even if the clock was set back. */
async function recordTime({ job_id }: Job): Promise<string> {
  const waiting = (await items()).filter((item) => item.job_id === job_id).map(({ at }) => at);
  return [new Date().toISOString(), ...waiting].sort().at(-1)!;
}

/** Sends a rejected operation as a note on the job, with its photos; `because` is the reason. */
export function asNote({ kind: _, ...item }: Item, words: string, because: string): Omit<Item, "seq"> {
  const text =
    `${words}. Recorded on site on ${item.at.slice(0, 16).replace("T", " ")} UTC, but not accepted: ${because}`.slice(
      0,
      2000,
    );
  const photos = item.photos.map(({ id, n }) => ({ id, n, broke: 0 }));
  return {
    ...item,
    op_id: crypto.randomUUID(),
    kind: "note",
    text,
    reason: null,
    day: null,
    photos,
    sent_photos: null,
    tries: 0,
    attention: null,
  };
}
