/** Sends as the account that a report belongs to; what knows who is signed in is loaded only where there is one. */
import { type Outcome, post } from "../../shared/api.ts";

export async function postAs<T>(account: string, path: string, body: unknown, key: string): Promise<Outcome<T>> {
  if (!account) return post(path, body, key);
  const session = await import("../../shared/session.ts").catch(() => null);
  if (!session) return { kind: "later", retryAfterSeconds: null };
  return session.callAs(account, "POST", path, body, { "Idempotency-Key": key });
}
