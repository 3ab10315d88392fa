/** The nearest place on the edge of a polygon: the twin of chalicelib/geo/polygon_edge.py. */
import type { Corner } from "../council.ts";
import type { Place } from "../reports.ts";
import type { Polygon } from "./polygon.ts";

const E2 = 0.00669437999014;
const RADIAN = Math.PI / 180;

export function nearestOnEdge(polygons: readonly Polygon[], { lat, long }: Place): Place {
  const sine = Math.sin(lat * RADIAN);
  // How long a degree east is, in degrees north.
  const wide = (Math.cos(lat * RADIAN) * (1 - E2 * sine ** 2)) / (1 - E2);
  let [least, found]: [number, Corner] = [Infinity, [long, lat]];
  for (const ring of polygons.flat()) {
    ring.forEach((b, index) => {
      const [squared, foot] = footOf(ring.at(index - 1)!, b, [long, lat], wide);
      if (squared < least) [least, found] = [squared, foot];
    });
  }
  return { lat: found[1], long: found[0] };
}

/** The place on the line from `a` to `b` that is nearest to `here`, after its distance squared. */
function footOf(a: Corner, b: Corner, here: Corner, wide: number): [squared: number, foot: Corner] {
  const [ax, ay] = [(a[0] - here[0]) * wide, a[1] - here[1]];
  const [dx, dy] = [(b[0] - a[0]) * wide, b[1] - a[1]];
  const squared = dx * dx + dy * dy;
  const along = squared ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / squared)) : 0;
  const [x, y] = [ax + along * dx, ay + along * dy];
  return [x * x + y * y, [a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])]];
}
