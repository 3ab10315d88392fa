/** Finds the house nearest to a place among the house numbers of a base map tile. */
import { project } from "./geo/tiles.ts";
import type { Place } from "./reports.ts";

/** A house number as the library reads it: its properties, and its position in the tile's pixels. */
export interface HouseNumber {
  props: Record<string, unknown>;
  geom: { x: number; y: number }[][];
}

export interface Tile {
  z: number;
  x: number;
  y: number;
}

/** The pixels of a tile's side, in which positions are exact to less than a metre. */
export const TILE_PX = 4096;
/** A house further away does not say where the place is. */
const NEAR_M = 40;
const EQUATOR_M = 40_075_017;

export function tileAt(place: Place, z: number): Tile {
  const { x, y } = project(place);
  return { z, x: Math.floor(x * 2 ** z), y: Math.floor(y * 2 ** z) };
}

/** The number of the nearest house in that street; an empty string if none is near. */
export function nearestNumber(place: Place, street: string, { z, x, y }: Tile, houses: readonly HouseNumber[]): string {
  const at = project(place);
  const [left, top] = [(at.x * 2 ** z - x) * TILE_PX, (at.y * 2 ** z - y) * TILE_PX];
  const metresAPixel = (EQUATOR_M * Math.cos((place.lat * Math.PI) / 180)) / 2 ** z / TILE_PX;
  let [least, found] = [NEAR_M / metresAPixel, ""];
  for (const { props, geom } of houses) {
    if (props["street"] && props["street"] !== street) continue;
    const point = geom[0]![0]!;
    const away = Math.hypot(point.x - left, point.y - top);
    if (away < least) [least, found] = [away, String(props["name"])];
  }
  return found;
}
