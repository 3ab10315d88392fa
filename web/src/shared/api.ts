/** Reads published documents and the API. */
import type { FieldError, Outcome, Problem } from "./outcome.ts";
import { fetchDocument, loadDocument } from "./places/cached-documents.ts";
import { requestHeaders } from "./request-headers.ts";

export type { FieldError, Outcome, Problem };

const TIMEOUT_MS = 30_000;
const DOCUMENTS = "/data/";

/** The document, or null if there is none. Throws if it cannot be loaded. A published document may be a stored copy. */
export async function getJson<T>(url: string, patienceMs = TIMEOUT_MS): Promise<T | null> {
  if (url.startsWith(DOCUMENTS)) return loadDocument(url, patienceMs);
  const response = await fetchDocument(url, patienceMs, requestHeaders());
  return response && ((await response.json()) as T);
}
