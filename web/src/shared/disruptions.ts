/** Service disruption that officers have published. */
import { getJson } from "./api.ts";
import type { Council } from "./council.ts";
import { momentText } from "./dates.ts";
import { element } from "./dom.ts";
import { distanceMm } from "./geo/nearest.ts";
import type { Place } from "./reports.ts";
import { sayParts } from "./say.ts";

/** A circle, a ward, or with neither everywhere in the council's area. */
export interface Area {
  lat: number | null;
  long: number | null;
  radius_m: number | null;
  ward_code: string | null;
}

export interface Disruption {
  disruption_id: string;
  title: string;
  text: string;
  area: Area;
  begins: string;
  ends: string;
  version: number;
}

const SOON_MS = 24 * 60 * 60 * 1000;

/** Current disruptions and those that start within a day, earliest first. Empty if they cannot be loaded. */
export async function loadDisruptions({ disruptions: url }: Council): Promise<Disruption[]> {
  const document = url ? await getJson<{ items: Disruption[] }>(url).catch(() => null) : null;
  const now = Date.now();
  return (document?.items ?? [])
    .filter(({ begins, ends }) => Date.parse(ends) > now && Date.parse(begins) < now + SOON_MS)
    .sort((one, other) => one.begins.localeCompare(other.begins));
}

/** Whether it may affect that place. An unknown ward counts as affected. */
export function affects({ area }: Disruption, place: Place, ward?: string): boolean {
  const { lat, long, radius_m, ward_code } = area;
  if (ward_code) return ward === undefined || ward_code === ward;
  if (lat === null || long === null || radius_m === null) return true;
  return distanceMm({ lat, long }, place) <= radius_m * 1000;
}

/** Marks English words on a page in another language. */
export const englishIn = (language: string): { lang?: string } => (language.startsWith("en") ? {} : { lang: "en-GB" });

export function disruptionNotice(
  { title, text, begins, ends }: Disruption,
  timeZone: string,
  heading: "h2" | "h3",
): HTMLElement {
  const written = englishIn(document.documentElement.lang);
  const moment = (iso: string) => element("time", { datetime: iso }, momentText(Date.parse(iso), timeZone));
  return element(
    "section",
    { class: "app-notice" },
    element(heading, written, title),
    ...(text ? [element("p", { class: "app-prose", dir: "auto", ...written }, text)] : []),
    element(
      "p",
      { class: "app-muted" },
      ...sayParts("From {begins} to {ends}", { begins: moment(begins), ends: moment(ends) }),
    ),
  );
}
