/** The council's published document: its area, its documents and its services. */
import { getJson } from "./api.ts";
import { loadDocument } from "./places/cached-documents.ts";
import type { Place } from "./reports.ts";

/** Another council, and roughly where it is. */
export interface Neighbour {
  name: string;
  polygons: Corner[][];
  phone: string | null;
  url: string | null;
}

export interface Council {
  name: string;
  bounds: [west: number, south: number, east: number, north: number];
  time_zone: string;
  phone: string;
  opening_hours: string;
  /** When the phone is answered, in the council's time zone, except on bank holidays. */
  phone_hours: { days: string[]; opens: string; closes: string };
  out_of_hours_phone: string | null;
  tiles: string;
  counts: string;
  request: string;
  services: string;
  places?: string;
  postcodes?: string;
  streets?: string;
  facilities?: string;
  facility_kinds?: string;
  facility_index?: string;
  facility_names?: string;
  wards?: string;
  ward?: string;
  roadworks?: string;
  disruptions?: string;
  open_data?: string;
  /** Bank holidays, which opening hours do not cover. */
  holidays?: string[];
  /** Names in place of those in documents that are in English alone. */
  names?: {
    facility_kinds: Record<string, { label?: string; plural?: string }>;
    services: Record<string, string>;
    wards: Record<string, string>;
  };
  neighbours?: Neighbour[];
  withdraw_within_s?: number;
  /** The public key with which a browser subscribes to notifications. */
  push_key?: string;
  /** Whether alerts are also sent as text messages. */
  sends_texts?: boolean;
  basemap?: string;
  basemap_attribution?: string;
}

export interface Value {
  key: string;
  name: string;
  /** Residents who give this answer are told to call, because a report may be read too late. */
  dangerous?: boolean;
}

/** A question that a service asks, in Open311's terms. */
export interface Attribute {
  code: string;
  datatype: "string" | "number" | "datetime" | "text" | "singlevaluelist" | "multivaluelist";
  description: string;
  datatype_description: string | null;
  required: boolean;
  order: number;
  values: Value[];
}

export interface Service {
  service_code: string;
  service_name: string;
  group: string;
  description: string;
  /** Anything but a report is sent with the server's form at `formAddress`, not with the report page. */
  kind?: "report" | "request" | "booking" | "payment";
  keywords: string[];
  visibility: "public" | "private" | "moderated";
  photo?: "wanted" | "welcome" | "none";
  attributes?: Attribute[];
  /** The assurance that the reporter's account needs. */
  assurance?: "anonymous" | "contact" | "proven";
  /** Why the reporter has to sign in, and how; null if anyone can report. */
  why_sign_in?: string | null;
}

/** A corner of a ring: long first, as in GeoJSON. */
export type Corner = [long: number, lat: number];

/** Places that another organisation deals with, for some services or for all. */
export interface Elsewhere {
  name: string;
  services: string[] | null;
  polygons: Corner[][];
  advice: string | null;
  phone: string | null;
  url: string | null;
}

export interface Catalogue {
  items: Service[];
  elsewhere?: Elsewhere[];
}

/** The language of the page, as in addresses. */
declare const LANGUAGE: string;

const INDEX = LANGUAGE === "en" ? "/data/index.json" : `/data/${LANGUAGE}/index.json`;

let council: Promise<Council> | undefined;
let catalogue: Promise<Catalogue> | undefined;

async function loadRequired<T>(url: string): Promise<T> {
  const document = await getJson<T>(url);
  if (!document) throw new Error(`${url} is missing`);
  return document;
}

/** Stored for use offline, because the other stored documents are found through it. */
async function fetchCouncil(): Promise<Council> {
  const document = await loadDocument<Council>(INDEX);
  if (!document) throw new Error("The council's document is missing");
  return document;
}

/** Loads it once. After a failure, the next call tries again. */
export function loadCouncil(): Promise<Council> {
  council ??= fetchCouncil().catch((error) => {
    council = undefined;
    throw error;
  });
  return council;
}

export function loadCatalogue(): Promise<Catalogue> {
  catalogue ??= loadCouncil()
    .then(({ services: url }) => loadRequired<Catalogue>(url))
    .catch((error) => {
      catalogue = undefined;
      throw error;
    });
  return catalogue;
}

export async function loadServices(): Promise<Service[]> {
  return (await loadCatalogue()).items;
}

export function isInside({ bounds: [west, south, east, north] }: Council, { lat, long }: Place): boolean {
  return south <= lat && lat <= north && west <= long && long <= east;
}

export function centreOf({ bounds: [west, south, east, north] }: Council): Place {
  return { lat: (south + north) / 2, long: (west + east) / 2 };
}

/** True if the service is booked or paid. */
export function isOrder({ kind }: Service): boolean {
  return kind === "booking" || kind === "payment";
}

/** True if the service is sent with the server's form, not with the report page. */
export function usesServerForm(service: Service | undefined): boolean {
  return service?.kind !== undefined && service.kind !== "report";
}

/** The address of the first page of a service. */
export function formAddress(service_code: string): string {
  return `/forms/services/${service_code}`;
}
