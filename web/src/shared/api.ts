/** Reads published documents and the API. */
import type { FieldError, Outcome, Problem } from "./outcome.ts";
import { requestId } from "./request-id.ts";

export type { FieldError, Outcome, Problem };

const TIMEOUT_MS = 30_000;
const ABSENT = [403, 404, 410];

/** The document, or null if there is none. Throws if it cannot be loaded. */
export async function getJson<T>(url: string, patienceMs = TIMEOUT_MS): Promise<T | null> {
  const headers = url.startsWith("/api/") ? requestId() : {};
  const signal = AbortSignal.timeout(patienceMs);
  const response = await fetch(url, { cache: "no-cache", headers, signal });
  if (ABSENT.includes(response.status)) return null;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}
