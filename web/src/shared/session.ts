/**
 * The session of the signed-in account. The access token is only in this page's memory. A cookie that scripts cannot
 * read gets a new token for each page, and when a token has expired.
 */
import type { FieldError, Outcome } from "./api.ts";
import { isSignedOut } from "./outcome.ts";
import { say } from "./say.ts";
import { send, whenToRetry } from "./send.ts";

export interface Account {
  account_id: string;
  name: string | null;
  roles: string[];
  assurance: "contact" | "proven" | "staff";
}

interface Session {
  access_token: string;
  account: Account;
}

const SESSION = "/api/session";
const SIGN_IN = "/forms/sign-in";

let pending: Promise<Outcome<Session>> | undefined;

/** The signed-in account; refused with 401 if nobody is signed in. */
export async function whoIsSignedIn(): Promise<Outcome<Account>> {
  const outcome = await openSession();
  return outcome.kind === "stored" ? { kind: "stored", value: outcome.value.account } : outcome;
}

/** Calls the API as the signed-in account. Refused with 401 if nobody is signed in. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Outcome<T>> {
  const first = await callOnce<T>(method, path, body, headers);
  if (!isSignedOut(first)) return first;
  pending = undefined;
  return callOnce(method, path, body, headers);
}

/** Like `call`, but also refused with 401 if another account is signed in. */
export async function callAs<T>(
  account: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Outcome<T>> {
  const who = await whoIsSignedIn();
  if (who.kind !== "stored") return who;
  if (who.value.account_id !== account)
    return { kind: "refused", problem: { title: say("You are signed in with another account"), status: 401 } };
  return call(method, path, body, headers);
}

/** Ends the session on this device, after the reply to a token's request, which would set the cookie again. */
export async function signOut(): Promise<Outcome<unknown>> {
  await pending;
  const outcome = await send("DELETE", SESSION, undefined, {});
  if (outcome.kind === "stored") pending = undefined;
  return outcome;
}

/** The error messages of an outcome. */
export function errorsOf(outcome: Outcome<unknown>): FieldError[] {
  if (outcome.kind === "stored") return [];
  if (outcome.kind === "later")
    return [
      { field: "", message: say("Nothing was changed: {when}", { when: whenToRetry(outcome.retryAfterSeconds) }) },
    ];
  if (isSignedOut(outcome))
    return [{ field: "", message: say("You are signed out. Sign in again in another tab, then try again here") }];
  const { errors, detail, title } = outcome.problem;
  const faults = errors?.length ? errors : [{ field: "", message: detail ?? title }];
  return faults.map(({ field, message }) => ({ field, message: message.slice(0, 1).toUpperCase() + message.slice(1) }));
}

/** The address to sign in with that assurance, and come back to this page. */
export function signInAddress(sure?: Account["assurance"]): string {
  return `${SIGN_IN}?${new URLSearchParams({ next: location.pathname + location.search, ...(sure ? { sure } : {}) })}`;
}

async function callOnce<T>(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Outcome<T>> {
  const outcome = await openSession();
  if (outcome.kind !== "stored") return outcome;
  return send<T>(method, path, body, { ...headers, Authorization: `Bearer ${outcome.value.access_token}` });
}

/** One request for all callers. After a failure, the next call tries again. */
function openSession(): Promise<Outcome<Session>> {
  pending ??= send<Session>("POST", `${SESSION}/refresh`, undefined, {}).then((outcome) => {
    if (outcome.kind !== "stored") pending = undefined;
    return outcome;
  });
  return pending;
}
