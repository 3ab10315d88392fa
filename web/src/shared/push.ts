/** Notifications on this phone or computer, without an account: this browser's own subscription is who hears. */
import { type PushAddress, addressOf } from "./push-address.ts";

export type { PushAddress };

/**
 * Why nothing can be sent here. `needs-install`: on an iPhone only what is on its home screen may. `timed-out`: the
 * browser did not get through to its maker's servers, or these did not take it.
 */
export type NoPush = "unsupported" | "needs-install" | "denied" | "dismissed" | "timed-out";

export type Subscribed = { kind: "ok"; push: PushAddress } | { kind: NoPush };

const WORKER = "/sw.js";
/** Chromium waits for ever where its maker's servers cannot be reached. */
const PATIENCE_MS = 15_000;

/** What stands against it before anybody is asked; null where nothing does. */
export function obstacle(): NoPush | null {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return (navigator as { standalone?: boolean }).standalone === false ? "needs-install" : "unsupported";
  }
  return Notification.permission === "denied" ? "denied" : null;
}

/**
 * Asks whoever is here, and subscribes with the council's key (`push_key` of its document). Call it from a click: a
 * browser asks at no other time. The same browser gets the same address again.
 */
export async function subscribe(key: string, patienceMs = PATIENCE_MS): Promise<Subscribed> {
  const against = obstacle();
  if (against) return { kind: against };
  const said = await Notification.requestPermission();
  if (said !== "granted") return { kind: said === "denied" ? "denied" : "dismissed" };
  try {
    return { kind: "ok", push: addressOf(await inTime(subscription(key), patienceMs)) };
  } catch {
    return { kind: "timed-out" };
  }
}

/** Ends it on this side: whatever is still sent to it is refused, and forgotten then. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(WORKER);
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

/** This browser's address; null where it has none. */
export async function current(): Promise<PushAddress | null> {
  const registration = await navigator.serviceWorker?.getRegistration(WORKER);
  const known = await registration?.pushManager?.getSubscription();
  return known ? addressOf(known) : null;
}

async function subscription(key: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const ask = () => pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return ask().catch(async (error: DOMException) => {
    // It has subscribed with another key, which nobody sends with any more.
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return ask();
  });
}

function inTime<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("It took too long")), patienceMs));
  return Promise.race([work, late]);
}
