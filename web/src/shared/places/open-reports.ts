/** Open reports about facilities, from the published tiles of the map. */
import { getJson } from "../api.ts";
import { loadCouncil } from "../council.ts";
import { type Box, tilesIn } from "../geo/tiles.ts";
import type { Facility } from "./facilities.ts";

interface Pin {
  service_request_id: string;
  service_code: string;
  asset_id?: string;
  status: "open" | "closed";
}

/** The id of an open report of that service by facility_id. Tiles that cannot be loaded are skipped. */
export async function openReportsOf(facilities: Facility[], service: string): Promise<Map<string, string>> {
  const { tiles } = await loadCouncil();
  const addresses = new Set(facilities.flatMap((facility) => tilesIn(boxOf(facility), tiles)));
  const pins = await Promise.all([...addresses].map((url) => getJson<{ pins: Pin[] }>(url).catch(() => null)));
  const open = pins
    .flatMap((tile) => tile?.pins ?? [])
    .filter((pin) => pin.asset_id && pin.status === "open" && pin.service_code === service);
  return new Map(open.map(({ asset_id, service_request_id }) => [asset_id!, service_request_id]));
}

/** The box of the whole facility: a report about a park can be anywhere in it. */
function boxOf({ lat, long, polygon }: Facility): Box {
  const corners = polygon?.flat(2) ?? [[long, lat]];
  const [longs, lats] = [corners.map(([x]) => x!), corners.map(([, y]) => y!)];
  return { west: Math.min(...longs), south: Math.min(...lats), east: Math.max(...longs), north: Math.max(...lats) };
}
