/** Keeps the alerts of a browser when it changes its push address: the address is compared on each visit. */
import { keepAddress, keptAddress } from "./kept-push-address.ts";
import { addressOf, type PushAddress } from "./push-address.ts";
import { request } from "./request.ts";

/** Tells the service the new address; one that could not be told is told on the next visit. */
export async function moveAlerts({ endpoint, p256dh, auth }: PushAddress, fresh: PushSubscription): Promise<void> {
  const body = { old: { endpoint, p256dh, auth }, push: addressOf(fresh) };
  const outcome = await request("POST", "/api/subscriptions/moved", body, {});
  if (outcome.kind === "stored") await keepAddress(fresh);
}

/** Compares the browser's address with the one that the service knows. */
export async function renewAddress(pushManager: PushManager): Promise<void> {
  const old = await keptAddress();
  const present =
    (await pushManager.getSubscription()) ??
    (old?.key && (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: old.key })));
  if (!present) return;
  if (old && old.endpoint !== present.endpoint) await moveAlerts(old, present);
  else await keepAddress(present);
}
