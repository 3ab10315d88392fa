/** Which part of the world is in view: the address's hash, its bounds, and the z14 tiles under them. */
import { PIN_ZOOM, project, tileAddress } from "../../shared/geo/tiles.ts";
import type { Place } from "../../shared/reports.ts";

export interface MapView extends Place {
  zoom: number;
}

export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

const TILE_PX = 256;
const HASH = /^#(\d{1,2}(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

export function readHash(hash: string): MapView | null {
  const match = HASH.exec(hash);
  return match && { zoom: Math.round(Number(match[1])), lat: Number(match[2]), long: Number(match[3]) };
}

export function writeHash({ zoom, lat, long }: MapView): string {
  return `#${zoom}/${lat.toFixed(5)}/${long.toFixed(5)}`;
}

export function unproject(x: number, y: number): Place {
  return { long: x * 360 - 180, lat: (Math.asin(Math.tanh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI };
}

/** What a box of that size in pixels shows. */
export function boundsOf(view: MapView, width: number, height: number): Bounds {
  const { x, y } = project(view);
  const world = TILE_PX * 2 ** view.zoom;
  const northWest = unproject(x - width / 2 / world, y - height / 2 / world);
  const southEast = unproject(x + width / 2 / world, y + height / 2 / world);
  return { west: northWest.long, north: northWest.lat, east: southEast.long, south: southEast.lat };
}

export function isWithin({ west, south, east, north }: Bounds, { lat, long }: Place): boolean {
  return south <= lat && lat <= north && west <= long && long <= east;
}

/** Addresses of the z14 tiles that the bounds touch. */
export function tilesOf({ west, south, east, north }: Bounds, template: string): string[] {
  const scale = 2 ** PIN_ZOOM;
  const first = project({ lat: north, long: west });
  const last = project({ lat: south, long: east });
  const addresses: string[] = [];
  for (let x = Math.floor(first.x * scale); x <= Math.floor(last.x * scale); x++) {
    for (let y = Math.floor(first.y * scale); y <= Math.floor(last.y * scale); y++) {
      addresses.push(tileAddress(template, x, y));
    }
  }
  return addresses;
}
