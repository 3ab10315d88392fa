/** Reads house numbers from the base map. Imported only where the map is loaded already. */
import { PmtilesSource } from "protomaps-leaflet";
import { openBasemap } from "./basemap-ground.ts";
import type { Council } from "./council.ts";
import { nearestNumber, TILE_PX, tileAt } from "./house-numbers.ts";
import type { Place } from "./reports.ts";

let opened: ReturnType<typeof openBasemap> | undefined;

/** The number of the house nearest to the place in that street; an empty string if the map knows none near it. */
export async function houseNumberAt(council: Council, place: Place, street: string): Promise<string> {
  opened ??= openBasemap(council);
  const ground = await opened;
  if (!ground) return "";
  const tile = tileAt(place, ground.maxDataZoom);
  const layers = await new PmtilesSource(ground.url, false).get(tile, TILE_PX);
  return nearestNumber(place, street, tile, layers.get("house_numbers") ?? []);
}
