/** Sends waiting reports and updates while a page is open, and says on every page what waits and what was sent. */
import { showBar } from "../../shared/bars.ts";
import { actionButton, element } from "../../shared/dom.ts";
import { postAs, signedInAccount } from "../../shared/post.ts";
import type { FlushResult } from "../../shared/queue.ts";
import { createSender } from "../../shared/queue-timer.ts";
import { groupReference } from "../../shared/reference.ts";
import { flush } from "../report/delivery.ts";
import { CHANNEL, items, deleteSent, type WaitingReport } from "../report/outbox.ts";
import { say, sayMany } from "../../shared/say.ts";

const channel = new BroadcastChannel(CHANNEL);
/** The step that lists what waits. */
const LIST = "/report/#waiting";
/** The keys of what was sent, where a notice on this page says so. */
const announced = new Set<string>();
const listeners: (() => void)[] = [];
const { now, start } = createSender(sendOutbox, null);

/** Sends what waits, now. */
export const sendWaiting = now;

/** `listener` runs after each change of the outbox. */
export function onOutboxChange(listener: () => void): void {
  listeners.push(listener);
}

/** Says to this page and others that the outbox has changed. */
export function notifyOutboxChange(): void {
  channel.postMessage("changed");
  void showNotices();
}

function sendOutbox(): Promise<FlushResult> {
  return flush({
    post: ({ account }, path, body, key) => postAs(account, path, body, key),
    account: signedInAccount,
    onChange: notifyOutboxChange,
  }).catch((): FlushResult => ({ kind: "later", retryAfterSeconds: null }));
}

async function showNotices(): Promise<void> {
  const all = await items().catch((): WaitingReport[] => []);
  const waiting = all.filter(({ sent }) => !sent);
  const isListed = location.hash === LIST.slice(LIST.indexOf("#"));
  showBar("waiting", ...(waiting.length && !isListed ? [waitingText(waiting), waitingLink()] : []));
  const sent = all.filter((item) => item.sent);
  for (const key of announced) if (!sent.some((item) => item.key === key)) showBar(`sent-${key}`);
  for (const item of sent) announceSent(item);
  const badge = waiting.length ? navigator.setAppBadge?.(waiting.length) : navigator.clearAppBadge?.();
  void badge?.catch(() => undefined);
  for (const listener of listeners) listener();
}

function waitingText(waiting: WaitingReport[]): string {
  if (waiting.some(({ update_of }) => update_of)) return waitingUpdatesText(waiting);
  if (waiting.some(({ attention }) => attention !== null)) return say("We could not send a report. ");
  return sayMany(waiting.length, "1 report is waiting to be sent. ", "{count} reports are waiting to be sent. ");
}

/** Where there are updates, and perhaps reports. */
function waitingUpdatesText(waiting: WaitingReport[]): string {
  if (waiting.some(({ attention }) => attention !== null)) return say("We could not send something that you wrote. ");
  return waiting.every(({ update_of }) => update_of)
    ? sayMany(waiting.length, "1 update is waiting to be sent. ", "{count} updates are waiting to be sent. ")
    : say("{count} reports and updates are waiting to be sent. ", { count: waiting.length });
}

const waitingLink = () => element("a", { href: LIST }, say("See what is waiting"));

function announceSent({ key, title, sent, update_of }: WaitingReport): void {
  const { service_request_id: id, tracking_url } = sent!;
  const close = actionButton(say("Close"), () => void deleteSent(key).then(notifyOutboxChange));
  if (announced.has(key)) return;
  announced.add(key);
  showBar(
    `sent-${key}`,
    update_of
      ? say("We've sent your update: {title}. ", { title })
      : say("We've sent your report: {title}. Your reference is {reference}. ", {
          title,
          reference: groupReference(id),
        }),
    element(
      "a",
      { href: tracking_url || `/reports/${id}` },
      update_of ? say("See the report") : say("See your report"),
    ),
    close,
  );
}

channel.addEventListener("message", () => void showNotices());
addEventListener("hashchange", () => void showNotices());
start();
void showNotices();
