/** Sends waiting operations and reads the day again: on events, every minute while the page is visible, and with growing pauses if nothing answers. */
import { isoDay } from "../../shared/dates.ts";
import { isSignedOut } from "../../shared/outcome.ts";
import type { FlushResult } from "../../shared/queue.ts";
import { sendInBackground, createSender } from "../../shared/queue-timer.ts";
import { faultOf } from "../../shared/fault.ts";
import { call, callAs, whoIsSignedIn } from "../../shared/session.ts";
import { shrink } from "../report/photo-shrink.ts";
import { type Change, storeDay, type StoredDay, readDay } from "./days.ts";
import { fetchFile } from "./stored-files.ts";
import { storeJob } from "./jobs.ts";
import type { CrewDocument, Job } from "./model.ts";
import { storePhoto } from "./photos.ts";
import { fetchRounds } from "./rounds/sync.ts";
import { flush } from "./sending.ts";
import { updateState, type Choice, saveChoice, listedDay, clearChoice, reload, state } from "./state.ts";
import { deleteLists, deleteOldData } from "./cleanup.ts";

const POLL_MS = 60_000;
const PATIENCE_MS = 30_000;
const TAG = "ginnel-crew";

interface Link {
  url: string;
  expires_at: string;
  etag: string;
}

type ReadResult = "read" | "later" | "signed-out";
/** Why there is no document: `none` if the service gave the reason. */
type LinkFailure = Exclude<ReadResult, "read"> | "none";

let cleanedOn = "";
const links = new Map<string, Link>();

const { now, start } = createSender(syncAll, POLL_MS);
export const sync = now;

export function startSyncing(): void {
  addEventListener("offline", () => updateState({ isOffline: true }));
  start();
}

/** Sends after the page is closed, if the browser can. */
export const sendLater = () => sendInBackground("/crew/", TAG);

async function syncAll(): Promise<FlushResult> {
  updateState({ isSyncing: true });
  await cleanOncePerDay();
  const next = await sendAndRead().catch((): FlushResult => ({ kind: "later", retryAfterSeconds: null }));
  const isOffline = next.kind === "later" && next.retryAfterSeconds === null;
  updateState({ isSyncing: false, isOffline });
  await reload();
  return next;
}

async function sendAndRead(): Promise<FlushResult> {
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) {
    updateState({ who: "signed-out" });
    return { kind: "signed-out" };
  }
  if (who.kind !== "stored") return who.kind === "later" ? who : { kind: "signed-out" };
  updateState({ who: who.value, isOffline: false });
  if (state.choice && state.choice.account !== who.value.account_id) await switchAccount();
  const flushed = await flush({
    account: who.value.account_id,
    call: (item, method, path, body, headers) => callAs(item.account, method, path, body, headers),
    shrink: async (photo) => {
      const small = await shrink(new File([photo.blob], photo.name, { type: photo.blob.type }));
      if (!("problem" in small)) await storePhoto({ ...photo, blob: small, raw: false });
      return small;
    },
    onChange: () => void reload(),
  });
  if (flushed.kind === "later" && flushed.retryAfterSeconds === null) return flushed;
  const read = state.choice ? await refreshDay(state.choice) : "read";
  if (state.choice) await fetchRounds(listedDay(state.choice));
  if (flushed.kind !== "empty") return flushed;
  return read === "read"
    ? flushed
    : read === "later"
      ? { kind: "later", retryAfterSeconds: null }
      : { kind: "signed-out" };
}

/** Forgets the list if another account has signed in. */
async function switchAccount(): Promise<void> {
  clearChoice();
  await deleteLists();
  dispatchEvent(new Event("hashchange"));
}

async function cleanOncePerDay(): Promise<void> {
  const today = new Date().toDateString();
  if (cleanedOn === today) return;
  cleanedOn = today;
  await deleteOldData().catch(() => undefined);
}

async function refreshDay(choice: Choice): Promise<ReadResult> {
  const day = listedDay(choice);
  const known = await readDay(choice.crew, day);
  const answer = await fetchDay(choice.crew, day, known?.etag ?? null);
  if (answer === "none") return "read";
  if (typeof answer === "string") return answer;
  if (answer.status === 304 && known) await storeDay({ ...known, at: Date.now() });
  else if (answer.status === 404) return "read";
  else {
    const document = (await answer.json()) as CrewDocument;
    await storeDocument(document, answer.headers.get("ETag"), known);
  }
  await reload();
  await refreshDisputes();
  void fetchPhotos();
  return "read";
}

/** Fetches the document from its temporary address; gets a new address if that has expired. */
async function fetchDay(crew: string, day: string, etag: string | null): Promise<Response | LinkFailure> {
  const key = `${crew}/${day}`;
  const knownLink = links.get(key);
  const link =
    knownLink && Date.parse(knownLink.expires_at) > Date.now() + PATIENCE_MS ? knownLink : await fetchLink(crew, day);
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

async function fetchLink(crew: string, day: string): Promise<Link | LinkFailure> {
  const asked = await call<Link>("GET", `/api/crews/${crew}/day?date=${day}`);
  if (asked.kind === "later") return "later";
  if (isSignedOut(asked)) return "signed-out";
  updateState({ problem: asked.kind === "refused" ? faultOf(asked) : null });
  return asked.kind === "stored" ? asked.value : "none";
}

/** Stores a new document. Changes by the office are kept until the crew has confirmed them, and removed jobs for their operations. */
async function storeDocument(document: CrewDocument, etag: string | null, known: StoredDay | null): Promise<void> {
  const before = known?.document.jobs ?? [];
  const now = new Set(document.jobs.map(({ job_id }) => job_id));
  const was = new Set(before.map(({ job_id }) => job_id));
  const because = new Map(document.gone.map((each) => [each.job_id, each.because]));
  const lost = before.filter(({ job_id }) => !now.has(job_id));
  for (const job of lost) await storeJob(job);
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
  await storeDay({ document, etag, at: Date.now(), changes: [...earlier, ...gone, ...fresh] });
}

/** Reads removed jobs with a dispute one by one, because the day's document no longer has them. */
async function refreshDisputes(): Promise<void> {
  for (const { job } of state.jobs.filter(({ dispute, gone }) => dispute && gone !== null)) {
    const read = await call<Job>("GET", `/api/jobs/${job.job_id}`);
    if (read.kind === "stored") await storeJob(read.value);
  }
}

export async function confirmChanges(): Promise<void> {
  if (state.storedDay) await storeDay({ ...state.storedDay, changes: [] });
  await reload();
}

/** Downloads photos while there is a signal: thumbnails first, then full pictures. */
async function fetchPhotos(): Promise<void> {
  const photos = state.jobs.flatMap(({ job }) => job.photos_before);
  const wanted = [
    ...photos.map(({ photo_id, thumbnail_url }) => [`small/${photo_id}`, thumbnail_url] as const),
    ...photos.map(({ photo_id, url }) => [`photo/${photo_id}`, url] as const),
  ];
  for (const [key, url] of wanted) await fetchFile(key, url).catch(() => undefined);
}

/** Shows today's list if the chosen day is over. */
export async function resetPastDay(): Promise<void> {
  const { choice } = state;
  if (choice?.day && choice.day < isoDay(new Date(), choice.time_zone)) await saveChoice({ ...choice, day: null });
}
