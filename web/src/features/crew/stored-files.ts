/** Files that are downloaded while there is a signal: the base map, and photos of the jobs. */
import { phoneStore } from "../../shared/phone-store.ts";

const DATABASE = "crew_files";
const STORE = "files";

interface StoredFile {
  /** `map`, or `photo/<photo_id>`. */
  key: string;
  blob: Blob;
  etag: string | null;
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "key");

export async function readFile(key: string): Promise<StoredFile | null> {
  return (await run<StoredFile | undefined>("readonly", (store) => store.get(key)).catch(() => undefined)) ?? null;
}

/** Downloads a file unless it is stored; `refresh` checks for a new version. Throws if it cannot be loaded. */
export async function fetchFile(key: string, url: string, refresh = false): Promise<Blob> {
  const known = await readFile(key);
  if (known && !refresh) return known.blob;
  const answer = await fetch(url, {
    cache: "no-store",
    ...(known?.etag && { headers: { "If-None-Match": known.etag } }),
  });
  if (answer.status === 304 && known) return known.blob;
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const blob = await answer.blob();
  const kept: StoredFile = { key, blob, etag: answer.headers.get("ETag"), at: Date.now() };
  await run("readwrite", (store) => store.put(kept)).catch(() => undefined);
  return blob;
}

/**
 * Runs `act`, which stores something. If the phone is full, deletes all downloaded files, because operations need the
 * space more, and runs it again.
 */
export async function retryWithRoom(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (fault) {
    if (!(fault instanceof DOMException && fault.name === "QuotaExceededError")) throw fault;
    await run("readwrite", (store) => store.clear());
    await act();
  }
}

/** Deletes all files but the map and the photos with the ids `except`. */
export async function deletePhotoFiles(except: ReadonlySet<string> = new Set()): Promise<void> {
  const keys = await run<string[]>("readonly", (store) => store.getAllKeys());
  const isKept = (key: string) => key === "map" || except.has(key.split("/")[1]!);
  for (const key of keys.filter((each) => !isKept(each))) await run("readwrite", (store) => store.delete(key));
}
