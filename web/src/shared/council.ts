/** What the council publishes about itself: its area, its documents and its services. */
import { getJson } from "./api.ts";
import type { Place } from "./reports.ts";

export interface Council {
  name: string;
  bounds: [west: number, south: number, east: number, north: number];
  time_zone: string;
  phone: string;
  tiles: string;
  request: string;
  services: string;
  basemap?: string;
  basemap_attribution?: string;
}

export interface Service {
  service_code: string;
  service_name: string;
  group: string;
  description: string;
  keywords: string[];
  visibility: "public" | "private" | "moderated";
}

let council: Promise<Council> | undefined;
let services: Promise<Service[]> | undefined;

async function demand<T>(url: string): Promise<T> {
  const document = await getJson<T>(url);
  if (!document) throw new Error(`${url} is missing`);
  return document;
}

/** Asks once; a failure is forgotten, so that the next call asks again. */
export function loadCouncil(): Promise<Council> {
  council ??= demand<Council>("/data/index.json").catch((error) => {
    council = undefined;
    throw error;
  });
  return council;
}

export function loadServices(): Promise<Service[]> {
  services ??= loadCouncil()
    .then(({ services: url }) => demand<{ items: Service[] }>(url))
    .then(({ items }) => items)
    .catch((error) => {
      services = undefined;
      throw error;
    });
  return services;
}

export function isInside({ bounds: [west, south, east, north] }: Council, { lat, long }: Place): boolean {
  return south <= lat && lat <= north && west <= long && long <= east;
}

export function middleOf({ bounds: [west, south, east, north] }: Council): Place {
  return { lat: (south + north) / 2, long: (west + east) / 2 };
}
