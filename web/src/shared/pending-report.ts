/** The report being written, kept until it is sent; its key makes a repeated sending harmless. */

export interface Draft {
  key: string;
  lat?: number;
  long?: number;
  address: string;
  service_code: string;
  title: string;
  description: string;
  name: string;
  email: string;
  phone: string;
  /** The answers have been shown for checking, so a changed answer leads back there. */
  checked: boolean;
}

const PLACE = "ginnel.draft";

export function newDraft(): Draft {
  return {
    key: crypto.randomUUID(),
    address: "",
    service_code: "",
    title: "",
    description: "",
    name: "",
    email: "",
    phone: "",
    checked: false,
  };
}

export function loadDraft(): Draft | null {
  const stored = sessionStorage.getItem(PLACE);
  return stored ? (JSON.parse(stored) as Draft) : null;
}

export function saveDraft(draft: Draft): void {
  sessionStorage.setItem(PLACE, JSON.stringify(draft));
}

export function dropDraft(): void {
  sessionStorage.removeItem(PLACE);
}
