/** The draft of an alert, kept in the tab until it is sent. */
import { storedValue } from "../../shared/stored-value.ts";
import { groupReference } from "../../shared/reference.ts";
import type { Place } from "../../shared/reports.ts";
import type { Channel } from "../../shared/channels.ts";
import {
  anywhereWords,
  distanceWords,
  eventTypesOf,
  type Frequency,
  isAboutServices,
  type Kind,
  mayHavePlace,
  nearWords,
  type EventType,
} from "./words.ts";
import { say } from "../../shared/say.ts";

export interface Receipt {
  subscription_id: string;
  state: "unconfirmed" | "active";
  manage_url: string;
}

export interface Draft {
  /** The Idempotency-Key; each change of the draft gets a new one. */
  key: string;
  kind: Kind | "";
  service_request_id: string;
  place: Place | null;
  place_label: string;
  radius_m: number;
  ward_code: string;
  ward_name: string;
  /** The offered event types that were not chosen. */
  unwanted: EventType[];
  service_codes: string[];
  frequency: Frequency;
  quiet: boolean;
  begin: string;
  end: string;
  channel: Channel | "";
  /** The typed addresses, by channel. */
  to: Record<"email" | "sms", string>;
  receipt: Receipt | null;
}

const storedDraft = storedValue<Draft>(
  () => sessionStorage,
  "ginnel.alert-draft",
  ({ key, to, unwanted, service_codes }) =>
    Boolean(key) && typeof to.email === "string" && Array.isArray(unwanted) && Array.isArray(service_codes),
);
let draft = storedDraft.read() ?? newDraft();

function newDraft(): Draft {
  return {
    key: crypto.randomUUID(),
    kind: "",
    service_request_id: "",
    place: null,
    place_label: "",
    radius_m: 500,
    ward_code: "",
    ward_name: "",
    unwanted: [],
    service_codes: [],
    frequency: "now",
    quiet: false,
    begin: "22:00",
    end: "07:00",
    channel: "",
    to: { email: "", sms: "" },
    receipt: null,
  };
}

export const currentDraft = (): Readonly<Draft> => draft;

export function changeDraft(changes: Partial<Draft>): void {
  draft = { ...draft, key: crypto.randomUUID(), receipt: null, ...changes };
  storedDraft.write(draft);
}

/** Stores the receipt of the draft that was sent. */
export function storeReceipt(receipt: Receipt): void {
  draft = { ...draft, receipt };
  storedDraft.write(draft);
}

export function startDraft(changes: Partial<Draft> = {}): void {
  draft = { ...newDraft(), ...changes };
  storedDraft.write(draft);
}

export function deleteDraft(): void {
  storedDraft.forget();
}

/** The topic in words, such as: Reports within 500 m of Market Place. */
export function aboutWords(): string {
  const { kind, service_request_id, place, place_label, radius_m, ward_name, ward_code } = draft;
  if (kind === "") return "";
  if (kind === "report") return say("Report {reference}", { reference: groupReference(service_request_id) });
  if (kind === "ward") return say("Reports in {ward} ward", { ward: ward_name || ward_code });
  if (place && mayHavePlace(kind))
    return nearWords(kind, distanceWords(radius_m), place_label || say("the location you chose"));
  return anywhereWords(kind);
}

/** The request body for the API, without the address. */
export function requestBody({ kind, unwanted, frequency, quiet, begin, end, ...more }: Draft): object {
  const fitting = eventTypesOf(kind as Kind).map(([what]) => what);
  const eventTypes = fitting.filter((what) => !unwanted.includes(what as EventType));
  return {
    topic: topicOf({ kind, ...more }),
    event_types: eventTypes.length === fitting.length ? [] : eventTypes,
    frequency,
    ...(quiet ? { quiet: { begin, end } } : {}),
  };
}

function topicOf({
  kind,
  service_request_id,
  place,
  radius_m,
  ward_code,
  service_codes,
}: Pick<Draft, "kind" | "service_request_id" | "place" | "radius_m" | "ward_code" | "service_codes">): object {
  return {
    kind,
    ...(kind === "report" ? { service_request_id } : {}),
    ...(place && mayHavePlace(kind) ? { ...place, radius_m } : {}),
    ...(kind === "ward" ? { ward_code } : {}),
    ...(isAboutServices(kind) && service_codes.length ? { service_codes } : {}),
  };
}
