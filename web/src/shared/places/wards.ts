/** The council's wards of today: the twin of chalicelib/gazetteer/wards.py, as far as pages need it. */
import type { Council } from "../council.ts";
import { nearestOnEdge } from "../geo/edge.ts";
import { distanceMm } from "../geo/nearest.ts";
import { isInPolygons, type Polygon } from "../geo/polygon.ts";
import type { Place } from "../reports.ts";
import { keptDocument } from "./kept.ts";

export interface Ward {
  code: string;
  name: string;
  polygons: Polygon[];
}

/** So far outside all wards a place still counts as the council's. */
const EDGE_MM = 50_000;
/** So long a form waits for the wards before it leaves it to the server. */
const PATIENCE_MS = 3_000;

let wards: Promise<Ward[]> | undefined;

/** Empty where none are published yet. Throws where they cannot be had. Asks once; a failure, or none, is forgotten. */
export function loadWards({ wards: url }: Council): Promise<Ward[]> {
  const forget = () => (wards = undefined);
  wards ??= fetchWards(url).then(
    (found) => {
      if (!found.length) forget();
      return found;
    },
    (error: unknown) => {
      forget();
      throw error;
    },
  );
  return wards;
}

async function fetchWards(url: string | undefined): Promise<Ward[]> {
  const document = url ? await keptDocument<{ items: Ward[] }>(url) : null;
  return document?.value.items ?? [];
}

/** False where no wards are known. */
export function isOutside(place: Place, known: readonly Ward[]): boolean {
  const isNear = ({ polygons }: Ward) => isInPolygons(place, polygons) || distanceMm(nearestOnEdge(polygons, place), place) <= EDGE_MM;
  return known.length > 0 && !known.some(isNear);
}

/** False also where the wards cannot be had soon: the server judges then. */
export async function isOutsideWards(place: Place, council: Council): Promise<boolean> {
  const late = new Promise<Ward[]>((resolve) => setTimeout(resolve, PATIENCE_MS, []));
  return isOutside(place, await Promise.race([loadWards(council).catch(() => []), late]));
}
