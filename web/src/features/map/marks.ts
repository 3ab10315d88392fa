/** Counts as marks on the map, filtered and placed so that marks never touch. */
import { type Box, project } from "../../shared/geo/tiles.ts";
import type { Place } from "../../shared/reports.ts";
import type { Count } from "./tiles.ts";
import { unproject } from "./view.ts";

export interface Tally {
  open: number;
  closed: number;
}

/** A mark on the map: the counts around its place; `box` contains all that is counted. */
export interface Mark extends Tally, Place {
  key: string;
  box: Box;
}

export type Filter = (serviceCode: string, status: "open" | "closed") => boolean;

/** A mark stands for a cell half a tile wide, and keeps this distance from the cell's edges. */
const CELL_LEVELS = 1;
const MARGIN = 26 / 128;

export function tallyOf(counts: Count[], passes: Filter): Tally {
  const sum = { open: 0, closed: 0 };
  for (const { services } of counts) {
    for (const [code, [open, closed]] of Object.entries(services)) {
      if (passes(code, "open")) sum.open += open;
      if (passes(code, "closed")) sum.closed += closed;
    }
  }
  return sum;
}

/** One mark for each cell. A cell is 128 pixels wide at that zoom. */
export function marksOf(counts: Count[], zoom: number, passes: Filter): Mark[] {
  const level = zoom + CELL_LEVELS;
  const cells = new Map<string, Count[]>();
  for (const count of counts) {
    const up = 2 ** (count.z - level);
    const key = `${Math.floor(count.x / up)}/${Math.floor(count.y / up)}`;
    cells.set(key, [...(cells.get(key) ?? []), count]);
  }
  return [...cells]
    .map(([key, all]) => ({ key, inside: all.filter((count) => total(count, passes) > 0) }))
    .filter(({ inside }) => inside.length > 0)
    .map(({ key, inside }) => ({
      key: `${level}/${key}`,
      box: boxOf(inside),
      ...weightedMiddle(inside, level, passes),
      ...tallyOf(inside, passes),
    }));
}

function total(count: Count, passes: Filter): number {
  const { open, closed } = tallyOf([count], passes);
  return open + closed;
}

/** The box of the counted tiles. */
function boxOf(counts: Count[]): Box {
  const edges = (start: (count: Count) => number) =>
    counts.flatMap((count) => [start(count) / 2 ** count.z, (start(count) + 1) / 2 ** count.z]);
  const xs = edges(({ x }) => x);
  const ys = edges(({ y }) => y);
  const northWest = unproject(Math.min(...xs), Math.min(...ys));
  const southEast = unproject(Math.max(...xs), Math.max(...ys));
  return { west: northWest.long, north: northWest.lat, east: southEast.long, south: southEast.lat };
}

/** The weighted middle of the counts, kept a mark's width from the cell's edges. */
function weightedMiddle(counts: Count[], level: number, passes: Filter): Place {
  const scale = 2 ** level;
  const sum = { x: 0, y: 0, weight: 0 };
  for (const count of counts) {
    const weight = total(count, passes);
    const { x, y } = project(count);
    sum.x += x * scale * weight;
    sum.y += y * scale * weight;
    sum.weight += weight;
  }
  return unproject(keepInCell(sum.x / sum.weight) / scale, keepInCell(sum.y / sum.weight) / scale);
}

function keepInCell(at: number): number {
  const cell = Math.floor(at);
  return cell + Math.min(1 - MARGIN, Math.max(MARGIN, at - cell));
}
