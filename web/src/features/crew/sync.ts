/** Sends waiting operations and reads the day again: on events, every minute while the page is visible, and with growing pauses if nothing answers. */
import { isoDay } from "../../shared/dates.ts";
import { isSignedOut } from "../../shared/outcome.ts";
import type { FlushResult } from "../../shared/queue.ts";
import { sendInBackground, createSender } from "../../shared/queue-timer.ts";
import { call, callAs, errorsOf, whoIsSignedIn } from "../../shared/session.ts";
import { shrink } from "../report/photo-shrink.ts";
import { type Change, keepDay, type KeptDay, readDay } from "./days.ts";
import { fetchFile } from "./kept-files.ts";
import { keepJob } from "./jobs.ts";
import type { CrewDocument, Job } from "./model.ts";
import { keepPhoto } from "./photos.ts";
import { readRoundsAnew } from "./rounds/sync.ts";
import { flush } from "./sending.ts";
import { changed, type Choice, choose, dayOf, letGo, reload, state } from "./state.ts";
import { forgetLists, tidy } from "./cleanup.ts";

const POLL_MS = 60_000;
const PATIENCE_MS = 30_000;
const TAG = "ginnel-crew";

interface Link {
  url: string;
  expires_at: string;
  etag: string;
}

type Read = "read" | "later" | "signed-out";
/** Why there is no document: `none` if the service gave the reason. */
type NotThere = Exclude<Read, "read"> | "none";

let tidied = "";
const links = new Map<string, Link>();

const { now, start } = createSender(syncAll, POLL_MS);
export const sync = now;

export function startSyncing(): void {
  addEventListener("offline", () => changed({ isOffline: true }));
  start();
}

/** Sends after the page is closed, if the browser can. */
export const sendLater = () => sendInBackground("/crew/", TAG);

async function syncAll(): Promise<FlushResult> {
  changed({ isSyncing: true });
  await tidyOnce();
  const next = await attempt().catch((): FlushResult => ({ kind: "later", retryAfterSeconds: null }));
  const isOffline = next.kind === "later" && next.retryAfterSeconds === null;
  changed({ isSyncing: false, isOffline });
  await reload();
  return next;
}

async function attempt(): Promise<FlushResult> {
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) {
    changed({ who: "signed-out" });
    return { kind: "signed-out" };
  }
  if (who.kind !== "stored") return who.kind === "later" ? who : { kind: "signed-out" };
  changed({ who: who.value, isOffline: false });
  if (state.choice && state.choice.account !== who.value.account_id) await startAnew();
  const flushed = await flush({
    account: who.value.account_id,
    call: (item, method, path, body, headers) => callAs(item.account, method, path, body, headers),
    shrink: async (photo) => {
      const small = await shrink(new File([photo.blob], photo.name, { type: photo.blob.type }));
      if (!("problem" in small)) await keepPhoto({ ...photo, blob: small, raw: false });
      return small;
    },
    tell: () => void reload(),
  });
  if (flushed.kind === "later" && flushed.retryAfterSeconds === null) return flushed;
  const read = state.choice ? await readAnew(state.choice) : "read";
  if (state.choice) await readRoundsAnew(dayOf(state.choice));
  if (flushed.kind !== "empty") return flushed;
  return read === "read"
    ? flushed
    : read === "later"
      ? { kind: "later", retryAfterSeconds: null }
      : { kind: "signed-out" };
}

/** Forgets the list if another account has signed in. */
async function startAnew(): Promise<void> {
  letGo();
  await forgetLists();
  dispatchEvent(new Event("hashchange"));
}

async function tidyOnce(): Promise<void> {
  const today = new Date().toDateString();
  if (tidied === today) return;
  tidied = today;
  await tidy().catch(() => undefined);
}

async function readAnew(choice: Choice): Promise<Read> {
  const day = dayOf(choice);
  const known = await readDay(choice.crew, day);
  const answer = await ask(choice.crew, day, known?.etag ?? null);
  if (answer === "none") return "read";
  if (typeof answer === "string") return answer;
  if (answer.status === 304 && known) await keepDay({ ...known, at: Date.now() });
  else if (answer.status === 404) return "read";
  else {
    const document = (await answer.json()) as CrewDocument;
    await take(document, answer.headers.get("ETag"), known);
  }
  await reload();
  await followDisputes();
  void fetchPhotos();
  return "read";
}

/** Fetches the document from its temporary address; gets a new address if that has expired. */
async function ask(crew: string, day: string, etag: string | null): Promise<Response | NotThere> {
  const key = `${crew}/${day}`;
  const held = links.get(key);
  const link = held && Date.parse(held.expires_at) > Date.now() + PATIENCE_MS ? held : await askLink(crew, day);
  if (typeof link === "string") return link;
  links.set(key, link);
  const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(link.url, {
    cache: "no-store",
    credentials: "omit",
    headers,
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);
  if (answer && (answer.ok || answer.status === 304 || answer.status === 404)) return answer;
  links.delete(key);
  return "later";
}

async function askLink(crew: string, day: string): Promise<Link | NotThere> {
  const asked = await call<Link>("GET", `/api/crews/${crew}/day?date=${day}`);
  if (asked.kind === "later") return "later";
  if (isSignedOut(asked)) return "signed-out";
  changed({ problem: asked.kind === "refused" ? errorsOf(asked)[0]!.message : null });
  return asked.kind === "stored" ? asked.value : "none";
}

/** Stores a new document. Changes by the office are kept until the crew has confirmed them, and removed jobs for their operations. */
async function take(document: CrewDocument, etag: string | null, known: KeptDay | null): Promise<void> {
  const before = known?.document.jobs ?? [];
  const now = new Set(document.jobs.map(({ job_id }) => job_id));
  const was = new Set(before.map(({ job_id }) => job_id));
  const because = new Map(document.gone.map((each) => [each.job_id, each.because]));
  const lost = before.filter(({ job_id }) => !now.has(job_id));
  for (const job of lost) await keepJob(job);
  const gone = lost.map(({ job_id, title }): Change => ({
    job_id,
    title,
    what: "gone",
    because: because.get(job_id) ?? "",
  }));
  const fresh = known
    ? document.jobs
        .filter(({ job_id }) => !was.has(job_id))
        .map(({ job_id, title }): Change => ({ job_id, title, what: "new", because: "" }))
    : [];
  const told = new Set([...gone, ...fresh].map(({ job_id }) => job_id));
  const earlier = (known?.changes ?? []).filter(({ job_id }) => !told.has(job_id));
  await keepDay({ document, etag, at: Date.now(), changes: [...earlier, ...gone, ...fresh] });
}

/** Reads removed jobs with a dispute one by one, because the day's document no longer has them. */
async function followDisputes(): Promise<void> {
  for (const { job } of state.shown.filter(({ dispute, gone }) => dispute && gone !== null)) {
    const read = await call<Job>("GET", `/api/jobs/${job.job_id}`);
    if (read.kind === "stored") await keepJob(read.value);
  }
}

export async function seen(): Promise<void> {
  if (state.kept) await keepDay({ ...state.kept, changes: [] });
  await reload();
}

/** Downloads photos while there is a signal: thumbnails first, then full pictures. */
async function fetchPhotos(): Promise<void> {
  const photos = state.shown.flatMap(({ job }) => job.photos_before);
  const wanted = [
    ...photos.map(({ photo_id, thumbnail_url }) => [`small/${photo_id}`, thumbnail_url] as const),
    ...photos.map(({ photo_id, url }) => [`photo/${photo_id}`, url] as const),
  ];
  for (const [key, url] of wanted) await fetchFile(key, url).catch(() => undefined);
}

/** Whether the stored list is of today. */
export async function followToday(): Promise<void> {
  const { choice } = state;
  if (choice?.day && choice.day < isoDay(new Date(), choice.time_zone)) await choose({ ...choice, day: null });
}
