/** Sends a request from a page or service worker, and reads the answer. */
import { type Outcome, type Problem, reasonOf } from "./outcome.ts";
import { findProof } from "./proof.ts";
import { requestHeaders } from "./request-headers.ts";

const TIMEOUT_MS = 30_000;
/** Long enough for a photo on a slow connection. */
const FORM_TIMEOUT_MS = 120_000;
const USUAL_WAIT_S = 60;
const TOO_MANY = 429;
/** The header with a proof of work, and the header of the answer that asks for it. */
const PROOF = "X-Ginnel-Proof";
const PROOF_BITS = "X-Ginnel-Proof-Bits";
const TEMPORARY_STATUSES = [408, 425];
/** The photo store's answers (400) to a photo that came too slowly, incomplete or too late. */
const INTERRUPTED = /<Code>(RequestTimeout|IncompleteBody|ExpiredToken)</;

/** Sends no body if it is undefined. A form is a photo for the store, which takes no headers and returns no content. */
export async function request<T>(
  method: string,
  address: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Outcome<T>> {
  const isForm = body instanceof FormData;
  try {
    const ask = (more: Record<string, string>) =>
      fetch(address, { method, ...(isForm ? formRequest(body) : jsonRequest(body, { ...headers, ...more })) });
    const first = await ask({});
    const proof = first.status === TOO_MANY ? await proofFor(first, headers) : null;
    const response = proof ? await ask({ [PROOF]: proof }) : first;
    if (!response.ok) return await failureOf(response);
    return { kind: "stored", value: (isForm ? undefined : await readBody(response)) as T };
  } catch {
    return { kind: "later", retryAfterSeconds: null };
  }
}

/** The proof of work that the answer asks for; null if it asks for none. */
async function proofFor(response: Response, headers: Record<string, string>): Promise<string | null> {
  const key = headers["Idempotency-Key"];
  return key ? findProof(key, Number(response.headers.get(PROOF_BITS))) : null;
}

function formRequest(body: FormData): RequestInit {
  return { body, signal: AbortSignal.timeout(FORM_TIMEOUT_MS) };
}

function jsonRequest(body: unknown, headers: Record<string, string>): RequestInit {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  if (body === undefined) return { headers: { ...requestHeaders(), ...headers }, signal };
  return {
    headers: { "Content-Type": "application/json", ...requestHeaders(), ...headers },
    body: JSON.stringify(body),
    signal,
  };
}

/** Reads JSON, or the text of a page or table. */
function readBody(response: Response): Promise<unknown> {
  return response.headers.get("Content-Type")?.startsWith("text/") ? response.text() : response.json();
}

async function failureOf(response: Response): Promise<Outcome<never>> {
  const said = await response.text();
  const problem = problemIn(said) ?? { title: response.statusText, status: response.status };
  const retryAfterSeconds = readRetryAfter(response);
  if (response.status === TOO_MANY) return { kind: "later", retryAfterSeconds, why: reasonOf(problem) };
  const isTemporary = response.status >= 500 || TEMPORARY_STATUSES.includes(response.status) || INTERRUPTED.test(said);
  return isTemporary ? { kind: "later", retryAfterSeconds } : { kind: "refused", problem };
}

function problemIn(said: string): Problem | null {
  try {
    return JSON.parse(said) as Problem;
  } catch {
    return null;
  }
}

function readRetryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return seconds > 0 ? seconds : USUAL_WAIT_S;
}
