/** The council's present wards: the twin of chalicelib/gazetteer/wards.py, as far as pages need it. */
import type { Council } from "../council.ts";
import { nearestOnEdge } from "../geo/polygon-edge.ts";
import { distanceMm } from "../geo/nearest.ts";
import { isInPolygons, type Polygon } from "../geo/polygon.ts";
import type { Place } from "../reports.ts";
import { loadDocument } from "./cached-documents.ts";

export interface Ward {
  code: string;
  name: string;
  polygons: Polygon[];
}

/** A place this far outside all wards still counts as inside. */
const EDGE_MM = 50_000;
/** How long a form waits for the wards; after that, the server decides. */
const PATIENCE_MS = 3_000;

let wards: Promise<Ward[]> | undefined;

/** Empty if none are published yet. Throws if they cannot be loaded. Loads once; after a failure or an empty list, the next call tries again. */
export function loadWards(council: Council): Promise<Ward[]> {
  const forget = () => (wards = undefined);
  wards ??= fetchWards(council).then(
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

async function fetchWards({ wards: url, names }: Council): Promise<Ward[]> {
  const document = url ? await loadDocument<{ items: Ward[] }>(url) : null;
  return (document?.items ?? []).map((each) => ({ ...each, name: names?.wards[each.code] ?? each.name }));
}

/** False if no wards are known. */
export function isOutside(place: Place, known: readonly Ward[]): boolean {
  return known.length > 0 && wardsNear(place, known).length === 0;
}

/** The wards that contain the place, or begin less than 50 m from it. */
export function wardsNear(place: Place, known: readonly Ward[]): Ward[] {
  return known.filter(
    ({ polygons }) => isInPolygons(place, polygons) || distanceMm(nearestOnEdge(polygons, place), place) <= EDGE_MM,
  );
}

/** False if the wards cannot be loaded in time: then the server decides. */
export async function isOutsideWards(place: Place, council: Council): Promise<boolean> {
  const late = new Promise<Ward[]>((resolve) => setTimeout(resolve, PATIENCE_MS, []));
  return isOutside(place, await Promise.race([loadWards(council).catch(() => []), late]));
}
