/**
 * Published documents with a copy in IndexedDB, so that a page that was opened before works without a signal. The
 * network comes first; the copy is used if it fails.
 */
import { storedCopies } from "../stored-copies.ts";

const DATABASE = "documents";
const STORE = "kept";
const PATIENCE_MS = 15_000;
const PATIENCE_WITH_COPY_MS = 5_000;
const MOST = 300;
const ABSENT = [403, 404, 410];

/** A document, and when it was fetched; `isOld` if it is a copy because the network failed. */
export interface Keeping<T> {
  value: T;
  at: number;
  isOld: boolean;
}

const copies = storedCopies(() => indexedDB.open(DATABASE, 1), STORE, MOST);

/** The document, or null if there is none. Throws if it cannot be fetched and there is no copy. */
export async function keptDocument<T>(
  url: string,
  patienceMs = PATIENCE_MS,
  read: (answer: Response) => Promise<unknown> = (answer) => answer.json(),
): Promise<Keeping<T> | null> {
  const copy = await copies.find<T>(url);
  try {
    const signal = AbortSignal.timeout(copy ? Math.min(PATIENCE_WITH_COPY_MS, patienceMs) : patienceMs);
    const answer = await fetch(url, { cache: "no-cache", signal });
    if (ABSENT.includes(answer.status)) {
      await copies.forget(url);
      return null;
    }
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    const value = await read(answer);
    const at = Date.now();
    void copies.keep(url, value, at);
    return { value: value as T, at, isOld: false };
  } catch (error) {
    if (!copy) throw error;
    return { value: copy.value, at: copy.at, isOld: true };
  }
}

/** The bytes of a document that is not JSON. */
export const keptBytes = (url: string) => keptDocument<ArrayBuffer>(url, PATIENCE_MS, (answer) => answer.arrayBuffer());
