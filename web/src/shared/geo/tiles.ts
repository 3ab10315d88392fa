/** Web Mercator tiles: which one holds a place. */
import type { Place } from "../reports.ts";

export const PIN_ZOOM = 14;

/** From 0 to 1 eastwards and southwards. */
export function project({ lat, long }: Place): { x: number; y: number } {
  const sine = Math.sin((lat * Math.PI) / 180);
  return { x: (long + 180) / 360, y: 0.5 - Math.atanh(sine) / (2 * Math.PI) };
}

/** The address of the tile of pins at x and y. */
export function tileAddress(template: string, x: number, y: number): string {
  return template.replace("{z}", String(PIN_ZOOM)).replace("{x}", String(x)).replace("{y}", String(y));
}

/** The address of the tile of pins that holds the place. */
export function tileOf(place: Place, template: string): string {
  const { x, y } = project(place);
  const scale = 2 ** PIN_ZOOM;
  return tileAddress(template, Math.floor(x * scale), Math.floor(y * scale));
}
