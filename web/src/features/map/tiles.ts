/** Published tiles: each is fetched once, and again when it has grown old. */
import { getJson } from "../../shared/api.ts";
import type { Place } from "../../shared/reports.ts";
import type { State } from "../../shared/states.ts";

export interface Pin extends Place {
  service_request_id: string;
  service_code: string;
  state: State;
  status: "open" | "closed";
  requested_datetime: string;
}

interface Held {
  fetchedAt: number;
  pins: Pin[];
}

const FRESH_MS = 30_000;
const held = new Map<string, Held>();
const underway = new Map<string, Promise<boolean>>();

/** Fetches what is missing or old; true if every tile could be had. */
export async function refreshTiles(addresses: string[]): Promise<boolean> {
  const results = await Promise.all(addresses.filter(isOld).map(fetchOnce));
  return results.every(Boolean);
}

export function pinsOf(addresses: string[]): Pin[] {
  return addresses.flatMap((address) => held.get(address)?.pins ?? []);
}

function isOld(address: string): boolean {
  const tile = held.get(address);
  return !tile || Date.now() - tile.fetchedAt > FRESH_MS;
}

function fetchOnce(address: string): Promise<boolean> {
  const running = underway.get(address) ?? fetchTile(address).finally(() => underway.delete(address));
  underway.set(address, running);
  return running;
}

async function fetchTile(address: string): Promise<boolean> {
  try {
    const tile = await getJson<{ pins: Pin[] }>(address);
    held.set(address, { fetchedAt: Date.now(), pins: tile?.pins ?? [] });
    return true;
  } catch {
    return false;
  }
}
