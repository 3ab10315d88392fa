/** Reads published documents and the API. */
import type { FieldError, Outcome, Problem } from "./outcome.ts";
import { keptDocument } from "./places/cached-documents.ts";
import { requestId } from "./request-id.ts";

export type { FieldError, Outcome, Problem };

const TIMEOUT_MS = 30_000;
/** The event that a document is a stored copy, with its time in milliseconds. */
export const SAVED_COPY = "ginnel-saved-copy";
const DOCUMENTS = "/data/";
const ABSENT = [403, 404, 410];

/**
 * The document, or null if there is none. Throws if it cannot be loaded. Without a signal, a published document is the
 * copy that this browser stored, and the page says how old it is.
 */
export async function getJson<T>(url: string, patienceMs = TIMEOUT_MS): Promise<T | null> {
  if (url.startsWith(DOCUMENTS)) return published(url, patienceMs);
  const response = await fetch(url, {
    cache: "no-cache",
    headers: requestId(),
    signal: AbortSignal.timeout(patienceMs),
  });
  if (ABSENT.includes(response.status)) return null;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

async function published<T>(url: string, patienceMs: number): Promise<T | null> {
  const document = await keptDocument<T>(url, patienceMs);
  if (document?.isOld) dispatchEvent(new CustomEvent(SAVED_COPY, { detail: document.at }));
  return document && document.value;
}
