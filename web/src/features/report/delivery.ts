/** Sends waiting reports, from a page or the service worker: photos first, then the report, each under its own key. */
import { isSignedOut, type Outcome, reasonOf } from "../../shared/outcome.ts";
import { ownReportOf, rememberOwnReport, type SentAnswer } from "../../shared/own-reports.ts";
import { type FlushResult, sendPhoto } from "../../shared/queue.ts";
import type { Policy } from "../../shared/upload.ts";
import { withLock, deleteOld, items, save, type Receipt, type WaitingReport } from "./outbox.ts";
import { deletePhotos, findPhoto } from "./photo-store.ts";
import { type WaitingTexts, waitingTexts } from "./waiting-texts.ts";

/** The service deletes an uploaded photo without its report after 23 hours; it is uploaded again long before. */
const UPLOAD_LASTS_MS = 12 * 3600_000;

export interface Transport {
  /** The account that is signed in; empty if nobody is. */
  account(): Promise<Outcome<string>>;
  post<T>(item: Sender, path: string, body: unknown, key: string): Promise<Outcome<T>>;
  /** Runs after each change. */
  onChange(): void;
}

/** As whom, and from which browser, something is sent. */
export interface Sender {
  account: string;
  device: string;
  texts?: WaitingTexts;
}

type ReadyReport = WaitingReport & Sender;
type Later = Extract<FlushResult, { kind: "later" }>;
type Content = NonNullable<WaitingReport["content"]>;

export const textsOf = (item: WaitingReport): WaitingTexts => item.texts ?? waitingTexts(item);

const EMPTY: FlushResult = { kind: "empty" };

/** Sends all that can be sent, one after the other, and stops when the service cannot be reached. */
export function flush(line: Transport): Promise<FlushResult> {
  return withLock(async () => {
    await deleteOld();
    for (const item of await items()) {
      if (item.sent || item.attention !== null) continue;
      const later = await deliver(item, line);
      line.onChange();
      if (later) return later;
    }
    return EMPTY;
  });
}

async function deliver(waiting: WaitingReport, line: Transport): Promise<Later | null> {
  const known = await withSender(waiting, line);
  if ("kind" in known) return known;
  let item = known;
  for (;;) {
    const content = item.content!;
    const missing = content.photos.find(({ uploaded }) => !uploaded || Date.now() - uploaded.at > UPLOAD_LASTS_MS);
    if (!missing) return sendReport(item, content, line);
    const photo = await uploadOne(item, missing, line);
    if ("kind" in photo) return photo;
    if ("attention" in photo) return markRefused(item, photo.attention);
    const photos = content.photos.map((each) => (each.id === missing.id ? { ...each, uploaded: photo } : each));
    item = { ...item, content: { ...content, photos } };
    await save(item);
  }
}

/** From the first try on, all are as the same account: the service knows a repeat by account and key. */
async function withSender(item: WaitingReport, line: Transport): Promise<ReadyReport | Later> {
  if (item.account !== null) return { ...item, account: item.account };
  const who = await line.account();
  if (who.kind === "later") return who;
  const known = { ...item, account: who.kind === "stored" ? who.value : "" };
  await save(known);
  return known;
}

async function uploadOne(
  item: ReadyReport,
  { id, n }: Content["photos"][number],
  transport: Transport,
): Promise<{ photo_id: string; at: number } | { attention: string } | Later> {
  const picture = await findPhoto(id);
  const texts = textsOf(item);
  if (!picture) return { attention: texts.photo_lost };
  const sent = await sendPhoto(picture, (about) =>
    transport.post<Policy>(item, "/api/photos", { ...about, ...photoOf(item) }, `${item.key}/${n}`),
  );
  if (sent.kind === "later") return sent;
  if (sent.kind === "broke") return { kind: "later", retryAfterSeconds: null };
  if (sent.kind === "signed-out") return { attention: texts.signed_out };
  if (sent.kind === "refused") {
    const reason = sent.reason ?? texts.photo_unusable;
    return { attention: texts.photo_refused.replace("{reason}", reason) };
  }
  return { photo_id: sent.policy.photo_id, at: Date.now() };
}

const photoOf = ({ update_of }: WaitingReport) => (update_of ? { service_request_id: update_of } : {});

async function sendReport(item: ReadyReport, { body, photos }: Content, line: Transport): Promise<Later | null> {
  const photo_ids = photos.map(({ uploaded }) => uploaded!.photo_id);
  const whole = photo_ids.length ? { ...body, photo_ids } : body;
  const outcome = await line.post<SentAnswer>(item, pathOf(item), whole, item.key);
  if (outcome.kind === "later") return outcome;
  if (isSignedOut(outcome)) return markRefused(item, textsOf(item).signed_out);
  if (outcome.kind === "refused") return markRefused(item, reasonOf(outcome.problem));
  if (isListed(item)) await rememberOwnReport(ownReportOf(outcome.value));
  await save({ ...item, content: null, sent: receiptOf(item, outcome.value) });
  await deletePhotos(photos.map(({ id }) => id));
  return null;
}

/** Whether the report is listed under "Track": it has no account to be found in, and belongs to the person here. */
const isListed = ({ update_of, account, for_other }: ReadyReport) => !update_of && !account && !for_other;

const pathOf = ({ update_of }: WaitingReport) => (update_of ? `/api/reports/${update_of}/updates` : "/api/reports");

const receiptOf = ({ update_of }: WaitingReport, answer: SentAnswer): Receipt =>
  update_of ? { service_request_id: update_of, tracking_url: "" } : answer;

async function markRefused(item: WaitingReport, attention: string): Promise<null> {
  await save({ ...item, attention });
  return null;
}
