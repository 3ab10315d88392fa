/** Photos that another app shared with this one: the service worker stores them, and the report page takes them. */
import { phoneStore } from "../../shared/phone-store.ts";

const DATABASE = "shared";
const STORE = "photos";

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "n");

/** In place of those that were shared before. */
export async function keepShared(files: File[]): Promise<void> {
  await run("readwrite", (store) => store.clear());
  for (const [n, file] of files.entries()) await run("readwrite", (store) => store.put({ n, file }));
}

/** Takes them once; empty if there are none. */
export async function takeShared(): Promise<File[]> {
  const kept = await run<{ file: File }[]>("readonly", (store) => store.getAll()).catch(() => []);
  if (kept.length) await run("readwrite", (store) => store.clear());
  return kept.map(({ file }) => file);
}
