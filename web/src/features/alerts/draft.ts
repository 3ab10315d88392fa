/** What somebody is asking for, kept until it is sent: a reload loses nothing. */
import { keptValue } from "../../shared/kept-value.ts";
import { groupReference } from "../../shared/reference.ts";
import type { Place } from "../../shared/reports.ts";
import { type Channel, distanceWords, type Frequency, isAboutServices, type Kind, mayHavePlace, subjectWords, type What, whatsOf } from "./words.ts";

export interface Receipt {
  subscription_id: string;
  state: "unconfirmed" | "active";
  manage_url: string;
}

export interface Draft {
  /** The Idempotency-Key: another one for whatever else is asked for. */
  key: string;
  kind: Kind | "";
  service_request_id: string;
  place: Place | null;
  place_label: string;
  radius_m: number;
  ward_code: string;
  ward_name: string;
  /** Of those that fit, the ones that are not wanted. */
  unwanted: What[];
  service_codes: string[];
  frequency: Frequency;
  quiet: boolean;
  begin: string;
  end: string;
  channel: Channel | "";
  /** What was typed, by channel. */
  to: Record<"email" | "sms", string>;
  receipt: Receipt | null;
}

const kept = keptValue<Draft>(
  () => sessionStorage,
  "ginnel.alert-draft",
  ({ key, to, unwanted, service_codes }) => Boolean(key) && typeof to.email === "string" && Array.isArray(unwanted) && Array.isArray(service_codes),
);
let draft = kept.read() ?? newDraft();

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
  kept.write(draft);
}

/** It was sent as it is. */
export function keepReceipt(receipt: Receipt): void {
  draft = { ...draft, receipt };
  kept.write(draft);
}

export function startAnew(changes: Partial<Draft> = {}): void {
  draft = { ...newDraft(), ...changes };
  kept.write(draft);
}

export function forgetDraft(): void {
  kept.forget();
}

/** What it is about, such as: Reports within 500 m of Market Place. */
export function aboutWords(): string {
  const { kind, service_request_id, place, place_label, radius_m, ward_name, ward_code } = draft;
  if (kind === "") return "";
  if (kind === "report") return `Report ${groupReference(service_request_id)}`;
  const what = subjectWords(kind);
  if (kind === "ward") return `${what} in the ward ${ward_name || ward_code}`;
  if (place && mayHavePlace(kind)) return `${what} within ${distanceWords(radius_m)} of ${place_label || "the place you chose"}`;
  return `${what} everywhere in the council’s area`;
}

/** As the API takes it; without where to send it. */
export function wishOf({ kind, unwanted, frequency, quiet, begin, end, ...more }: Draft): object {
  const fitting = whatsOf(kind as Kind).map(([what]) => what);
  const whats = fitting.filter((what) => !unwanted.includes(what as What));
  return {
    topic: topicOf({ kind, ...more }),
    whats: whats.length === fitting.length ? [] : whats,
    frequency,
    ...(quiet ? { quiet: { begin, end } } : {}),
  };
}

function topicOf({ kind, service_request_id, place, radius_m, ward_code, service_codes }: Pick<Draft, "kind" | "service_request_id" | "place" | "radius_m" | "ward_code" | "service_codes">): object {
  return {
    kind,
    ...(kind === "report" ? { service_request_id } : {}),
    ...(place && mayHavePlace(kind) ? { ...place, radius_m } : {}),
    ...(kind === "ward" ? { ward_code } : {}),
    ...(isAboutServices(kind) && service_codes.length ? { service_codes } : {}),
  };
}
