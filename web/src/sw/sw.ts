/**
 * The residents' service worker: opens their pages without a signal, sends waiting reports once there is a signal, and
 * shows the council's notifications.
 */
import { flush, textsOf } from "../features/report/delivery.ts";
import { CHANNEL, items } from "../features/report/outbox.ts";
import { storeSharedPhotos } from "../features/report/shared-photos.ts";
import { groupReference } from "../shared/reference.ts";
import { addressOf, FORGET_PUSH } from "../shared/push-address.ts";
import { forgetAddress } from "../shared/kept-push-address.ts";
import { moveAlerts, renewAddress } from "../shared/push-renewal.ts";
import { type Files, installApp } from "./app-cache.ts";
import { sendForm } from "./forms.ts";
import { isReportPage, reportPage } from "./report-pages.ts";
import { postAs, signedInAccount } from "./session.ts";

declare const self: ServiceWorkerGlobalScope;
/** Every file of the residents' pages as `Files` describes; the build fills this in. */
declare const FILES: Files;
/** The additional files of pages in other languages, by folder. */
declare const OTHERS: Record<string, Files>;

const CACHE = "resident_app";
/** The address to which other apps share photos (share_target of the manifest), below the folder of a language. */
const SHARE = /^(\/[a-z]{2,3})?\/share\/$/;
const OFFLINE_PAGE = "/offline/";
/** Addresses that this worker leaves to the network: staff's and crews' pages, the API and files. */
const NETWORK_ONLY = /^(\/[a-z]{2,3})?\/(admin|api|crew|data|desk|feeds|open311|photos|_local)\//;
const FORMS = /^(\/[a-z]{2,3})?\/forms\//;

const app = installApp(() => caches.open(CACHE), FILES, OTHERS);

/** The payload of a push message (chalicelib/alerts/push.py). */
interface Message {
  title: string;
  body: string;
  url: string;
  /** A notification replaces one with the same tag. */
  tag: string;
}

const PLAIN: Message = { title: "News from your council", body: "", url: "/", tag: "news" };

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const share = SHARE.exec(url.pathname);
  if (request.method === "POST" && share) return event.respondWith(receiveShare(request, share[1] ?? ""));
  if (request.method === "POST" && request.mode === "navigate" && url.origin === self.location.origin) {
    if (FORMS.test(url.pathname)) event.respondWith(sendForm(request, () => offlinePage(url, request)));
    return;
  }
  if (request.method !== "GET" || url.origin !== self.location.origin || NETWORK_ONLY.test(url.pathname)) return;
  const address = url.pathname.replace(/\/index\.html$/, "/");
  if (request.mode === "navigate") {
    event.waitUntil(Promise.all([app.useFolder(folderOf(url)), renewOnVisit()]));
    event.respondWith(openPage(address, url, request));
  } else if (app.has(address)) event.respondWith(app.respond(address, request));
});
self.addEventListener("sync", (event) => (event as ExtendableEvent).waitUntil(sendReports()));
self.addEventListener("push", (event) => event.waitUntil(showMessage(readMessage(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openAddress(event.notification.data as string));
});
self.addEventListener("message", (event) => {
  if (event.data === FORGET_PUSH) event.waitUntil(forgetAddress());
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renewSubscription(event.oldSubscription)));

/** A page of the app or another one; without a signal, the page that says so. */
async function openPage(address: string, url: URL, request: Request): Promise<Response> {
  const page = app.has(address)
    ? app.respond(address, request)
    : isReportPage(url)
      ? reportPage(request)
      : fetch(request);
  return page.catch(() => offlinePage(url, request));
}

/** In the language of the folder that the address is in, if its pages are stored. */
async function offlinePage(url: URL, request: Request): Promise<Response> {
  const english = () => app.respond(OFFLINE_PAGE, request);
  const page = `/${folderOf(url)}${OFFLINE_PAGE}`;
  return app.has(page) ? app.respond(page, request).catch(english) : english();
}

const folderOf = ({ pathname }: URL) => pathname.split("/")[1]!;

/** Opens the report page of the language with the shared photos. */
async function receiveShare(request: Request, folder: string): Promise<Response> {
  const page = `${self.location.origin}${folder}/report/`;
  if (isOfOtherSite(request)) return Response.redirect(page, 303);
  const photos = (await request.formData()).getAll("photos").filter((each) => each instanceof File);
  await storeSharedPhotos(photos);
  return Response.redirect(`${page}?shared`, 303);
}

/** True if a page of another site sent it. What an app shares has no referrer, or one that is no web address. */
function isOfOtherSite({ referrer }: Request): boolean {
  return referrer.startsWith("http") && new URL(referrer).origin !== self.location.origin;
}

/** Fails if something still waits, so that the browser tries again. */
async function sendReports(): Promise<void> {
  const before = await sentKeys();
  const tell = () => new BroadcastChannel(CHANNEL).postMessage("changed");
  const done = await flush({ post: postAs, account: signedInAccount, onChange: tell });
  await notifySent(before);
  if (done.kind === "later") throw new Error("Something could not be sent yet");
}

const sentKeys = async () => new Set((await items()).filter(({ sent }) => sent).map(({ key }) => key));

/** Shows a notification for each report and update that was sent just now, unless a page is open and says so. */
async function notifySent(before: ReadonlySet<string>): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (Notification.permission !== "granted" || pages.some((page) => page.visibilityState === "visible")) return;
  for (const item of await items()) {
    const { key, sent } = item;
    if (!sent || before.has(key)) continue;
    const { service_request_id: id, tracking_url } = sent;
    const { sent: title, sent_details } = textsOf(item);
    const body = sent_details.replace("{reference}", groupReference(id));
    await showMessage({ title, body, url: tracking_url || `/reports/${id}`, tag: `sent-${key}` });
  }
}

/** Browsers end a subscription if a push shows nothing, so an unreadable message is shown as a general one. */
function readMessage(data: PushMessageData | null): Message {
  try {
    return { ...PLAIN, ...(data?.json() as Message) };
  } catch {
    return PLAIN;
  }
}

function showMessage({ title, body, url, tag }: Message): Promise<void> {
  return self.registration.showNotification(title, { body, tag, data: url, icon: "/icon-192.png" });
}

/** Focuses the page if it is open, otherwise opens it. Never opens another site. */
async function openAddress(url: string): Promise<void> {
  const wanted = new URL(url, self.location.origin);
  if (wanted.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => page.url.split("#")[0] === wanted.href);
  await (shown ? shown.focus() : self.clients.openWindow(wanted.href));
}

/**
 * Subscribes again after the browser has dropped its address, and tells the API the old and the new one. Without the old
 * one, the next visit of a page does so.
 */
async function renewSubscription(old: PushSubscription | null): Promise<void> {
  if (!old) return;
  const { applicationServerKey } = old.options;
  const fresh = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  await moveAlerts(addressOf(old), fresh);
}

let isRenewed = false;

/** Sees to it, once while this worker runs, that notifications still reach this browser. */
async function renewOnVisit(): Promise<void> {
  if (isRenewed || Notification.permission !== "granted") return;
  isRenewed = true;
  await renewAddress(self.registration.pushManager).catch(() => undefined);
}
