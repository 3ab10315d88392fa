/** Draws a picture of the base map. Imported only once the picture comes near the screen. */
import { Static } from "protomaps-leaflet";
import { openBasemap } from "./basemap-ground.ts";
import type { Council } from "./council.ts";
import type { Place } from "./reports.ts";

type LongLat = Parameters<Static["drawCanvas"]>[1];

/** Draws the surroundings of the place. Returns false if the base map or a part of it is missing. */
export async function drawPicture(
  canvas: HTMLCanvasElement,
  council: Council,
  { lat, long }: Place,
  zoom: number,
): Promise<boolean> {
  const ground = await openBasemap(council);
  if (!ground) return false;
  let isWhole = true;
  const { source } = ground.url;
  ground.url.source = {
    getKey: () => source.getKey(),
    getBytes: (...range) =>
      source.getBytes(...range).catch((error) => {
        isWhole = false;
        throw error;
      }),
  };
  await new Static({ ...ground }).drawCanvas(canvas, { x: long, y: lat } as LongLat, zoom);
  return isWhole;
}
