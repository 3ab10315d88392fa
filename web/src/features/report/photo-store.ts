/** Stores the pictures of chosen photos in IndexedDB, so that they survive a reload. */
import { phoneStore } from "../../shared/phone-store.ts";

const DATABASE = "ginnel";
const STORE = "photos";
/** As long as a draft, and then as a report that waits to be sent. */
const OLD_MS = 21 * 24 * 3600 * 1000;

interface StoredPhoto {
  id: string;
  blob: Blob;
  at: number;
}

/** Fallback for browsers without IndexedDB, as in some private windows: kept for this page only. */
const memory = new Map<string, Blob>();
const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id", deleteOldPhotos);

export async function storePhoto(id: string, blob: Blob): Promise<void> {
  memory.set(id, blob);
  await run("readwrite", (store) => store.put({ id, blob, at: Date.now() } satisfies StoredPhoto)).catch(
    () => undefined,
  );
}

/** The picture, or null if it is no longer stored. */
export async function findPhoto(id: string): Promise<Blob | null> {
  const known = memory.get(id);
  if (known) return known;
  const kept = await run<StoredPhoto | undefined>("readonly", (store) => store.get(id)).catch(() => undefined);
  if (kept) memory.set(id, kept.blob);
  return kept?.blob ?? null;
}

/** Whether all of them survive this page. */
export async function areStored(ids: string[]): Promise<boolean> {
  if (!ids.length) return true;
  const keys = await run<IDBValidKey[]>("readonly", (store) => store.getAllKeys());
  return ids.every((id) => keys.includes(id));
}

export async function deletePhotos(ids: string[]): Promise<void> {
  for (const id of ids) {
    memory.delete(id);
    await run("readwrite", (store) => store.delete(id)).catch(() => undefined);
  }
}

/** Deletes photos of abandoned drafts. */
async function deleteOldPhotos(): Promise<void> {
  const all = await run<StoredPhoto[]>("readonly", (store) => store.getAll());
  await deletePhotos(all.filter(({ at }) => Date.now() - at > OLD_MS).map(({ id }) => id));
}
