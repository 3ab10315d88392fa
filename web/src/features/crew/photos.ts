/** Photos that a crew took, stored in IndexedDB until they are sent. */
import { phoneStore } from "../../shared/phone-store.ts";
import { retryWithRoom } from "./stored-files.ts";

const DATABASE = "crew_photos";
const STORE = "photos";
const DAY_MS = 24 * 3600 * 1000;

export interface StoredPhoto {
  id: string;
  blob: Blob;
  name: string;
  /** The original file, which is shrunk before it is sent. */
  raw: boolean;
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id");

/** Throws if the phone cannot store it. */
export async function storePhoto(photo: Omit<StoredPhoto, "at">): Promise<void> {
  const kept: StoredPhoto = { ...photo, at: Date.now() };
  await retryWithRoom(() => run("readwrite", (store) => store.put(kept)));
}

export async function findPhoto(id: string): Promise<StoredPhoto | null> {
  return (await run<StoredPhoto | undefined>("readonly", (store) => store.get(id))) ?? null;
}

/** Photos that belong to no draft or operation, except those stored a moment ago. */
export async function deletePhotosExcept(wanted: ReadonlySet<string>): Promise<void> {
  const all = await run<StoredPhoto[]>("readonly", (store) => store.getAll());
  for (const { id } of all.filter((each) => !wanted.has(each.id) && Date.now() - each.at > DAY_MS))
    await deletePhoto(id);
}

export async function deletePhoto(id: string): Promise<void> {
  await run("readwrite", (store) => store.delete(id));
}
