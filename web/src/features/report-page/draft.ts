/** The update being written; its key makes a repeated sending harmless. */

export interface Draft {
  key: string;
  text: string;
  state: string;
}

export function newDraft(): Draft {
  return { key: crypto.randomUUID(), text: "", state: "" };
}
