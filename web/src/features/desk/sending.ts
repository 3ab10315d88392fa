/** Sends each change with its own key, so that a retry after a lost answer finds the stored change and its undo. */
import { call } from "../../shared/session.ts";
import type { UndoOffer } from "./model.ts";

interface PendingChange {
  what: string;
  key: string;
  asked: number;
}

let last: PendingChange | undefined;

/** Like `call`, with the same key until the change is stored. `asked` is when it was first sent. */
export async function sendChange<T extends UndoOffer | object>(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const what = JSON.stringify([path, body, headers]);
  const pending: PendingChange = last?.what === what ? last : { what, key: crypto.randomUUID(), asked: Date.now() };
  last = pending;
  const outcome = await call<T>("POST", path, body, { ...headers, "Idempotency-Key": pending.key });
  if (outcome.kind !== "later" && last === pending) last = undefined;
  return { outcome, asked: pending.asked };
}
