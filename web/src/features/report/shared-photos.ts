/** Photos that another app shared with this one: the service worker stores them, and the report page takes them. */
import { phoneStore } from "../../shared/phone-store.ts";

const DATABASE = "shared";
const STORE = "photos";

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "n");

/** Stores the files in place of those that were shared before. */
export async function storeSharedPhotos(files: File[]): Promise<void> {
  await run("readwrite", (store) => store.clear());
  for (const [n, file] of files.entries()) await run("readwrite", (store) => store.put({ n, file }));
}

/** Takes them once; empty if there are none. */
export async function takeSharedPhotos(): Promise<File[]> {
  const kept = await run<{ file: File }[]>("readonly", (store) => store.getAll()).catch(() => []);
  if (kept.length) await run("readwrite", (store) => store.clear());
  return kept.map(({ file }) => file);
}
