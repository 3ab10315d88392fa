/** The map's view: its hash in the address, and its bounds. */
import { type Box, project } from "../../shared/geo/tiles.ts";
import type { Place } from "../../shared/reports.ts";

export interface MapView extends Place {
  zoom: number;
}

const TILE_PX = 256;
const STREET_ZOOM = 16;
const HASH = /^#(\d{1,2}(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

export function readHash(hash: string): MapView | null {
  const match = HASH.exec(hash);
  return match && { zoom: Math.round(Number(match[1])), lat: Number(match[2]), long: Number(match[3]) };
}

export function writeHash({ zoom, lat, long }: MapView): string {
  return `#${zoom}/${lat.toFixed(5)}/${long.toFixed(5)}`;
}

/** Where to report what is in the middle of the view, if streets can be told apart there. */
export function reportAddress({ zoom, lat, long }: MapView): string {
  return zoom < STREET_ZOOM ? "/report/" : `/report/?at=${lat.toFixed(5)},${long.toFixed(5)}`;
}

export function unproject(x: number, y: number): Place {
  return { long: x * 360 - 180, lat: (Math.asin(Math.tanh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI };
}

/** The bounds of a view of that size in pixels. */
export function boundsOf(view: MapView, width: number, height: number): Box {
  const { x, y } = project(view);
  const world = TILE_PX * 2 ** view.zoom;
  const northWest = unproject(x - width / 2 / world, y - height / 2 / world);
  const southEast = unproject(x + width / 2 / world, y + height / 2 / world);
  return { west: northWest.long, north: northWest.lat, east: southEast.long, south: southEast.lat };
}

export function isWithin({ west, south, east, north }: Box, { lat, long }: Place): boolean {
  return south <= lat && lat <= north && west <= long && long <= east;
}
