/** Published facilities by kind, and the nearest of them. */
import { loadCouncil } from "../council.ts";
import { nearestOnEdge } from "../geo/polygon-edge.ts";
import { distanceMm, type NearestPlace, type Index, findNearest, openIndex, byDistance } from "../geo/nearest.ts";
import { isInPolygons, type Polygon } from "../geo/polygon.ts";
import type { Place } from "../reports.ts";
import { loadBytes, loadDocument } from "./cached-documents.ts";
import type { Opening } from "./open-now.ts";
import { say } from "../say.ts";

export interface FacilityKind {
  kind: string;
  label: string;
  plural: string;
  count: number;
  /** The service with which a problem is reported. */
  service_code: string | null;
}

export interface Facility extends Place {
  facility_id: string;
  kind: string;
  name: string;
  address?: string;
  opening_hours?: string;
  opens?: Opening[];
  accessible?: boolean | string;
  phone?: string;
  url?: string;
  notes?: string;
  polygon?: Polygon[];
}

export interface NearFacility {
  facility: Facility;
  distance_m: number;
}

export interface KindDocument extends Omit<FacilityKind, "count"> {
  attribution?: string;
  /** The digest of the index built from these items. */
  index: string;
  items: Facility[];
}

/** A kind's facilities with their index, if the matching index could be loaded. */
export interface Facilities {
  value: KindDocument;
  index: Index | null;
}

/** The published kinds; empty if the council has published none. */
export async function loadKinds(): Promise<FacilityKind[]> {
  const { facility_kinds: url, names } = await loadCouncil();
  const document = url ? await loadDocument<{ items: FacilityKind[] }>(url) : null;
  return (document?.items ?? []).map((each) => ({ ...each, ...names?.facility_kinds[each.kind] }));
}

const kindAddress = (template: string | undefined, kind: string) => template?.replace("{kind}", kind);

/** A kind's facilities without their index, or null if there is no such kind. */
export async function loadKind(kind: string): Promise<KindDocument | null> {
  const { facilities, names } = await loadCouncil();
  const url = kindAddress(facilities, kind);
  const document = url ? await loadDocument<KindDocument>(url) : null;
  return document && { ...document, ...names?.facility_kinds[kind] };
}

export async function loadFacilities(kind: string): Promise<Facilities | null> {
  const url = kindAddress((await loadCouncil()).facility_index, kind);
  const [document, bytes] = await Promise.all([loadKind(kind), url ? loadBytes(url).catch(() => null) : null]);
  if (!document) return null;
  // The two are fetched in parallel, and an import may change one in between.
  const fits = bytes && (await digestOf(bytes)) === document.index;
  return { value: document, index: fits ? openIndex(bytes) : null };
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The nearest facilities, nearest first, as the API sorts them. The distance to an area is to its edge, 0 inside. */
export function nearestOf({ value: { items }, index }: Facilities, place: Place, most: number): NearFacility[] {
  const hasAreas = items.some(({ polygon }) => polygon);
  const found = index && !hasAreas ? findNearest(index, place, most) : nearestWithoutIndex(items, place, most);
  return found.map(({ number, distance_mm }) => ({ facility: items[number]!, distance_m: distance_mm / 1000 }));
}

function nearestWithoutIndex(items: Facility[], place: Place, most: number): NearestPlace[] {
  const all = items.map((facility, number) => ({ number, distance_mm: distanceToFacility(facility, place) }));
  return all.sort(byDistance).slice(0, most);
}

function distanceToFacility(facility: Facility, place: Place): number {
  const { polygon } = facility;
  if (!polygon) return distanceMm(facility, place);
  return isInPolygons(place, polygon) ? 0 : distanceMm(nearestOnEdge(polygon, place), place);
}

/** The address of a facility's page. */
export const facilityPage = ({ facility_id }: Pick<Facility, "facility_id">) =>
  `/facility/?id=${encodeURIComponent(facility_id)}`;

/** Finds a facility by its id, which starts with its kind. */
export async function findFacility(id: string): Promise<{ facility: Facility; of: KindDocument } | null> {
  for (const { kind } of await loadKinds()) {
    if (!id.startsWith(`${kind}-`)) continue;
    const of = await loadKind(kind);
    const facility = of?.items.find(({ facility_id }) => facility_id === id);
    if (of && facility) return { facility, of };
  }
  return null;
}

export function distanceText(metres: number): string {
  if (metres === 0) return say("You are here");
  if (metres < 995)
    return say("{metres} metres", { metres: metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10 });
  return `${(metres / 1000).toFixed(1)} km`;
}

/** The name with a small first letter, unless it starts with an abbreviation such as "GP". */
export function lowerFirst(name: string): string {
  return /^.[A-Z]/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}
