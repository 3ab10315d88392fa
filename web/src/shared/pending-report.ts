/** The draft of a report. Its idempotency key makes it safe to send it again. */

/** A photo chosen for the report; its picture is stored in IndexedDB under `id`. */
export interface DraftPhoto {
  id: string;
  /** Counts up and is never reused, so that a new photo never gets the key of a removed one. */
  n: number;
  name: string;
  /** The time on the camera's clock, like 2026-05-03T14:10. */
  taken?: string;
  lat?: number;
  long?: number;
  /** Where it was uploaded, and under which report's key. */
  uploaded?: { key: string; service_request_id: string; photo_id: string };
  /** Why the service cannot use it. */
  refused?: string;
}

export interface Draft {
  key: string;
  lat?: number;
  long?: number;
  /** The name of the place in the list that it was chosen from. */
  place_label: string;
  /** There is no pin: the address describes the place. */
  in_words: boolean;
  address: string;
  /** What the search filled into the address; it is replaced when the place changes. */
  suggested_address: string;
  /** The house nearest to the pin, with its street; empty if the map does not know one. */
  nearest_house: string;
  service_code: string;
  /** The asset that the report is about, and the service for which it can be reported. */
  asset: { asset_id: string; name: string; service_code: string } | null;
  /** The report, service and place when the asset was asked for. */
  asset_for: string;
  /** The report, service and place when nearby reports were shown. */
  nearby_for: string;
  attributes: Record<string, string | string[]>;
  /** The service whose questions were answered. */
  asked_for: string;
  photos: DraftPhoto[];
  photos_chosen: number;
  title: string;
  description: string;
  /** Public text that the resident kept although it looks like personal information. */
  kept_words: string;
  name: string;
  email: string;
  phone: string;
  anonymous: boolean;
  /** The reporter does not want updates. */
  no_alerts: boolean;
  /** The account that the report belongs to; empty if nobody is signed in. */
  account: string;
  /** The channel by which the report reached staff; `online` is their own report. Empty if not chosen, or not staff. */
  channel: string;
  /** The check step has been shown, so a changed answer leads back to it. */
  checked: boolean;
}

/** Whether staff send it for a resident. */
export const isAssisted = ({ channel }: Pick<Draft, "channel">) => channel !== "" && channel !== "online";

export function newDraft(): Draft {
  return {
    key: crypto.randomUUID(),
    place_label: "",
    in_words: false,
    address: "",
    suggested_address: "",
    nearest_house: "",
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

/** The BroadcastChannel that tells tabs that the person has signed out. */
export const SIGNED_OUT = "ginnel-signed-out";

/** The draft without its sender's details, under a new key. */
export function withoutSender(draft: Draft): Draft {
  return { ...draft, key: crypto.randomUUID(), account: "", channel: "", name: "", email: "", phone: "" };
}
