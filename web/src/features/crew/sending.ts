/**
 * Sends waiting operations, from the page or its service worker: one sender at a time (Web Locks), in the order in which
 * they were recorded, each until the service has stored it. Photos are sent before their operation; operations without
 * photos do not wait. Nothing is deleted from the phone before the service has confirmed it.
 */
import { isSignedOut, type Outcome, type Problem, reasonOf } from "../../shared/outcome.ts";
import { type FlushResult, sendPhoto, UNUSABLE_PHOTO } from "../../shared/queue.ts";
import type { Policy } from "../../shared/upload.ts";
import { keepJob } from "./jobs.ts";
import type { Item, ItemPhoto, Job } from "./model.ts";
import { withLock, items, save, nextSeq, remove } from "./outbox.ts";
import { dropPhoto, findPhoto, type KeptPhoto } from "./photos.ts";
import { keepLeft, keepRoundDay } from "./rounds/kept-days.ts";
import type { LeftPremises, RoundDay, RoundSubject } from "./rounds/model.ts";

const MOST = 50;
/** The service deletes an uploaded photo without its operation after 23 hours; it is uploaded again long before. */
const UPLOAD_HOLDS_MS = 12 * 3600 * 1000;
/** After this many interruptions, a photo is sent separately, so that its operation need not wait. */
const MOST_BREAKS = 3;

export interface Line {
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
  shrink: ((photo: KeptPhoto) => Promise<Blob | { problem: string }>) | null;
  /** Runs after each change. */
  tell(): void;
}

interface Result {
  op_id: string;
  result: "applied" | "duplicate" | "conflict" | "rejected";
  job?: Job;
  round_day?: RoundDay;
  premises?: LeftPremises;
  reason?: string;
}

type Stopped = Exclude<FlushResult, { kind: "empty" }>;

const EMPTY: FlushResult = { kind: "empty" };

export function flush(line: Line): Promise<FlushResult> {
  return withLock(() => flushAll(line));
}

async function flushAll(line: Line): Promise<FlushResult> {
  const skipped = new Set<string>();
  for (;;) {
    const waiting = (await items()).filter((item) => item.account === line.account && item.attention === null);
    const ready = alike(inTurn(waiting, isReady)).slice(0, MOST);
    const next = inTurn(waiting, (item) => isReady(item) || !skipped.has(item.op_id)).find((item) => !isReady(item));
    const stopped = ready.length ? await send(ready, line) : next ? await uploadNext(next, skipped, line) : EMPTY;
    line.tell();
    if (stopped) return stopped;
  }
}

/** Items that fit, if all earlier items of the same job fit too. */
function inTurn(waiting: Item[], fits: (item: Item) => boolean): Item[] {
  const held = new Set<string>();
  return waiting.filter((item) => {
    if (!fits(item)) held.add(item.job_id);
    return !held.has(item.job_id);
  });
}

/** Those that go to the same address as the first one. */
const alike = (ready: Item[]) => ready.filter(({ round }) => !round === !ready[0]!.round);

const isThere = ({ uploaded }: ItemPhoto) => uploaded !== undefined && Date.now() - uploaded.at < UPLOAD_HOLDS_MS;
const isSettled = (photo: ItemPhoto) => photo.refused !== undefined || isThere(photo);
const isReady = ({ photos }: Item) => photos.every(isSettled);

/** Null if sending can continue. */
async function send(ready: Item[], line: Line): Promise<FlushResult | null> {
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
    { operations: sent.map(({ round, ...item }) => (round ? asSentOfRound(item, round) : asSent(item))) },
    {},
  );
  if (outcome.kind === "later") return outcome;
  if (isSignedOut(outcome)) return { kind: "signed-out" };
  if (outcome.kind === "refused") return refused(sent, outcome.problem, line);
  const results = new Map(outcome.value.items.map((result) => [result.op_id, result]));
  for (const item of sent) await settle(item, results.get(item.op_id));
  return sent.every(({ op_id }) => results.has(op_id)) ? null : { kind: "later", retryAfterSeconds: null };
}

/** If the service refuses a batch, sends each item alone, so that a bad one does not block the others. */
async function refused(sent: Item[], problem: Problem, line: Line): Promise<FlushResult | null> {
  if (sent.length === 1) {
    await save({ ...sent[0]!, attention: reasonOf(problem) });
    return null;
  }
  for (const item of sent) {
    const stopped = await send([item], line);
    if (stopped) return stopped;
  }
  return null;
}

function asSentOfRound(item: Omit<Item, "round">, { code, day, street, premises_id }: RoundSubject) {
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

function asSent({ op_id, job_id, kind, base_version, at, text, reason, day, lat, long, sent_photos }: Item) {
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
async function settle(item: Item, told: Result | undefined): Promise<void> {
  if (!told) return;
  if (told.job) await keepJob(told.job);
  if (told.round_day) await keepRoundDay(told.round_day);
  if (told.premises && item.round) await keepLeft(item.round.code, item.round.day, told.premises);
  if (told.result === "rejected") return save({ ...item, attention: told.reason ?? "The service did not say why." });
  const refused = item.photos.filter((photo) => photo.refused);
  for (const photo of item.photos.filter((each) => !each.refused)) await dropPhoto(photo.id);
  if (refused.length) await save(leftOver(item, refused, await nextSeq()));
  await remove(item.op_id);
}

/** Keeps refused photos on the phone until the crew has seen the reason. */
function leftOver(item: Item, photos: ItemPhoto[], seq: number): Item {
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
async function uploadNext(item: Item, skipped: Set<string>, line: Line): Promise<Stopped | null> {
  const photo = item.photos.find((each) => !isSettled(each))!;
  const kept = await findPhoto(photo.id);
  if (!kept) {
    await mark(item, { ...photo, refused: "It is no longer on this phone." });
    return null;
  }
  if (kept.raw && !line.shrink) {
    skipped.add(item.op_id);
    return null;
  }
  const picture = kept.raw ? await line.shrink!(kept) : kept.blob;
  if ("problem" in picture) {
    await mark(item, { ...photo, refused: picture.problem });
    return null;
  }
  const sent = await sendPhoto(picture, (about) => {
    const report = item.report ? { service_request_id: item.report } : {};
    const key = { "Idempotency-Key": `${item.op_id}/${photo.n}` };
    return line.call<Policy>(item, "POST", "/api/photos", { ...about, ...report }, key);
  });
  if (sent.kind === "later" || sent.kind === "signed-out") return sent;
  if (sent.kind === "sent")
    await mark(item, { ...photo, uploaded: { photo_id: sent.policy.photo_id, at: Date.now() } });
  else if (sent.kind === "refused") await mark(item, { ...photo, refused: sent.reason ?? UNUSABLE_PHOTO });
  else {
    skipped.add(item.op_id);
    await breakOff(item, { ...photo, broke: photo.broke + 1 });
    return skipped.size > 2 ? { kind: "later", retryAfterSeconds: null } : null;
  }
  return null;
}

async function mark(item: Item, photo: ItemPhoto): Promise<void> {
  const photos = item.photos.map((each) => (each.id === photo.id ? photo : each));
  const isNothing = item.kind === "photo" && photos.every(({ refused }) => refused);
  await save({
    ...item,
    photos,
    attention: isNothing ? `We could not use the photo. ${photo.refused}` : item.attention,
  });
}

/** Moves a photo that is interrupted too often into an item of its own: stores that first, then removes it here. */
async function breakOff(item: Item, photo: ItemPhoto): Promise<void> {
  if (photo.broke < MOST_BREAKS || item.kind === "photo" || item.sent_photos) return mark(item, photo);
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
