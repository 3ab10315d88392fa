/** The report being written; its key makes a repeated sending harmless. */

/** A photo chosen for the report; its picture lies in the phone's own store under `id`. */
export interface DraftPhoto {
  id: string;
  /** Counts up and is never used again, so that another photo never meets the key of a removed one. */
  n: number;
  name: string;
  /** The camera's own clock, like 2026-05-03T14:10. */
  taken?: string;
  lat?: number;
  long?: number;
  /** Where it went, and under which report's key. */
  uploaded?: { key: string; service_request_id: string; photo_id: string };
  /** Why the service cannot use it. */
  refused?: string;
}

export interface Draft {
  key: string;
  lat?: number;
  long?: number;
  /** What the place is called in the list that it was chosen from. */
  place_label: string;
  /** There is no pin: the address tells where. */
  in_words: boolean;
  address: string;
  /** What the search wrote into the address: it goes when the place does. */
  suggested_address: string;
  service_code: string;
  /** Which one of the council's things it is about, and for what it may be reported. */
  asset: { asset_id: string; name: string; service_code: string } | null;
  /** What it was about, and where, when it was asked which one it is. */
  asset_for: string;
  /** What it was about, and where, when other reports were shown. */
  nearby_for: string;
  attributes: Record<string, string | string[]>;
  /** The service whose questions were answered. */
  asked_for: string;
  photos: DraftPhoto[];
  photos_chosen: number;
  title: string;
  description: string;
  /** The words that the resident wants public although they seem to hold something personal. */
  kept_words: string;
  name: string;
  email: string;
  phone: string;
  anonymous: boolean;
  /** She does not want to hear what becomes of it. */
  no_alerts: boolean;
  /** Whose it is; nothing where nobody is signed in. */
  account: string;
  /** How it reached the staff who send it; `online` is their own. Nothing where they have not said, or are none. */
  channel: string;
  /** The answers have been shown for checking, so a changed answer leads back there. */
  checked: boolean;
}

/** Whether staff send it for somebody else. */
export const isAssisted = ({ channel }: Pick<Draft, "channel">) => channel !== "" && channel !== "online";

export function newDraft(): Draft {
  return {
    key: crypto.randomUUID(),
    place_label: "",
    in_words: false,
    address: "",
    suggested_address: "",
    service_code: "",
    asset: null,
    asset_for: "",
    nearby_for: "",
    attributes: {},
    asked_for: "",
    photos: [],
    photos_chosen: 0,
    title: "",
    description: "",
    kept_words: "",
    name: "",
    email: "",
    phone: "",
    anonymous: false,
    no_alerts: false,
    account: "",
    channel: "",
    checked: false,
  };
}

/** On which channel tabs hear that the person has signed out. */
export const SIGNED_OUT = "ginnel-signed-out";

/** The draft without its sender's details; it is another report from here on. */
export function withoutSender(draft: Draft): Draft {
  return { ...draft, key: crypto.randomUUID(), account: "", channel: "", name: "", email: "", phone: "" };
}
