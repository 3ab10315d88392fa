/** Searches for the council's assets near the place. */
import { loadFacilities, loadKinds, type NearFacility, nearestOf } from "../../shared/places/facilities.ts";
import type { Place } from "../../shared/reports.ts";
import { draftSubject, changeDraft, currentDraft, placeOf } from "./draft.ts";

export const MOST = 8;
const WITHIN_M = 250;
const PATIENCE_MS = 4_000;

export interface AssetChoice {
  /** The place that distances are measured from. */
  from: Place;
  label: string;
  near: NearFacility[];
}

let cached: { about: string; choice: Promise<AssetChoice | null> } | undefined;

/** Whether there are assets to choose from that were not shown before. */
export async function hasNewAssets(): Promise<boolean> {
  return currentDraft().asset_for !== draftSubject() && (await findAssets()) !== null;
}

/** The assets to choose from, loaded once. A failure counts as nothing found. */
export function preloadAssets(): Promise<AssetChoice | null> {
  if (cached?.about !== draftSubject()) cached = { about: draftSubject(), choice: fetchChoice().catch(() => null) };
  return cached.choice;
}

export const findAssets = () => withTimeLimit(preloadAssets());

/** Makes the report about that asset, at its place. The description of the place stays. */
export function chooseAsset(near: NearFacility | undefined, choice: AssetChoice): void {
  const { service_code } = currentDraft();
  if (near) {
    const { facility_id, name, lat, long } = near.facility;
    changeDraft({ lat, long, asset: { asset_id: facility_id, name, service_code } });
  } else {
    changeDraft({ asset: null });
  }
  // Going back shows the same choices, although the pin has moved.
  cached = { about: draftSubject(), choice: Promise.resolve(choice) };
  changeDraft({ asset_for: draftSubject() });
}

async function fetchChoice(): Promise<AssetChoice | null> {
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
function withTimeLimit(wanted: Promise<AssetChoice | null>): Promise<AssetChoice | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([wanted, late]);
}
