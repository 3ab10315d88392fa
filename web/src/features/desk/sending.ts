/** Sends each change with its own key, so that a retry after a lost answer finds the stored change and its undo. */
import { call } from "../../shared/session.ts";
import type { Offer } from "./model.ts";

interface Sending {
  what: string;
  key: string;
  asked: number;
}

let last: Sending | undefined;

/** Like `call`, with the same key until the change is stored. `asked` is when it was first sent. */
export async function send<T extends Offer | object>(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const what = JSON.stringify([path, body, headers]);
  const mine: Sending = last?.what === what ? last : { what, key: crypto.randomUUID(), asked: Date.now() };
  last = mine;
  const outcome = await call<T>("POST", path, body, { ...headers, "Idempotency-Key": mine.key });
  if (outcome.kind !== "later" && last === mine) last = undefined;
  return { outcome, asked: mine.asked };
}
