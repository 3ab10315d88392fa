/**
 * The crew app's service worker: opens the app without a signal, sends waiting operations once there is a signal, and
 * shows a notification when the office changes the day.
 */
import { flush, type Transport } from "../features/crew/sending.ts";
import { CHANNEL, type Item } from "../features/crew/model.ts";
import { request } from "../shared/request.ts";
import { type Files, installApp } from "./app-cache.ts";
import { headersOf, openSession } from "./session.ts";

declare const self: ServiceWorkerGlobalScope;
/** Every file of the app as `Files` describes; the build fills this in. */
declare const FILES: Files;

const CACHE = "crew_app";
const PAGE = "/crew/";

const app = installApp(() => caches.open(CACHE), FILES);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && [PAGE, `${PAGE}index.html`].includes(url.pathname))
    event.respondWith(app.respond(PAGE, request));
  else if (app.has(url.pathname)) event.respondWith(app.respond(url.pathname, request));
});
self.addEventListener("sync", (event) => (event as ExtendableEvent).waitUntil(sendOperations()));
self.addEventListener("push", (event) => event.waitUntil(handlePush()));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openApp());
});

/** Fails if something still waits, so that the browser tries again. */
async function sendOperations(): Promise<void> {
  const session = await openSession();
  if (session.kind === "refused") return;
  if (session.kind === "later") throw new Error("No signal yet");
  const line: Transport = {
    account: session.value.account.account_id,
    shrink: null,
    onChange: () => new BroadcastChannel(CHANNEL).postMessage("sent"),
    call: (item: Item, method, path, body, headers) =>
      request(method, path, body, { ...headers, ...headersOf(item.device, session.value) }),
  };
  const done = await flush(line);
  if (done.kind === "later") throw new Error("Some of it could not be sent yet");
}

/** Shows a notification, unless the app is open: then the page shows the change. */
async function handlePush(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  new BroadcastChannel(CHANNEL).postMessage("changed");
  if (pages.some((page) => page.visibilityState === "visible" && new URL(page.url).pathname === PAGE)) return;
  await self.registration.showNotification("Your day has changed", {
    body: "The office has changed your list of jobs. Open it to see the changes.",
    tag: "crew-day",
    icon: "/icon-192.png",
  });
}

async function openApp(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => new URL(page.url).pathname === PAGE);
  await (shown ? shown.focus() : self.clients.openWindow(PAGE));
}
