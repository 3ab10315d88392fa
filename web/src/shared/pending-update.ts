/** The draft of an update. Its idempotency key makes it safe to send it again. */
import type { DraftPhoto } from "./pending-report.ts";

export interface UpdateDraft {
  key: string;
  text: string;
  state: string;
  photos: DraftPhoto[];
  photos_chosen: number;
}

export function newUpdate(): UpdateDraft {
  return { key: crypto.randomUUID(), text: "", state: "", photos: [], photos_chosen: 0 };
}

/** The name under which the browser stores the draft of an update of that report. */
export const updateDraftName = (report: string) => `update-${report}`;

/** What the service gets, but for the photos. */
export function updateBody({ text, state }: UpdateDraft): object {
  return { text: text.trim(), ...(state ? { state } : {}) };
}
