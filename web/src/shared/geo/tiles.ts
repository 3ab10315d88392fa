/** Web Mercator tiles: which ones a box touches. */
import type { Place } from "../reports.ts";

export const PIN_ZOOM = 14;

/** In degrees. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** From 0 to 1 eastwards and southwards. */
export function project({ lat, long }: Place): { x: number; y: number } {
  const sine = Math.sin((lat * Math.PI) / 180);
  return { x: (long + 180) / 360, y: 0.5 - Math.atanh(sine) / (2 * Math.PI) };
}

/** The addresses of the tiles of pins that the box touches: the twin of chalicelib/geo/quadkey's tiles_in. */
export function tilesIn({ west, south, east, north }: Box, template: string): string[] {
  const scale = 2 ** PIN_ZOOM;
  const first = project({ lat: north, long: west });
  const last = project({ lat: south, long: east });
  const addresses: string[] = [];
  for (let x = Math.floor(first.x * scale); x <= Math.floor(last.x * scale); x++) {
    for (let y = Math.floor(first.y * scale); y <= Math.floor(last.y * scale); y++) {
      addresses.push(template.replace("{z}", String(PIN_ZOOM)).replace("{x}", String(x)).replace("{y}", String(y)));
    }
  }
  return addresses;
}
