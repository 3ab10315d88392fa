/** The draft of an update. Its idempotency key makes it safe to send it again. */

export interface Draft {
  key: string;
  text: string;
  state: string;
}

export function newDraft(): Draft {
  return { key: crypto.randomUUID(), text: "", state: "" };
}
