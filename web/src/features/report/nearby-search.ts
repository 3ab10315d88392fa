/** Searches for open reports of the same kind near the place. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil } from "../../shared/council.ts";
import type { Report, StoredReport } from "../../shared/reports.ts";
import { draftSubject, currentDraft } from "./draft.ts";

export interface Nearby extends StoredReport {
  title: string | null;
  distance_m: number;
  description?: string;
}

export const RADIUS_M = 100;
const PATIENCE_MS = 4_000;
export const MOST = 8;

let cached: { about: string; items: Promise<Nearby[]> } | undefined;

/** Whether there are reports that were not shown before. */
export async function hasNewReports(): Promise<boolean> {
  return currentDraft().nearby_for !== draftSubject() && (await findNearby()).length > 0;
}

export function findNearby(): Promise<Nearby[]> {
  if (cached?.about !== draftSubject()) cached = { about: draftSubject(), items: withTimeLimit(fetchNearby(), []) };
  return cached.items;
}

async function fetchNearby(): Promise<Nearby[]> {
  const { service_code, lat, long } = currentDraft();
  const query = new URLSearchParams({ lat: `${lat}`, long: `${long}`, radius_m: `${RADIUS_M}`, service_code });
  const answer = await getJson<{ items: Nearby[] }>(`/api/reports/nearby?${query}`, PATIENCE_MS);
  const items = answer?.items.slice(0, MOST) ?? [];
  return withTimeLimit(addDescriptions(items), items);
}

/** Adds descriptions and target dates from the published documents; the list has none. */
async function addDescriptions(items: Nearby[]): Promise<Nearby[]> {
  const template = (await loadCouncil()).request;
  return Promise.all(
    items.map(async (item) => {
      const url = template.replace("{service_request_id}", item.service_request_id);
      const document = await getJson<Report>(url, PATIENCE_MS / 2).catch(() => null);
      return {
        ...item,
        description: document?.description,
        expected_datetime: document?.expected_datetime ?? null,
        delay: document?.delay ?? null,
      };
    }),
  );
}

/** Returns `instead` after the time limit or on failure. */
function withTimeLimit<T>(wanted: Promise<T>, instead: T): Promise<T> {
  const late = new Promise<T>((resolve) => setTimeout(resolve, PATIENCE_MS, instead));
  return Promise.race([wanted.catch(() => instead), late]);
}
