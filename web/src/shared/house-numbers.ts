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

/** The house numbers of a tile. */
export interface HousesOfTile {
  tile: Tile;
  houses: readonly HouseNumber[];
}

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

/** The place of the house with that number in the street, the nearest to `near` if there are several; null if there is
 * none. A house that does not name its street is in the one that `streetAt` finds. */
export function placeOfHouse(
  number: string,
  street: string,
  near: Place,
  tiles: readonly HousesOfTile[],
  streetAt: (place: Place) => string,
): Place | null {
  const same = (text: unknown) => String(text).toLowerCase() === number.toLowerCase();
  const places = tiles.flatMap(({ tile, houses }) =>
    houses
      .filter(({ props }) => same(props["name"]) && (!props["street"] || props["street"] === street))
      .map(({ props, geom }) => ({ named: Boolean(props["street"]), place: placeIn(tile, geom[0]![0]!) })),
  );
  const fitting = places.filter(({ named, place }) => named || streetAt(place) === street).map(({ place }) => place);
  const off = ({ lat, long }: Place) => (lat - near.lat) ** 2 + (long - near.long) ** 2;
  return fitting.sort((one, other) => off(one) - off(other))[0] ?? null;
}

function placeIn({ z, x, y }: Tile, { x: left, y: top }: { x: number; y: number }): Place {
  const down = Math.PI * (1 - (2 * (y + top / TILE_PX)) / 2 ** z);
  return {
    lat: Number(((Math.atan(Math.sinh(down)) * 180) / Math.PI).toFixed(6)),
    long: Number((((x + left / TILE_PX) / 2 ** z) * 360 - 180).toFixed(6)),
  };
}
