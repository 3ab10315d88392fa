/** Reading published documents and writing to the API. */
import { deviceKey } from "./device.ts";
import type { FieldError, Outcome, Problem } from "./outcome.ts";

export type { FieldError, Outcome, Problem };

const TIMEOUT_MS = 30_000;
const USUAL_WAIT_S = 60;
/** Whoever shares a network with others is counted apart from them. */
const DEVICE = "X-Ginnel-Device";
const ABSENT = [403, 404, 410];
const TOO_MANY = 429;
const WORTH_REPEATING = [408, 425];

/** The document, or null where there is none. Throws when it cannot be known. */
export async function getJson<T>(url: string, patienceMs = TIMEOUT_MS): Promise<T | null> {
  const headers = url.startsWith("/api/") ? requestId() : {};
  const signal = AbortSignal.timeout(patienceMs);
  const response = await fetch(url, { cache: "no-cache", headers, signal });
  if (ABSENT.includes(response.status)) return null;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

export function post<T>(path: string, body: unknown, key: string): Promise<Outcome<T>> {
  return send("POST", path, body, { "Idempotency-Key": key });
}

/** Without a body where that is undefined. */
export async function send<T>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Outcome<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json", [DEVICE]: deviceKey() }), ...headers, ...requestId() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return { kind: "stored", value: (await read(response)) as T };
    if (response.status === TOO_MANY) {
      const { detail, title } = await readProblem(response);
      return { kind: "later", retryAfterSeconds: readRetryAfter(response), why: detail ?? title };
    }
    if (response.status >= 500 || WORTH_REPEATING.includes(response.status)) {
      return { kind: "later", retryAfterSeconds: readRetryAfter(response) };
    }
    return { kind: "refused", problem: await readProblem(response) };
  } catch {
    return { kind: "later", retryAfterSeconds: null };
  }
}

/** JSON, or a page's text. */
function read(response: Response): Promise<unknown> {
  return response.headers.get("Content-Type")?.startsWith("text/html") ? response.text() : response.json();
}

/** New for each try, so that it tells nothing of who sends: the server's log follows it. */
function requestId(): Record<string, string> {
  return { "X-Request-Id": crypto.randomUUID() };
}

function readRetryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return seconds > 0 ? seconds : USUAL_WAIT_S;
}

/** When to try again, to go on a sentence's beginning. */
export function whenToRetry(seconds: number | null): string {
  if (!seconds) return "try again when you have a connection";
  const minutes = Math.ceil(seconds / 60);
  return `the service is busy: try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}`;
}

async function readProblem(response: Response): Promise<Problem> {
  const unreadable = { title: response.statusText, status: response.status };
  return response.json().catch(() => unreadable);
}
