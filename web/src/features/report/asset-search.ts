/** Searches for the council's assets near the place. */
import { loadFacilities, loadKinds, type NearFacility, nearestOf } from "../../shared/places/facilities.ts";
import type { Place } from "../../shared/reports.ts";
import { about, changeDraft, currentDraft, placeOf } from "./draft.ts";

export const MOST = 8;
const WITHIN_M = 250;
const PATIENCE_MS = 4_000;

export interface Choice {
  /** The place that distances are measured from. */
  from: Place;
  label: string;
  near: NearFacility[];
}

let found: { about: string; choice: Promise<Choice | null> } | undefined;

/** Whether there are assets to choose from that were not shown before. */
export async function isWorthAsking(): Promise<boolean> {
  return currentDraft().asset_for !== about() && (await search()) !== null;
}

/** The assets to choose from, loaded once. A failure counts as nothing found. */
export function lookAhead(): Promise<Choice | null> {
  if (found?.about !== about()) found = { about: about(), choice: fetchChoice().catch(() => null) };
  return found.choice;
}

export const search = () => inTime(lookAhead());

/** Makes the report about that asset, at its place. The description of the place stays. */
export function take(near: NearFacility | undefined, choice: Choice): void {
  const { service_code } = currentDraft();
  if (near) {
    const { facility_id, name, lat, long } = near.facility;
    changeDraft({ lat, long, asset: { asset_id: facility_id, name, service_code } });
  } else {
    changeDraft({ asset: null });
  }
  // Going back shows the same choices, although the pin has moved.
  found = { about: about(), choice: Promise.resolve(choice) };
  changeDraft({ asset_for: about() });
}

async function fetchChoice(): Promise<Choice | null> {
  const draft = currentDraft();
  const from = placeOf(draft);
  if (!from) return null;
  const kinds = (await loadKinds()).filter(({ service_code }) => service_code === draft.service_code);
  const each = await Promise.all(kinds.map(({ kind }) => loadFacilities(kind)));
  const near = each.flatMap((facilities) => (facilities ? nearestOf(facilities, from, MOST) : []));
  const close = near
    .filter(({ distance_m }) => distance_m <= WITHIN_M)
    .sort((one, other) => one.distance_m - other.distance_m);
  return close.length
    ? { from, label: kinds.map(({ plural }) => plural).join(", "), near: close.slice(0, MOST) }
    : null;
}

/** After 4 seconds, counts as nothing found. */
function inTime(wanted: Promise<Choice | null>): Promise<Choice | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([wanted, late]);
}
