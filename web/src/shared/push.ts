/** Notifications in this browser, without an account: the browser's own subscription is the recipient. */
import { type PushAddress, addressOf, FORGET_PUSH } from "./push-address.ts";

export type { PushAddress };

/**
 * Why notifications cannot be shown. `needs-install`: an iPhone allows them only for apps on its home screen.
 * `timed-out`: the browser could not reach its push service, or the push service refused.
 */
export type NoPush = "unsupported" | "needs-install" | "denied" | "dismissed" | "timed-out";

export type SubscribeResult = { kind: "ok"; push: PushAddress } | { kind: NoPush };

const WORKER = "/sw.js";
/** Chromium waits forever if it cannot reach its push service. */
const PATIENCE_MS = 15_000;

/** Why notifications are not possible, before asking for permission; null if they are. */
export function findObstacle(): NoPush | null {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return (navigator as { standalone?: boolean }).standalone === false ? "needs-install" : "unsupported";
  }
  return Notification.permission === "denied" ? "denied" : null;
}

/**
 * Asks for permission, and subscribes with the council's key (`push_key` of its document). Call it from a click handler,
 * because browsers do not ask at other times. The same browser gets the same address again.
 */
export async function subscribe(key: string, patienceMs = PATIENCE_MS): Promise<SubscribeResult> {
  const obstacle = findObstacle();
  if (obstacle) return { kind: obstacle };
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return { kind: permission === "denied" ? "denied" : "dismissed" };
  try {
    return { kind: "ok", push: addressOf(await withTimeLimit(openSubscription(key), patienceMs)) };
  } catch {
    return { kind: "timed-out" };
  }
}

/** Ends the subscription in the browser. The push service refuses later messages to it. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(WORKER);
  registration?.active?.postMessage(FORGET_PUSH);
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

/** This browser's push address, or null. */
export async function currentAddress(): Promise<PushAddress | null> {
  const registration = await navigator.serviceWorker?.getRegistration(WORKER);
  const known = await registration?.pushManager?.getSubscription();
  return known ? addressOf(known) : null;
}

async function openSubscription(key: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const ask = () => pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return ask().catch(async (error: DOMException) => {
    // The browser has a subscription with an old key.
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return ask();
  });
}

function withTimeLimit<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("It took too long")), patienceMs));
  return Promise.race([work, late]);
}
