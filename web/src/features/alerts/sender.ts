/** Whoever is signed in: her addresses, and asking as her. Loaded apart, as most are not signed in. */
import { type Outcome, send } from "../../shared/api.ts";
import { call, isSignedOut } from "../../shared/session.ts";
import type { OwnAccount } from "../account/model.ts";

let account: OwnAccount | null = null;

/** Nothing happens where it cannot be known. */
export async function meet(): Promise<void> {
  const read = await call<OwnAccount>("GET", "/api/account");
  account = read.kind === "stored" ? read.value : null;
}

export const isKnown = () => account !== null;

export function addressFor(channel: "email" | "sms"): string {
  const kind = channel === "sms" ? "phone" : "email";
  return account?.addresses.find((each) => each.kind === kind)?.value ?? "";
}

/** Asked as nobody in particular where she is not signed in any more: then the address is asked first. */
export async function postAs<T>(path: string, body: unknown, key: string): Promise<Outcome<T>> {
  const headers = { "Idempotency-Key": key };
  const outcome = await call<T>("POST", path, body, headers);
  return isSignedOut(outcome) ? send<T>("POST", path, body, headers) : outcome;
}
