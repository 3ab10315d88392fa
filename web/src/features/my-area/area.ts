/** Loads a place's ward, councillors, road works and reports from published documents. */
import { type Council, loadCouncil } from "../../shared/council.ts";
import { isoDay } from "../../shared/dates.ts";
import { affects, type Disruption, loadDisruptions } from "../../shared/disruptions.ts";
import { distanceMm } from "../../shared/geo/nearest.ts";
import { isInPolygons } from "../../shared/geo/polygon.ts";
import { loadDocument } from "../../shared/places/cached-documents.ts";
import { loadWards, type Ward, wardsNear } from "../../shared/places/wards.ts";
import type { Delay } from "../../shared/promise.ts";
import type { Place } from "../../shared/reports.ts";

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
  expected_datetime?: string | null;
  delay?: Delay | null;
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

export interface WardDocument {
  ward: { code: string; name: string; councillors: Councillor[] };
  open_reports: number;
  reports: WardReport[];
  roadworks: Roadwork[];
}

export interface Area {
  council: Council;
  ward: WardDocument;
  /** The names of further wards in which some addresses of the postcode may be. */
  other_wards: string[];
  /** Road works that are not over, nearest first. */
  roadworks: { work: Roadwork; distance_m: number }[];
  disruptions: Disruption[];
}

/** No wards are published yet, so a place's ward is not known. */
export class WardsUnknownError extends Error {}

const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/;

/** A postcode, as a label, is known by its middle only. Null outside every ward. Throws if it cannot be loaded,
 * WardsUnknown if there are no wards yet. */
export async function areaOf(place: Place & { label?: string }): Promise<Area | null> {
  const council = await loadCouncil();
  const wards = await loadWards(council);
  if (!wards.length) throw new WardsUnknownError();
  const ward = wards.find(({ polygons }) => isInPolygons(place, polygons));
  if (!ward) return null;
  const [document, known] = await Promise.all([loadWardDocument(ward, council), loadDisruptions(council)]);
  const here = known.filter((each) => affects(each, place, ward.code));
  return {
    council,
    ward: document,
    other_wards: POSTCODE.test(place.label ?? "") ? otherWards(place, ward, wards) : [],
    roadworks: sortRoadworks(document.roadworks, place, council),
    disruptions: here,
  };
}

function otherWards(middle: Place, { code }: Ward, wards: readonly Ward[]): string[] {
  return wardsNear(middle, wards)
    .filter((each) => each.code !== code)
    .map(({ name }) => name);
}

async function loadWardDocument({ code, name }: Ward, { ward: template }: Council): Promise<WardDocument> {
  const document = template ? await loadDocument<WardDocument>(template.replace("{code}", code)) : null;
  const bare = { ward: { code, name, councillors: [] }, open_reports: 0, reports: [], roadworks: [] };
  return document ? { ...document, ward: { ...document.ward, name } } : bare;
}

function sortRoadworks(works: Roadwork[], place: Place, { time_zone }: Council): Area["roadworks"] {
  const today = isoDay(new Date(), time_zone);
  return works
    .filter(({ ends }) => ends >= today)
    .map((work) => ({ work, distance_m: distanceMm(work, place) / 1000 }))
    .sort((one, other) => one.distance_m - other.distance_m);
}
