/**
 * Keeps the alerts of a browser when it changes its push address. Browsers do so without notice, and some do not name
 * the old address, so the last one that the service knows is stored here and compared on each visit.
 */
import { phoneStore } from "./phone-store.ts";
import { addressOf, type PushAddress } from "./push-address.ts";
import { request } from "./request.ts";

const DATABASE = "push_address";
const STORE = "addresses";
/** There is one address for each browser. */
const ID = "browser";

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id");

/** Remembers the address that the service knows. Never fails. */
export async function keepAddress(address: PushAddress): Promise<void> {
  await run("readwrite", (store) => store.put({ id: ID, ...address })).catch(() => undefined);
}

/** Never fails. */
export async function forgetAddress(): Promise<void> {
  await run("readwrite", (store) => store.delete(ID)).catch(() => undefined);
}

/** The address that the service knows, or null. */
export async function keptAddress(): Promise<PushAddress | null> {
  const kept = await run<PushAddress | undefined>("readonly", (store) => store.get(ID)).catch(() => undefined);
  return kept ? { endpoint: kept.endpoint, p256dh: kept.p256dh, auth: kept.auth } : null;
}

/** Tells the service the new address of this browser if it has changed; an unsent change is told on the next visit. */
export async function moveAlerts(old: PushAddress | null, present: PushAddress): Promise<void> {
  if (!old || old.endpoint === present.endpoint) return keepAddress(present);
  const outcome = await request("POST", "/api/subscriptions/moved", { old, push: present }, {});
  if (outcome.kind === "stored") await keepAddress(present);
}

/** Compares the address with the one that the service knows. `key`: the council's, for a browser that lost its address. */
export async function renewAddress(pushManager: PushManager, key: () => Promise<string | null>): Promise<void> {
  const old = await keptAddress();
  const present = (await pushManager.getSubscription()) ?? (old && (await subscribeAgain(pushManager, key)));
  if (present) await moveAlerts(old, addressOf(present));
}

async function subscribeAgain(
  pushManager: PushManager,
  key: () => Promise<string | null>,
): Promise<PushSubscription | null> {
  const applicationServerKey = await key();
  return applicationServerKey ? pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }) : null;
}
