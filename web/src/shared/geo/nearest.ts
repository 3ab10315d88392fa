/**
 * The exact nearest of many places, from the bytes that the council publishes: the twin of
 * chalicelib/geo/nearest.py. nearest_index.py describes the format.
 */
import type { Place } from "../reports.ts";

const MAGIC = 0x494e4e47;
const VERSION = 1;
const HEADER = 36;
const RADIAN = Math.PI / 180;
const UNIT = 1e-7 * RADIAN;
const EARTH_RADIUS_M = 6_371_008.8;
const AXIS_M = 6_378_137;
const E2 = 0.00669437999014;
const LEAST_RADIUS_M = AXIS_M * (1 - E2);

/** The place's number is its row in the document of its kind. */
export interface NearestPlace {
  number: number;
  distance_mm: number;
}

export interface Index {
  columns: number;
  rows: number;
  west: number;
  south: number;
  wide: number;
  high: number;
  starts: Uint32Array;
  lats: Int32Array;
  longs: Int32Array;
  numbers: Uint32Array;
}

/** Of cells, or of units of 1e-7 degrees; ends included. */
interface Block {
  west: number;
  east: number;
  south: number;
  north: number;
}

const WORLD: Block = { west: -1_800_000_000, east: 1_800_000_000, south: -900_000_000, north: 900_000_000 };

/** Throws if the bytes are not a complete index of that version. */
export function openIndex(bytes: ArrayBuffer): Index {
  const [magic, version, count = 0, columns = 0, rows = 0] = new Uint32Array(bytes, 0, HEADER / 4);
  const cells = columns * rows + 1;
  if (magic !== MAGIC || version !== VERSION || bytes.byteLength !== HEADER + 4 * (cells + 3 * count)) {
    throw new Error("This is no index of places");
  }
  const [west, south] = new Int32Array(bytes, 20, 2) as unknown as [number, number];
  const [wide, high] = new Uint32Array(bytes, 28, 2) as unknown as [number, number];
  const at = (part: number) => HEADER + 4 * (cells + part * count);
  return {
    ...{ columns, rows, west, south, wide, high },
    starts: new Uint32Array(bytes, HEADER, cells),
    lats: new Int32Array(bytes, at(0), count),
    longs: new Int32Array(bytes, at(1), count),
    numbers: new Uint32Array(bytes, at(2), count),
  };
}

/** The `most` nearest places, nearest first; of equally near ones the one with the lower number. */
export function findNearest(index: Index, place: Place, most: number): NearestPlace[] {
  if (index.numbers.length === 0 || most <= 0) return [];
  const [lat, long] = [unitsOf(place.lat), unitsOf(place.long)];
  const found: NearestPlace[] = [];
  let block = cellsOf(index, { west: long, east: long, south: lat, north: lat });
  let seen: Block | null = null;
  for (let by = 1; ; by *= 2) {
    block = widenBlock(index, block, by);
    collectEntries(index, place, block, seen, WORLD, found);
    if (found.length >= most || isSameBlock(block, seen)) break;
    seen = block;
  }
  const best = found.sort(byDistance).slice(0, most);
  if (best.length < most) return best;
  const limits = boxAround(place, best.at(-1)!.distance_mm);
  collectEntries(index, place, unionOf(cellsOf(index, limits), block), block, limits, best);
  return best.sort(byDistance).slice(0, most);
}

/** Nearest first; of equally near ones the lower number. */
export const byDistance = (one: NearestPlace, other: NearestPlace) =>
  one.distance_mm - other.distance_mm || one.number - other.number;

const isSameBlock = (one: Block, other: Block | null) =>
  other !== null &&
  one.west === other.west &&
  one.east === other.east &&
  one.south === other.south &&
  one.north === other.north;

/** Adds the entries of the block's cells that are not in the block `except` and lie within the limits. */
function collectEntries(
  index: Index,
  place: Place,
  block: Block,
  except: Block | null,
  limits: Block,
  found: NearestPlace[],
): void {
  const measure = measureFrom(place);
  const read = (begin: number, end: number) => {
    for (let entry = begin; entry < end; entry++) {
      const [lat, long] = [index.lats[entry]!, index.longs[entry]!];
      if (lat < limits.south || lat > limits.north || long < limits.west || long > limits.east) continue;
      found.push({ number: index.numbers[entry]!, distance_mm: measure(lat, long) });
    }
  };
  for (let row = block.south; row <= block.north; row++) {
    const start = (column: number) => index.starts[row * index.columns + column]!;
    if (!except || row < except.south || row > except.north) {
      read(start(block.west), start(block.east + 1));
    } else {
      read(start(block.west), start(except.west));
      read(start(except.east + 1), start(block.east + 1));
    }
  }
}

/** The distance between two places in whole millimetres. The first is rounded as in an index. */
export function distanceMm({ lat, long }: Place, place: Place): number {
  return measureFrom(place)(unitsOf(lat), unitsOf(long));
}

const unitsOf = (degrees: number) => Math.round(degrees * 1e7);

/** Whole millimetres from units of 1e-7 degrees: the line through the ellipsoid, bent to an arc of the mean radius. */
function measureFrom(place: Place): (lat: number, long: number) => number {
  const [hereLat, hereLong] = [place.lat * RADIAN, place.long * RADIAN];
  const [hereOut, hereUp] = meridian(hereLat);
  return (lat, long) => {
    const [out, north] = meridian(lat * UNIT);
    const up = north - hereUp;
    const half = Math.sin((long * UNIT - hereLong) / 2);
    const line = Math.sqrt((out - hereOut) ** 2 + up * up + 4 * out * hereOut * half * half);
    const arc = 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, line / (2 * EARTH_RADIUS_M)));
    return Math.floor(arc * 1000 + 0.5);
  };
}

/** Metres from the axis and from the equator's plane. */
function meridian(lat: number): [out: number, up: number] {
  const sine = Math.sin(lat);
  const normal = AXIS_M / Math.sqrt(1 - E2 * sine * sine);
  return [normal * Math.cos(lat), normal * (1 - E2) * sine];
}

/** A box that contains every place within that distance. The proof is in its Python twin. */
function boxAround(place: Place, mm: number): Block {
  const turn = (mm + 1) / 1000 / (2 * LEAST_RADIUS_M);
  if (turn > 0.7) return WORLD;
  const angle = 2 * Math.asin(turn);
  const high = angle / RADIAN;
  const lat = Math.abs(place.lat);
  const rows = { ...WORLD, south: Math.floor((place.lat - high) * 1e7), north: Math.ceil((place.lat + high) * 1e7) };
  if (lat + high >= 90) return rows;
  const wide = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(lat * RADIAN))) / RADIAN;
  if (Math.abs(place.long) + wide >= 180) return rows;
  return { ...rows, west: Math.floor((place.long - wide) * 1e7), east: Math.ceil((place.long + wide) * 1e7) };
}

/** The cells that the limits touch; the nearest where they lie outside of the grid. */
function cellsOf({ columns, rows, west, south, wide, high }: Index, limits: Block): Block {
  const clamp = (at: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(at)));
  return {
    west: clamp((limits.west - west) / wide, columns),
    east: clamp((limits.east - west) / wide, columns),
    south: clamp((limits.south - south) / high, rows),
    north: clamp((limits.north - south) / high, rows),
  };
}

function widenBlock({ columns, rows }: Index, { west, east, south, north }: Block, by: number): Block {
  return {
    west: Math.max(0, west - by),
    east: Math.min(columns - 1, east + by),
    south: Math.max(0, south - by),
    north: Math.min(rows - 1, north + by),
  };
}

function unionOf(one: Block, other: Block): Block {
  return {
    west: Math.min(one.west, other.west),
    east: Math.max(one.east, other.east),
    south: Math.min(one.south, other.south),
    north: Math.max(one.north, other.north),
  };
}
