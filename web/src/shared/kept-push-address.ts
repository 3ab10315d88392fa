/** The push address of this browser that the service knows, kept because some browsers change it without naming the old one. */
import { phoneStore } from "./phone-store.ts";
import { addressOf, type PushAddress } from "./push-address.ts";

const DATABASE = "push_address";
const STORE = "addresses";
/** There is one address for each browser. */
const ID = "browser";

interface KeptAddress extends PushAddress {
  /** The council's, with which a browser that lost its address gets another one. */
  key: ArrayBuffer | null;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id");

/** Remembers the address that the service knows. Never fails. */
export async function keepAddress(known: PushSubscription): Promise<void> {
  const kept: KeptAddress = { ...addressOf(known), key: known.options.applicationServerKey };
  await run("readwrite", (store) => store.put({ id: ID, ...kept })).catch(() => undefined);
}

/** Never fails. */
export async function forgetAddress(): Promise<void> {
  await run("readwrite", (store) => store.delete(ID)).catch(() => undefined);
}

/** The address that the service knows, if there is one. Never fails. */
export async function keptAddress(): Promise<KeptAddress | undefined> {
  return run<KeptAddress | undefined>("readonly", (store) => store.get(ID)).catch(() => undefined);
}
