/** Push notifications when the office changes the day. */
import { loadCouncil } from "../../shared/council.ts";
import { findObstacle } from "../../shared/push.ts";
import { addressOf } from "../../shared/push-address.ts";
import { call } from "../../shared/session.ts";
import { state } from "./state.ts";

const PATIENCE_MS = 15_000;

/** Asks for permission if needed. Returns whether this phone gets notifications now. */
export async function enableNotifications(): Promise<boolean> {
  const { push_key: key } = await loadCouncil();
  if (!key || !state.choice || findObstacle() !== null) return false;
  if ((await Notification.requestPermission()) !== "granted") return false;
  const { pushManager } = await navigator.serviceWorker.ready;
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const subscription = await Promise.race([
    pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }).catch(() => null),
    late,
  ]);
  if (!subscription) return false;
  const outcome = await call("POST", `/api/crews/${state.choice.crew}/devices`, { push: addressOf(subscription) });
  return outcome.kind === "stored";
}

/** Registers the phone's push address again, because addresses change. */
export async function refreshPushAddress(): Promise<void> {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  await enableNotifications().catch(() => false);
}
