/** Open reports about facilities, from the published tiles of the map. */
import { getJson } from "../api.ts";
import { type Council, loadCouncil } from "../council.ts";
import { tileOf } from "../geo/tiles.ts";
import type { Facility } from "./facilities.ts";

interface Pin {
  service_request_id: string;
  asset_id?: string;
  status: "open" | "closed";
}

/** The id of an open report by facility_id; nothing for tiles that cannot be had. */
export async function openReportsOf(facilities: Facility[]): Promise<Map<string, string>> {
  const { tiles }: Council = await loadCouncil();
  const addresses = new Set(facilities.map((facility) => tileOf(facility, tiles)));
  const pins = await Promise.all([...addresses].map((url) => getJson<{ pins: Pin[] }>(url).catch(() => null)));
  const open = pins.flatMap((tile) => tile?.pins ?? []).filter(({ asset_id, status }) => asset_id && status === "open");
  return new Map(open.map(({ asset_id, service_request_id }) => [asset_id!, service_request_id]));
}
