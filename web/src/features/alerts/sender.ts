/** The addresses of the signed-in account. A module of its own, because most people are not signed in. */
import { call } from "../../shared/session.ts";
import type { OwnAccount } from "../account/model.ts";

let account: OwnAccount | null = null;

/** Loads the account, if somebody is signed in. */
export async function loadAccount(): Promise<void> {
  const read = await call<OwnAccount>("GET", "/api/account");
  account = read.kind === "stored" ? read.value : null;
}

export function addressFor(channel: "email" | "sms"): string {
  const kind = channel === "sms" ? "phone" : "email";
  return account?.addresses.find((each) => each.kind === kind)?.value ?? "";
}
