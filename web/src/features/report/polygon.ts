/** A point in a ring, by counting the edges to the east of it. */
import type { Corner } from "../../shared/council.ts";
import type { Place } from "../../shared/reports.ts";

export function isWithinRing({ lat, long }: Place, ring: Corner[]): boolean {
  let within = false;
  ring.forEach(([endLong, endLat], index) => {
    const [startLong, startLat] = ring.at(index - 1)!;
    if (startLat > lat === endLat > lat) return;
    if (long < startLong + ((lat - startLat) / (endLat - startLat)) * (endLong - startLong)) within = !within;
  });
  return within;
}
