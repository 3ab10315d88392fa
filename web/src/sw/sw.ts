/** The service worker: shows what the council sends to this browser, and nothing else. */
import { addressOf } from "../shared/push-address.ts";
import { request } from "../shared/request.ts";

declare const self: ServiceWorkerGlobalScope;

/** What is sent (chalicelib/alerts/push.py). */
interface Message {
  title: string;
  body: string;
  url: string;
  /** What has the same one takes the place of what is shown already. */
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

/** A browser takes its leave of who shows nothing, so what cannot be read is told as something. */
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

/** Goes to the page if it is open somewhere, and opens it otherwise; never to another site. */
async function open(url: string): Promise<void> {
  const wanted = new URL(url, self.location.origin);
  if (wanted.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => page.url.split("#")[0] === wanted.href);
  await (shown ? shown.focus() : self.clients.openWindow(wanted.href));
}

/** The browser has let go of its address: it gets another, and says which one it takes the place of. */
async function renew(old: PushSubscription | null): Promise<void> {
  if (!old) return;
  const { applicationServerKey } = old.options;
  const fresh = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  await request("POST", "/api/subscriptions/moved", { old: addressOf(old), push: addressOf(fresh) }, {});
}
