/** The search in the address's hash, so that reload and the browser's back button work: #toilets/53.95910,-1.08120/Market%20Place */
import type { Place } from "../../shared/reports.ts";

export interface SearchOrigin extends Place {
  /** The name of the place; empty if it is a point. */
  label: string;
}

export interface NearestSearch {
  kind?: string;
  from?: SearchOrigin;
}

const PLACE = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/;

export function readHash(hash: string): NearestSearch {
  const [kind, place, label = ""] = hash.slice(1).split("/").map(decodePart);
  if (!kind) return {};
  const found = PLACE.exec(place ?? "");
  return found ? { kind, from: { lat: Number(found[1]), long: Number(found[2]), label } } : { kind };
}

export function writeHash(kind: string, from?: SearchOrigin): string {
  if (!from) return `#${encodeURIComponent(kind)}`;
  const place = `${from.lat.toFixed(5)},${from.long.toFixed(5)}`;
  return `#${encodeURIComponent(kind)}/${place}/${encodeURIComponent(from.label)}`;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
