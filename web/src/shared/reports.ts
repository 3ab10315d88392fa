/** A report in the API and in published documents. */
import { getJson } from "./api.ts";
import type { Delay } from "./promise.ts";
import type { State } from "./states.ts";

export interface Place {
  lat: number;
  long: number;
}

export interface Photo {
  photo_id: string;
  url: string;
  thumbnail_url: string;
}

export interface Update {
  update_id: string;
  state: State;
  text: string;
  datetime: string;
  by?: "council" | "resident";
  photos?: Photo[];
}

export interface StoredReport extends Place {
  service_request_id: string;
  status: "open" | "closed";
  state: State;
  service_code: string;
  requested_datetime: string;
  expected_datetime: string | null;
  delay?: Delay | null;
  tracking_url: string;
}

export interface Report extends StoredReport {
  title: string | null;
  description: string;
  address: string | null;
  photos?: Photo[];
  updates: Update[];
}

/** Looks for the published document first, which costs least; the API has reports that are not published yet. */
export async function findReport(id: string, template: string): Promise<Report | null> {
  const published = await getJson<Report>(template.replace("{service_request_id}", id)).catch(() => null);
  return published ?? getJson<Report>(`/api/reports/${id}`);
}
