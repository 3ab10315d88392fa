/** How large a ring is in a picture of the map, and which zoom shows the whole ring. */
import type { Place } from "./reports.ts";

interface Ring extends Place {
  radius_m?: number;
}

const METRES_A_PIXEL = 156_543.034;
const PIN_ZOOM = 17;
/** The part of the height that a ring fills at most. */
const FILLED = 0.9;

function radiusPx({ lat, radius_m = 0 }: Ring, zoom: number): number {
  return (radius_m * 2 ** zoom) / (METRES_A_PIXEL * Math.cos((lat * Math.PI) / 180));
}

/** Streets can be told apart, or the whole ring is shown. */
export function zoomFor(spot: Ring, height: number): number {
  if (!spot.radius_m) return PIN_ZOOM;
  const fits = Math.log2((height * FILLED) / 2 / radiusPx(spot, 0));
  return Math.min(PIN_ZOOM, Math.floor(fits));
}

/** The ring's diameter in pixels. */
export function ringDiameterPx(spot: Ring, height: number): number {
  return Math.round(2 * radiusPx(spot, zoomFor(spot, height)));
}
