/** Reads house numbers from the base map. Imported only where the map is loaded already. */
import { PmtilesSource } from "protomaps-leaflet";
import { type BasemapSource, openBasemap } from "./basemap-ground.ts";
import type { Council } from "./council.ts";
import { type HousesOfTile, nearestNumber, placeOfHouse, type Tile, TILE_PX, tileAt } from "./house-numbers.ts";
import { linesOfStreet, nearestStreet, type StreetLine } from "./places/streets.ts";
import type { Place } from "./reports.ts";

/** A longer street is looked at in these tiles only, so that a phone does not load a whole town. */
const MOST_TILES = 12;

let opened: ReturnType<typeof openBasemap> | undefined;

/** The number of the house nearest to the place in that street; an empty string if the map knows none near it. */
export async function houseNumberAt(council: Council, place: Place, street: string): Promise<string> {
  opened ??= openBasemap(council);
  const ground = await opened;
  if (!ground) return "";
  const tile = tileAt(place, ground.maxDataZoom);
  return nearestNumber(place, street, tile, (await housesIn(ground, tile)).houses);
}

/** The place of the house with that number in the street, the nearest to `near`; null if the map does not know it. */
export async function houseAt(council: Council, number: string, street: string, near: Place): Promise<Place | null> {
  opened ??= openBasemap(council);
  const [ground, lines] = await Promise.all([opened, linesOfStreet(street)]);
  if (!ground) return null;
  const tiles = tilesAlong(lines, ground.maxDataZoom).slice(0, MOST_TILES);
  const houses = await Promise.all(tiles.map((tile) => housesIn(ground, tile)));
  return placeOfHouse(number, street, near, houses, (place) => nearestStreet(place, lines));
}

async function housesIn(ground: BasemapSource, tile: Tile): Promise<HousesOfTile> {
  const layers = await new PmtilesSource(ground.url, false).get(tile, TILE_PX);
  return { tile, houses: layers.get("house_numbers") ?? [] };
}

function tilesAlong(lines: readonly StreetLine[], z: number): Tile[] {
  const found = new Map<string, Tile>();
  for (const { west, south, east, north } of lines) {
    const [first, last] = [tileAt({ lat: north, long: west }, z), tileAt({ lat: south, long: east }, z)];
    for (let { x } = first; x <= last.x; x++)
      for (let { y } = first; y <= last.y; y++) found.set(`${x}/${y}`, { z, x, y });
  }
  return [...found.values()];
}
