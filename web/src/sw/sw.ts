/** The service worker: shows the notifications that the council sends to this browser. */
import { addressOf } from "../shared/push-address.ts";
import { request } from "../shared/request.ts";

declare const self: ServiceWorkerGlobalScope;

/** The payload of a push message (chalicelib/alerts/push.py). */
interface Message {
  title: string;
  body: string;
  url: string;
  /** A notification replaces one with the same tag. */
  tag: string;
}

const PLAIN: Message = { title: "News from your council", body: "", url: "/", tag: "news" };

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data as string));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.oldSubscription)));

/** Browsers end a subscription if a push shows nothing, so an unreadable message is shown as a general one. */
function read(data: PushMessageData | null): Message {
  try {
    return { ...PLAIN, ...(data?.json() as Message) };
  } catch {
    return PLAIN;
  }
}

function show({ title, body, url, tag }: Message): Promise<void> {
  return self.registration.showNotification(title, { body, tag, data: url, icon: "/icon-192.png" });
}

/** Focuses the page if it is open, otherwise opens it. Never opens another site. */
async function open(url: string): Promise<void> {
  const wanted = new URL(url, self.location.origin);
  if (wanted.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => page.url.split("#")[0] === wanted.href);
  await (shown ? shown.focus() : self.clients.openWindow(wanted.href));
}

/** Subscribes again after the browser has dropped its address, and tells the API the old and the new one. */
async function renew(old: PushSubscription | null): Promise<void> {
  if (!old) return;
  const { applicationServerKey } = old.options;
  const fresh = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  await request("POST", "/api/subscriptions/moved", { old: addressOf(old), push: addressOf(fresh) }, {});
}
