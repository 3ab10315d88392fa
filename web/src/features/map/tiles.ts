/** Published tiles of pins or counts. Each is fetched once, and again when it is old. */
import { getJson } from "../../shared/api.ts";
import type { Delay } from "../../shared/promise.ts";
import type { Place } from "../../shared/reports.ts";
import type { State } from "../../shared/states.ts";

export interface Pin extends Place {
  service_request_id: string;
  service_code: string;
  state: State;
  status: "open" | "closed";
  requested_datetime: string;
  /** Of an open report. */
  expected_datetime?: string | null;
  delay?: Delay | null;
}

/** The number of pins in the z14 tile x, y, placed in their middle; `services` by service_code. */
export interface Count extends Place {
  z: number;
  x: number;
  y: number;
  services: Record<string, [open: number, closed: number]>;
}

interface Tile {
  pins?: Pin[];
  counts?: Count[];
}

const FRESH_MS = 30_000;
const tiles = new Map<string, { fetchedAt: number; tile: Tile }>();
const requests = new Map<string, Promise<boolean>>();

/** Fetches missing and old tiles; returns whether all could be loaded. */
export async function refreshTiles(addresses: string[]): Promise<boolean> {
  const results = await Promise.all(addresses.filter(isOld).map(fetchOnce));
  return results.every(Boolean);
}

export function pinsOf(addresses: string[]): Pin[] {
  return addresses.flatMap((address) => tiles.get(address)?.tile.pins ?? []);
}

export function countsOf(address: string): Count[] {
  return tiles.get(address)?.tile.counts ?? [];
}

function isOld(address: string): boolean {
  const known = tiles.get(address);
  return !known || Date.now() - known.fetchedAt > FRESH_MS;
}

function fetchOnce(address: string): Promise<boolean> {
  const running = requests.get(address) ?? fetchTile(address).finally(() => requests.delete(address));
  requests.set(address, running);
  return running;
}

async function fetchTile(address: string): Promise<boolean> {
  try {
    const tile = await getJson<Tile>(address);
    tiles.set(address, { fetchedAt: Date.now(), tile: tile ?? {} });
    return true;
  } catch {
    return false;
  }
}
