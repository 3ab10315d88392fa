/** What is known of a place: its ward, what is nearest, and road works. All from published documents. */
import { type Council, loadCouncil } from "../../shared/council.ts";
import { isoDay } from "../../shared/dates.ts";
import { distanceMm } from "../../shared/geo/nearest.ts";
import { isInPolygons, type Polygon } from "../../shared/geo/polygon.ts";
import { type Facilities, type Kind, loadFacilities, loadKinds, type Near, nearestOf } from "../../shared/places/facilities.ts";
import { type Keeping, keptDocument } from "../../shared/places/kept.ts";
import type { Place } from "../../shared/reports.ts";

interface Ward {
  code: string;
  name: string;
  polygons: Polygon[];
}

export interface Councillor {
  name: string;
  party?: string;
  email?: string;
  phone?: string;
  url?: string;
}

export interface WardReport extends Place {
  service_request_id: string;
  title: string | null;
  service_code: string;
  requested_datetime: string;
}

export interface WardDocument {
  ward: { code: string; name: string; councillors: Councillor[] };
  open_reports: number;
  reports: WardReport[];
}

export interface Roadwork extends Place {
  ref: string;
  description: string;
  location: string;
  status: string;
  starts: string;
  ends: string;
  organisation: string;
  traffic: string;
}

export interface Area {
  council: Council;
  ward: Keeping<WardDocument>;
  nearest: { kind: Kind; near: Near }[];
  /** Null where the council publishes none. */
  roadworks: { work: Roadwork; distance_m: number }[] | null;
}

const ROADWORKS_WITHIN_M = 2_000;
const MOST_ROADWORKS = 5;

/** Null outside of every ward. Throws where it cannot be had. */
export async function areaOf(place: Place): Promise<Area | null> {
  const council = await loadCouncil();
  const ward = await wardOf(place, council);
  if (!ward) return null;
  const [document, nearest, roadworks] = await Promise.all([loadWard(ward, council), nearestOfEach(place), roadworksNear(place, council)]);
  return { council, ward: document, nearest, roadworks };
}

async function wardOf(place: Place, { wards: url }: Council): Promise<Ward | undefined> {
  const document = url ? await keptDocument<{ items: Ward[] }>(url) : null;
  if (!document) throw new Error("The wards are missing");
  return document.value.items.find(({ polygons }) => isInPolygons(place, polygons));
}

async function loadWard({ code, name }: Ward, { ward: template }: Council): Promise<Keeping<WardDocument>> {
  const document = template ? await keptDocument<WardDocument>(template.replace("{code}", code)) : null;
  const bare = { ward: { code, name, councillors: [] }, open_reports: 0, reports: [] };
  return document ?? { value: bare, at: Date.now(), isOld: false };
}

/** What of it can be had; a kind that cannot stands in nobody's way. */
async function nearestOfEach(place: Place): Promise<Area["nearest"]> {
  const kinds = await loadKinds().catch(() => []);
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const facilities: Facilities | null = await loadFacilities(kind.kind).catch(() => null);
      const near = facilities ? nearestOf(facilities, place, 1)[0] : undefined;
      return near ? [{ kind, near }] : [];
    }),
  );
  return found.flat();
}

async function roadworksNear(place: Place, { roadworks: url, time_zone }: Council): Promise<Area["roadworks"]> {
  const document = url ? await keptDocument<{ items: Roadwork[] }>(url).catch(() => null) : null;
  if (!document) return null;
  const today = isoDay(new Date(), time_zone);
  return document.value.items
    .filter(({ ends }) => ends >= today)
    .map((work) => ({ work, distance_m: distanceMm(work, place) / 1000 }))
    .filter(({ distance_m }) => distance_m <= ROADWORKS_WITHIN_M)
    .sort((one, other) => one.distance_m - other.distance_m)
    .slice(0, MOST_ROADWORKS);
}
