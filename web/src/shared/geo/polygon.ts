/**
 * Whether a place is in a polygon: the twin of chalicelib/geo/polygon.py. A boundary belongs to the area east of it,
 * or north of it if it runs due east, and the side is computed exactly: of areas that tile a town, exactly one
 * contains each place.
 */
import type { Corner } from "../council.ts";
import type { Place } from "../reports.ts";

export type Ring = readonly Corner[];
/** The outer ring, then holes. */
export type Polygon = readonly Ring[];

/** More than what rounding can do to the determinant: Shewchuk (1997), bound A of orient2d. */
const ROUNDING = 4e-16;

export function isInPolygons(place: Place, polygons: readonly Polygon[]): boolean {
  return polygons.some((rings) => rings.filter((ring) => isInRing(place, ring)).length % 2 === 1);
}

/** By the even-odd rule: a ray to the east crosses the ring an odd number of times. */
export function isInRing({ lat, long }: Place, ring: Ring): boolean {
  let within = false;
  ring.forEach((b, index) => {
    const a = ring.at(index - 1)!;
    if (a[1] > lat === b[1] > lat || (a[0] <= long && b[0] <= long)) return;
    const [low, high] = a[1] < b[1] ? [a, b] : [b, a];
    if (sideOf(low, high, [long, lat]) > 0) within = !within;
  });
  return within;
}

/** Its sign: positive where `c` is left of the line from `a` to `b`, 0 on it. */
function sideOf(a: Corner, b: Corner, c: Corner): number {
  const one = (a[0] - c[0]) * (b[1] - c[1]);
  const other = (a[1] - c[1]) * (b[0] - c[0]);
  if (Math.abs(one - other) > ROUNDING * (Math.abs(one) + Math.abs(other))) return one - other;
  const [ax, ay, bx, by, cx, cy] = [...a, ...b, ...c].map(toScaledInteger) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const side = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx);
  return Number(side > 0n) - Number(side < 0n);
}

/** The number times 2^1074, which makes every number whole. */
function toScaledInteger(number: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, number);
  const raw = bits.getBigUint64(0);
  const exponent = (raw >> 52n) & 0x7ffn;
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const whole = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return number < 0 ? -whole : whole;
}
