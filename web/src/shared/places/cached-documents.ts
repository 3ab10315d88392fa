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

/** The event that a page shows a stored copy, with its time in milliseconds. */
export const SAVED_COPY = "ginnel-saved-copy";

const copies = storedCopies(() => indexedDB.open(DATABASE, 1), STORE, MOST);

/** The document, or null if there is none. If there is only a copy, the page says how old it is. Throws without one. */
export async function loadDocument<T>(
  url: string,
  patienceMs = PATIENCE_MS,
  read: (answer: Response) => Promise<unknown> = (answer) => answer.json(),
): Promise<T | null> {
  const copy = await copies.find<T>(url);
  try {
    const answer = await fetchDocument(url, copy ? Math.min(PATIENCE_WITH_COPY_MS, patienceMs) : patienceMs);
    if (!answer) {
      await copies.forget(url);
      return null;
    }
    const value = await read(answer);
    void copies.keep(url, value, Date.now());
    return value as T;
  } catch (error) {
    if (!copy) throw error;
    dispatchEvent(new CustomEvent(SAVED_COPY, { detail: copy.at }));
    return copy.value;
  }
}

/** The answer, or null if there is no such document. Throws if it cannot be fetched. */
export async function fetchDocument(
  url: string,
  patienceMs: number,
  headers: Record<string, string> = {},
): Promise<Response | null> {
  const answer = await fetch(url, { cache: "no-cache", headers, signal: AbortSignal.timeout(patienceMs) });
  if (ABSENT.includes(answer.status)) return null;
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer;
}

/** The bytes of a document that is not JSON. */
export const loadBytes = (url: string) => loadDocument<ArrayBuffer>(url, PATIENCE_MS, (answer) => answer.arrayBuffer());
