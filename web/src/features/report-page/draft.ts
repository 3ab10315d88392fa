/** The update being written, kept until it is stored; its key makes a repeated sending harmless. */

export interface Draft {
  key: string;
  text: string;
  state: string;
}

const placeOf = (reportId: string) => `ginnel.update-draft.${reportId}`;

export function newDraft(): Draft {
  return { key: crypto.randomUUID(), text: "", state: "" };
}

export function loadDraft(reportId: string): Draft | null {
  const stored = sessionStorage.getItem(placeOf(reportId));
  return stored ? (JSON.parse(stored) as Draft) : null;
}

export function saveDraft(reportId: string, draft: Draft): void {
  sessionStorage.setItem(placeOf(reportId), JSON.stringify(draft));
}

export function dropDraft(reportId: string): void {
  sessionStorage.removeItem(placeOf(reportId));
}
