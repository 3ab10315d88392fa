/** The nearest of a kind: a list by distance, and the same on a map. */
import type { Council } from "../../shared/council.ts";
import { byId, show } from "../../shared/dom.ts";
import { ageText } from "../../shared/places/age.ts";
import { type Facilities, type Near, nearestOf } from "../../shared/places/facilities.ts";
import { facilityEntry, faultNote } from "../../shared/places/facility-entry.ts";
import { openReportsOf } from "../../shared/places/open-reports.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import { type From, writeHash } from "./hash.ts";
import { lastSearch } from "./last-search.ts";

const PAGE = 5;
const MOST = 50;

const list = byId("results");
const heading = byId("results-heading");
const status = byId("results-status");
const more = byId<HTMLButtonElement>("more-results");
const mapOpener = byId("results-on-map");
const old = byId("results-old");
const source = byId("results-source");

let shown: { from: From; near: Near[] } = { from: { lat: 0, long: 0, label: "" }, near: [] };
let again = () => undefined as void;

const linkOf = (index: number) => list.querySelectorAll<HTMLElement>("h2 a")[index];
const map = new MapOnRequest(
  "results-on-map",
  "results-map",
  () => ({ marks: shown.near.map(({ facility }) => facility), here: shown.from }),
  linkOf,
);

more.addEventListener("click", () => {
  const firstNew = most();
  history.replaceState({ ...history.state, most: firstNew + PAGE }, "");
  again();
  linkOf(firstNew)?.focus();
});

/** How many are asked for in this entry of the browser's history: whoever comes back to it finds as many. */
function most(): number {
  return (history.state as { most?: number } | null)?.most ?? PAGE;
}

export function showResults(council: Council, facilities: Facilities, from: From): void {
  again = () => draw(council, facilities, from);
  again();
  const { kind, plural } = facilities.value;
  lastSearch.write({ kind, plural, from });
}

/** Nothing of another kind or place stays under an error. */
export function clear(kind: string): void {
  byId<HTMLAnchorElement>("other-place").href = writeHash(kind);
  shown = { ...shown, near: [] };
  heading.textContent = "The nearest";
  list.replaceChildren();
  source.textContent = "";
  for (const each of [more, mapOpener, old]) show(each, false);
  map.close();
}

function draw(council: Council, facilities: Facilities, from: From): void {
  shown = { from, near: nearestOf(facilities, from, most()) };
  const { kind, label, plural, attribution, service_code } = facilities.value;
  byId<HTMLAnchorElement>("other-place").href = writeHash(kind);
  heading.textContent = `The nearest ${inSentence(shown.near.length === 1 ? label : plural)}`;
  status.textContent = `${from.label ? `From ${from.label}` : "From your place"}, as the crow flies.`;
  list.replaceChildren(...shown.near.map((near) => facilityEntry(near, council)));
  source.textContent = attribution ?? "";
  show(more, most() < Math.min(facilities.value.items.length, MOST));
  show(mapOpener, shown.near.length > 0);
  show(old, facilities.isOld);
  old.textContent = ageText(facilities, council);
  map.redraw();
  if (service_code) void markFaults(service_code);
}

/** Names as they stand within a sentence: "GP surgeries" stay so. */
function inSentence(name: string): string {
  return /^.[A-Z]/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

/** Faults come afterwards: nobody waits for them. */
async function markFaults(service: string): Promise<void> {
  const { near } = shown;
  const reports = await openReportsOf(near.map(({ facility }) => facility), service).catch(() => new Map<string, string>());
  if (near !== shown.near) return;
  near.forEach(({ facility }, index) => {
    const report = reports.get(facility.facility_id);
    if (report) list.children[index]?.append(faultNote(report));
  });
}
