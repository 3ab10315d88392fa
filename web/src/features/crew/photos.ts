/** Photos that a crew took, stored in IndexedDB until they are sent. */
import { phoneStore } from "../../shared/phone-store.ts";
import { withRoom } from "./kept-files.ts";

const DATABASE = "crew_photos";
const STORE = "photos";
const DAY_MS = 24 * 3600 * 1000;

export interface KeptPhoto {
  id: string;
  blob: Blob;
  name: string;
  /** The original file, which is shrunk before it is sent. */
  raw: boolean;
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id");

/** Throws if the phone cannot store it. */
export async function keepPhoto(photo: Omit<KeptPhoto, "at">): Promise<void> {
  const kept: KeptPhoto = { ...photo, at: Date.now() };
  await withRoom(() => run("readwrite", (store) => store.put(kept)));
}

export async function findPhoto(id: string): Promise<KeptPhoto | null> {
  return (await run<KeptPhoto | undefined>("readonly", (store) => store.get(id))) ?? null;
}

/** Photos that belong to no draft or operation, except those stored a moment ago. */
export async function dropPhotosBut(wanted: ReadonlySet<string>): Promise<void> {
  const all = await run<KeptPhoto[]>("readonly", (store) => store.getAll());
  for (const { id } of all.filter((each) => !wanted.has(each.id) && Date.now() - each.at > DAY_MS)) await dropPhoto(id);
}

export async function dropPhoto(id: string): Promise<void> {
  await run("readwrite", (store) => store.delete(id));
}
