/** Finds the street at a place, from the published lines of streets: the twin of chalicelib/gazetteer/streets.py. */
import { type Corner, loadCouncil } from "../council.ts";
import type { Place } from "../reports.ts";
import { loadDocument } from "./cached-documents.ts";

export type Streets = Record<string, Corner[][]>;

export interface StreetLine {
  west: number;
  south: number;
  east: number;
  north: number;
  name: string;
  line: Corner[];
}

const NEAR_M = 100;
const METRES_PER_DEGREE = 111_320;

let lines: Promise<StreetLine[]> | undefined;

/** The name of the street at the place; an empty string if none is near, or the streets cannot be loaded. */
export async function streetAt(place: Place): Promise<string> {
  lines ??= fetchStreetLines();
  try {
    return nearestStreet(place, await lines);
  } catch {
    lines = undefined;
    return "";
  }
}

/** The lines of the streets with that name; none if the streets cannot be loaded. */
export async function linesOfStreet(street: string): Promise<StreetLine[]> {
  lines ??= fetchStreetLines();
  try {
    return (await lines).filter(({ name }) => name === street);
  } catch {
    lines = undefined;
    return [];
  }
}

async function fetchStreetLines(): Promise<StreetLine[]> {
  const { streets: url } = await loadCouncil();
  const document = url ? await loadDocument<{ streets: Streets }>(url) : null;
  return streetLines(document?.streets ?? {});
}

export function streetLines(streets: Streets): StreetLine[] {
  return Object.entries(streets).flatMap(([name, lines]) => lines.map((line) => streetLine(name, line)));
}

function streetLine(name: string, line: Corner[]): StreetLine {
  const longs = line.map(([long]) => long);
  const lats = line.map(([, lat]) => lat);
  return {
    west: Math.min(...longs),
    south: Math.min(...lats),
    east: Math.max(...longs),
    north: Math.max(...lats),
    name,
    line,
  };
}

/** The nearest street within 100 m; of equally near ones the first by name. */
export function nearestStreet(place: Place, known: readonly StreetLine[]): string {
  const wide = Math.cos((place.lat * Math.PI) / 180);
  const [high, broad] = [NEAR_M / METRES_PER_DEGREE, NEAR_M / METRES_PER_DEGREE / wide];
  let [least, found] = [NEAR_M, ""];
  for (const { west, south, east, north, name, line } of known) {
    if (west > place.long + broad || east < place.long - broad) continue;
    if (south > place.lat + high || north < place.lat - high) continue;
    const metres = distanceM(place, line, wide);
    if (metres < least || (metres === least && (!found || name < found))) [least, found] = [metres, name];
  }
  return found;
}

/** The distance to the line, on a plane. */
function distanceM({ lat, long }: Place, line: Corner[], wide: number): number {
  const at = line.map(([x, y]): Corner => [(x - long) * wide, y - lat]);
  const spans = at.map((end, index) => distanceFromOrigin(at[Math.max(index - 1, 0)]!, end));
  return METRES_PER_DEGREE * Math.min(...spans);
}

function distanceFromOrigin([ax, ay]: Corner, [bx, by]: Corner): number {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const along = square ? -(ax * dx + ay * dy) / square : 0;
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(ax + part * dx, ay + part * dy);
}
