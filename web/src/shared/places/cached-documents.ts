/**
 * Published documents with a copy in IndexedDB, so that a page that was opened before works without a signal. The
 * network comes first; the copy is used if it fails.
 */
import { type PhoneStore, phoneStore } from "../phone-store.ts";

const DATABASE = "documents";
const STORE = "kept";
const PATIENCE_MS = 15_000;
const PATIENCE_WITH_COPY_MS = 5_000;
/** The number of copies above which the oldest half is deleted. */
const MOST = 300;
const ABSENT = [403, 404, 410];

/** A document, and when it was fetched; `isOld` if it is a copy because the network failed. */
export interface Keeping<T> {
  value: T;
  at: number;
  isOld: boolean;
}

interface Copy {
  url: string;
  value: unknown;
  at: number;
}

const store: PhoneStore = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "url");

/** The document, or null if there is none. Throws if it cannot be fetched and there is no copy. */
export async function keptDocument<T>(
  url: string,
  patienceMs = PATIENCE_MS,
  read: (answer: Response) => Promise<unknown> = (answer) => answer.json(),
): Promise<Keeping<T> | null> {
  const copy = await store.work<Copy | undefined>("readonly", (documents) => documents.get(url)).catch(() => undefined);
  try {
    const signal = AbortSignal.timeout(copy ? Math.min(PATIENCE_WITH_COPY_MS, patienceMs) : patienceMs);
    const answer = await fetch(url, { cache: "no-cache", signal });
    if (ABSENT.includes(answer.status)) {
      await forget([url]);
      return null;
    }
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    const value = await read(answer);
    const at = Date.now();
    void keep({ url, value, at }).catch(() => undefined);
    return { value: value as T, at, isOld: false };
  } catch (error) {
    if (!copy) throw error;
    return { value: copy.value as T, at: copy.at, isOld: true };
  }
}

async function keep(copy: Copy): Promise<void> {
  await store.work("readwrite", (documents) => documents.put(copy));
  if ((await store.work<number>("readonly", (documents) => documents.count())) <= MOST) return;
  const all = await store.work<Copy[]>("readonly", (documents) => documents.getAll());
  const oldest = all.sort((one, other) => one.at - other.at).slice(0, MOST / 2);
  await forget(oldest.map(({ url }) => url));
}

async function forget(urls: string[]): Promise<void> {
  for (const url of urls) await store.work("readwrite", (documents) => documents.delete(url)).catch(() => undefined);
}

/** The bytes of a document that is not JSON. */
export const keptBytes = (url: string) =>
  keptDocument<ArrayBuffer>(url, PATIENCE_MS, (answer) => answer.arrayBuffer());
