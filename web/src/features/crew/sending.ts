/**
 * Sends waiting operations, from the page or its service worker: one sender at a time (Web Locks), in the order in which
 * they were recorded, each until the service has stored it. Photos are sent before their operation; operations without
 * photos do not wait. Nothing is deleted from the phone before the service has confirmed it.
 */
import { isSignedOut, type Outcome, type Problem, reasonOf } from "../../shared/outcome.ts";
import { type FlushResult, sendPhoto, UNUSABLE_PHOTO } from "../../shared/queue.ts";
import type { Policy } from "../../shared/upload.ts";
import { storeJob } from "./jobs.ts";
import type { Item, ItemPhoto, Job } from "./model.ts";
import { withLock, items, save, nextSeq, remove } from "./outbox.ts";
import { deletePhoto, findPhoto, type StoredPhoto } from "./photos.ts";
import { storeLeftPremises, storeRoundDay } from "./rounds/stored-days.ts";
import type { LeftPremises, RoundDay, RoundSubject } from "./rounds/model.ts";

const MOST_OPERATIONS = 50;
/** The service deletes an uploaded photo without its operation after 23 hours; it is uploaded again long before. */
const UPLOAD_LASTS_MS = 12 * 3600 * 1000;
/** After this many interruptions, a photo is sent separately, so that its operation need not wait. */
const MOST_INTERRUPTIONS = 3;

export interface Transport {
  /** The account whose operations are sent; those of others wait until they sign in. */
  account: string;
  call<T>(
    item: Item,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Outcome<T>>;
  /** Shrinks a photo, or says why it cannot be used; null in the service worker, where photos wait. */
  shrink: ((photo: StoredPhoto) => Promise<Blob | { problem: string }>) | null;
  /** Runs after each change. */
  onChange(): void;
}

interface Result {
  op_id: string;
  result: "applied" | "duplicate" | "conflict" | "rejected";
  job?: Job;
  round_day?: RoundDay;
  premises?: LeftPremises;
  reason?: string;
}

type StopReason = Exclude<FlushResult, { kind: "empty" }>;

const EMPTY: FlushResult = { kind: "empty" };

export function flush(line: Transport): Promise<FlushResult> {
  return withLock(() => flushAll(line));
}

async function flushAll(line: Transport): Promise<FlushResult> {
  const skipped = new Set<string>();
  for (;;) {
    const waiting = (await items()).filter((item) => item.account === line.account && item.attention === null);
    const ready = forOneAddress(inJobOrder(waiting, isReady)).slice(0, MOST_OPERATIONS);
    const next = inJobOrder(waiting, (item) => isReady(item) || !skipped.has(item.op_id)).find(
      (item) => !isReady(item),
    );
    const stopped = ready.length ? await sendBatch(ready, line) : next ? await uploadNext(next, skipped, line) : EMPTY;
    line.onChange();
    if (stopped) return stopped;
  }
}

/** Items that pass, if all earlier items of the same job pass, too. */
function inJobOrder(waiting: Item[], fits: (item: Item) => boolean): Item[] {
  const blockedJobs = new Set<string>();
  return waiting.filter((item) => {
    if (!fits(item)) blockedJobs.add(item.job_id);
    return !blockedJobs.has(item.job_id);
  });
}

/** The items that are sent to the same address as the first: operations on jobs, or on rounds. */
const forOneAddress = (ready: Item[]) => ready.filter(({ round }) => !round === !ready[0]!.round);

const isUploaded = ({ uploaded }: ItemPhoto) => uploaded !== undefined && Date.now() - uploaded.at < UPLOAD_LASTS_MS;
const isPhotoDone = (photo: ItemPhoto) => photo.refused !== undefined || isUploaded(photo);
const isReady = ({ photos }: Item) => photos.every(isPhotoDone);

/** Null if sending can continue. */
async function sendBatch(ready: Item[], line: Transport): Promise<FlushResult | null> {
  const sent: Item[] = [];
  for (const item of ready) {
    const made = {
      ...item,
      tries: item.tries + 1,
      sent_photos: item.sent_photos ?? item.photos.flatMap(({ uploaded }) => uploaded?.photo_id ?? []),
    };
    await save(made);
    sent.push(made);
  }
  const outcome = await line.call<{ items: Result[] }>(
    sent[0]!,
    "POST",
    sent[0]!.round ? "/api/rounds/operations" : "/api/jobs/operations",
    { operations: sent.map(({ round, ...item }) => (round ? roundBody(item, round) : jobBody(item))) },
    {},
  );
  if (outcome.kind === "later") return outcome;
  if (isSignedOut(outcome)) return { kind: "signed-out" };
  if (outcome.kind === "refused") return resendSeparately(sent, outcome.problem, line);
  const results = new Map(outcome.value.items.map((result) => [result.op_id, result]));
  for (const item of sent) await handleResult(item, results.get(item.op_id));
  return sent.every(({ op_id }) => results.has(op_id)) ? null : { kind: "later", retryAfterSeconds: null };
}

/** If the service refuses a batch, sends each item alone, so that a bad one does not block the others. */
async function resendSeparately(sent: Item[], problem: Problem, line: Transport): Promise<FlushResult | null> {
  if (sent.length === 1) {
    await save({ ...sent[0]!, attention: reasonOf(problem) });
    return null;
  }
  for (const item of sent) {
    const stopped = await sendBatch([item], line);
    if (stopped) return stopped;
  }
  return null;
}

function roundBody(item: Omit<Item, "round">, { code, day, street, premises_id }: RoundSubject) {
  const { op_id, kind, base_version, at, reason, text } = item;
  const about = { ...(street && { street }), ...(premises_id && { premises_id }) };
  return {
    op_id,
    round: code,
    day,
    kind,
    base_version,
    at,
    ...about,
    ...(reason && { reason }),
    ...(text && { text }),
  };
}

function jobBody({ op_id, job_id, kind, base_version, at, text, reason, day, lat, long, sent_photos }: Item) {
  const place = lat === null || long === null ? {} : { lat, long };
  return {
    op_id,
    job_id,
    kind,
    base_version,
    at,
    ...(text && { text }),
    ...(reason && { reason }),
    ...(day && { day }),
    ...place,
    photo_ids: sent_photos ?? [],
  };
}

/** Deletes a stored item and keeps a rejected one. An item without an answer is sent again. */
async function handleResult(item: Item, result: Result | undefined): Promise<void> {
  if (!result) return;
  if (result.job) await storeJob(result.job);
  if (result.round_day) await storeRoundDay(result.round_day);
  if (result.premises && item.round) await storeLeftPremises(item.round.code, item.round.day, result.premises);
  if (result.result === "rejected")
    return save({ ...item, attention: result.reason ?? "The service did not say why." });
  const refused = item.photos.filter((photo) => photo.refused);
  for (const photo of item.photos.filter((each) => !each.refused)) await deletePhoto(photo.id);
  if (refused.length) await save(refusedPhotosItem(item, refused, await nextSeq()));
  await remove(item.op_id);
}

/** Keeps refused photos on the phone until the crew has seen the reason. */
function refusedPhotosItem(item: Item, photos: ItemPhoto[], seq: number): Item {
  const attention = `We could not use the photo. ${photos[0]!.refused}`;
  return {
    ...item,
    op_id: crypto.randomUUID(),
    seq,
    kind: "photo",
    text: "",
    reason: null,
    day: null,
    photos,
    sent_photos: null,
    tries: 0,
    attention,
  };
}

/** Null if sending can continue; an item whose photo has to wait is skipped. */
async function uploadNext(item: Item, skipped: Set<string>, line: Transport): Promise<StopReason | null> {
  const photo = item.photos.find((each) => !isPhotoDone(each))!;
  const kept = await findPhoto(photo.id);
  if (!kept) {
    await updatePhoto(item, { ...photo, refused: "It is no longer on this phone." });
    return null;
  }
  if (kept.raw && !line.shrink) {
    skipped.add(item.op_id);
    return null;
  }
  const picture = kept.raw ? await line.shrink!(kept) : kept.blob;
  if ("problem" in picture) {
    await updatePhoto(item, { ...photo, refused: picture.problem });
    return null;
  }
  const sent = await sendPhoto(picture, (about) => {
    const report = item.report ? { service_request_id: item.report } : {};
    const key = { "Idempotency-Key": `${item.op_id}/${photo.n}` };
    return line.call<Policy>(item, "POST", "/api/photos", { ...about, ...report }, key);
  });
  if (sent.kind === "later" || sent.kind === "signed-out") return sent;
  if (sent.kind === "sent")
    await updatePhoto(item, { ...photo, uploaded: { photo_id: sent.policy.photo_id, at: Date.now() } });
  else if (sent.kind === "refused") await updatePhoto(item, { ...photo, refused: sent.reason ?? UNUSABLE_PHOTO });
  else {
    skipped.add(item.op_id);
    await splitOffPhoto(item, { ...photo, broke: photo.broke + 1 });
    return skipped.size > 2 ? { kind: "later", retryAfterSeconds: null } : null;
  }
  return null;
}

async function updatePhoto(item: Item, photo: ItemPhoto): Promise<void> {
  const photos = item.photos.map((each) => (each.id === photo.id ? photo : each));
  const isNothing = item.kind === "photo" && photos.every(({ refused }) => refused);
  await save({
    ...item,
    photos,
    attention: isNothing ? `We could not use the photo. ${photo.refused}` : item.attention,
  });
}

/** Moves a photo that is interrupted too often into an item of its own: stores that first, then removes it here. */
async function splitOffPhoto(item: Item, photo: ItemPhoto): Promise<void> {
  if (photo.broke < MOST_INTERRUPTIONS || item.kind === "photo" || item.sent_photos) return updatePhoto(item, photo);
  const alone = {
    op_id: crypto.randomUUID(),
    seq: await nextSeq(),
    kind: "photo" as const,
    text: "",
    reason: null,
    day: null,
    tries: 0,
  };
  await save({ ...item, ...alone, photos: [{ id: photo.id, n: 1, broke: 0 }] });
  await save({ ...item, photos: item.photos.filter(({ id }) => id !== photo.id) });
}
