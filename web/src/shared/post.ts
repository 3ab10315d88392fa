/** Posts as an account. The session module is loaded only if it may be needed. */
import type { Outcome } from "./api.ts";
import { accountIn, isSignedOut } from "./outcome.ts";
import { post } from "./send.ts";

/** Posts as that account, or as nobody if it is empty. Refused with 401 if that account is not signed in. */
export async function postAs<T>(account: string, path: string, body: unknown, key: string): Promise<Outcome<T>> {
  if (!account) return post(path, body, key);
  return withSession(({ callAs }) => callAs(account, "POST", path, body, { "Idempotency-Key": key }));
}

/** The signed-in account; empty if nobody is signed in. */
export function signedInAccount(): Promise<Outcome<string>> {
  return withSession(async ({ whoIsSignedIn }) => accountIn(await whoIsSignedIn()));
}

/** Sends as the signed-in account, or without one if nobody is signed in. */
export async function postAsSignedIn<T>(path: string, body: unknown, key: string): Promise<Outcome<T>> {
  return withSession(async ({ call, whoIsSignedIn }) => {
    const who = await whoIsSignedIn();
    const outcome = who.kind === "stored" ? await call<T>("POST", path, body, { "Idempotency-Key": key }) : who;
    return isSignedOut(outcome) ? post(path, body, key) : outcome;
  });
}

async function withSession<T>(
  act: (session: typeof import("./session.ts")) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const session = await import("./session.ts").catch(() => null);
  return session ? act(session) : { kind: "later", retryAfterSeconds: null };
}
