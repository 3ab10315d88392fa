/** The nearest facilities of a kind: a list by distance, and a map of them. */
import type { Council } from "../../shared/council.ts";
import { byId, show } from "../../shared/dom.ts";
import { type Facilities, lowerFirst, type NearFacility, nearestOf } from "../../shared/places/facilities.ts";
import { facilityEntry, faultNote } from "../../shared/places/facility-entry.ts";
import { openReportsOf } from "../../shared/places/open-reports.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import { type SearchOrigin, writeHash } from "./hash.ts";
import { lastSearch } from "./last-search.ts";
import { say } from "../../shared/say.ts";

const PAGE = 5;
const MOST = 50;

const list = byId("results");
const heading = byId("results-heading");
const status = byId("results-status");
const more = byId<HTMLButtonElement>("more-results");
const mapOpener = byId("results-on-map");
const source = byId("results-source");

let shown: { from: SearchOrigin; near: NearFacility[] } = { from: { lat: 0, long: 0, label: "" }, near: [] };
let redraw = () => undefined as void;

const linkOf = (index: number) => list.querySelectorAll<HTMLElement>("h2 a")[index];
const map = new MapOnRequest(
  "results-on-map",
  "results-map",
  () => ({ marks: shown.near.map(({ facility }) => facility), here: shown.from }),
  linkOf,
);

more.addEventListener("click", () => {
  const firstNew = shownCount();
  history.replaceState({ ...history.state, most: firstNew + PAGE }, "");
  redraw();
  linkOf(firstNew)?.focus();
});

/** How many results to show, stored in the browser's history, so that going back shows as many. */
function shownCount(): number {
  return (history.state as { most?: number } | null)?.most ?? PAGE;
}

export function showResults(council: Council, facilities: Facilities, from: SearchOrigin): void {
  redraw = () => drawResults(council, facilities, from);
  redraw();
  const { kind, plural } = facilities.value;
  lastSearch.write({ kind, plural, from });
}

/** Removes the results of another kind or place, before an error is shown. */
export function clearResults(kind: string): void {
  byId<HTMLAnchorElement>("other-place").href = writeHash(kind);
  shown = { ...shown, near: [] };
  heading.textContent = say("The nearest");
  list.replaceChildren();
  source.textContent = "";
  for (const each of [more, mapOpener]) show(each, false);
  map.close();
}

function drawResults(council: Council, facilities: Facilities, from: SearchOrigin): void {
  shown = { from, near: nearestOf(facilities, from, shownCount()) };
  const { kind, label, plural, attribution, service_code } = facilities.value;
  byId<HTMLAnchorElement>("other-place").href = writeHash(kind);
  heading.textContent = say("The nearest {kind}", {
    kind: lowerFirst(shown.near.length === 1 ? label : plural),
  });
  status.textContent = from.label
    ? say("Distances are in a straight line from {place}.", { place: from.label })
    : say("Distances are in a straight line from your location.");
  list.replaceChildren(...shown.near.map((near) => facilityEntry(near, council)));
  source.textContent = attribution ?? "";
  show(more, shownCount() < Math.min(facilities.value.items.length, MOST));
  show(mapOpener, shown.near.length > 0);
  map.redraw();
  if (service_code) void markFaults(service_code);
}

/** Adds reported problems after the list is shown. */
async function markFaults(service: string): Promise<void> {
  const { near } = shown;
  const reports = await openReportsOf(
    near.map(({ facility }) => facility),
    service,
  ).catch(() => new Map<string, string>());
  if (near !== shown.near) return;
  near.forEach(({ facility }, index) => {
    const report = reports.get(facility.facility_id);
    if (report) list.children[index]?.append(faultNote(report));
  });
}
