/** Operations that are not sent yet, stored in IndexedDB, in order. */
import { phoneStore } from "../../shared/phone-store.ts";
import { withRoom } from "./kept-files.ts";
import type { Item } from "./model.ts";

const DATABASE = "crew_outbox";
const STORE = "operations";

const { work } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "op_id");

/** Throws if the phone cannot store it, so that the page can say so. */
export async function keep(item: Item): Promise<void> {
  await withRoom(() => work("readwrite", (store) => store.put(item)));
}

export async function items(): Promise<Item[]> {
  const all = await work<Item[]>("readonly", (store) => store.getAll());
  return all.sort((one, other) => one.seq - other.seq);
}

export async function remove(opId: string): Promise<void> {
  await work("readwrite", (store) => store.delete(opId));
}

/** A number after all waiting operations, even if the clock was set back. */
export async function nextSeq(): Promise<number> {
  return Math.max(Date.now(), ...(await items()).map(({ seq }) => seq + 1));
}
