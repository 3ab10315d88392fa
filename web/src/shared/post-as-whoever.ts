/** Sends as whoever is signed in, or as nobody; what knows who that is, is loaded when something is sent. */
import { type Outcome, post } from "./api.ts";

export async function postAsWhoever<T>(path: string, body: unknown, key: string): Promise<Outcome<T>> {
  const session = await import("./session.ts").catch(() => null);
  if (!session) return { kind: "later", retryAfterSeconds: null };
  const who = await session.whoIsSignedIn();
  if (session.isSignedOut(who)) return post(path, body, key);
  return who.kind === "stored" ? session.call("POST", path, body, { "Idempotency-Key": key }) : who;
}
