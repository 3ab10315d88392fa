/** Calls the API from a service worker, as the account that is signed in. */
import { accountIn, type Outcome } from "../shared/outcome.ts";
import { request } from "../shared/request.ts";

export interface Session {
  access_token: string;
  account: { account_id: string };
}

/** The headers with the account and the device that recorded the content of a request. */
export const headersOf = (device: string, session?: Session): Record<string, string> => ({
  "X-Ginnel-Device": device,
  ...(session && { Authorization: `Bearer ${session.access_token}` }),
});

export const openSession = (): Promise<Outcome<Session>> => request("POST", "/api/session/refresh", undefined, {});

/** The signed-in account; empty if nobody is signed in. */
export async function signedInAccount(): Promise<Outcome<string>> {
  const session = await openSession();
  return accountIn(session.kind === "stored" ? { kind: "stored", value: session.value.account } : session);
}

/** Posts as that account, or as nobody if it is empty. Refused with 401 if that account is not signed in. */
export async function postAs<T>(
  { account, device, texts }: { account: string; device: string; texts?: { language: string } },
  path: string,
  body: unknown,
  key: string,
): Promise<Outcome<T>> {
  const own = { "Idempotency-Key": key, ...(texts && { "Accept-Language": texts.language }) };
  if (!account) return request<T>("POST", path, body, { ...own, ...headersOf(device) });
  const session = await openSession();
  if (session.kind !== "stored") return session;
  if (session.value.account.account_id !== account)
    return { kind: "refused", problem: { title: "You are signed in with another account", status: 401 } };
  return request<T>("POST", path, body, { ...own, ...headersOf(device, session.value) });
}
