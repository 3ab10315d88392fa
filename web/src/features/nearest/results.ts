/** The nearest of a kind: a list by distance, and the same on a map. */
import { type Council, loadCouncil } from "../../shared/council.ts";
import { momentText } from "../../shared/dates.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { type Facilities, loadFacilities, type Near, nearestOf } from "../../shared/places/facilities.ts";
import { facilityEntry, faultNote } from "../../shared/places/facility-entry.ts";
import { openReportsOf } from "../../shared/places/open-reports.ts";
import { MapOnRequest } from "../../shared/places/show-map.ts";
import { type From, writeHash } from "./hash.ts";
import { rememberSearch } from "./last-search.ts";

const PAGE = 5;
const MOST = 50;

const list = byId("results");
const heading = byId("results-heading");
const status = byId("results-status");
const more = byId<HTMLButtonElement>("more-results");

let shown: { from: From; near: Near[] } = { from: { lat: 0, long: 0, label: "" }, near: [] };
let most = PAGE;
let again = () => undefined as void;

const map = new MapOnRequest(
  "results-on-map",
  "results-map",
  () => ({ marks: shown.near.map(({ facility }) => facility), here: shown.from }),
  (index) => {
    map.map?.choose(index);
    list.querySelectorAll<HTMLElement>("h2 a")[index]?.focus();
  },
);

more.addEventListener("click", () => {
  const firstNew = most;
  most += PAGE;
  again();
  list.querySelectorAll<HTMLElement>("h2 a")[firstNew]?.focus();
});

/** Throws where the kind cannot be had; answers its name, or null where there is no such kind. */
export async function showResults(kind: string, from: From): Promise<string | null> {
  byId<HTMLAnchorElement>("other-place").href = writeHash(kind);
  const [council, facilities] = await Promise.all([loadCouncil(), loadFacilities(kind)]);
  if (!facilities) return null;
  most = PAGE;
  again = () => draw(council, facilities, from);
  again();
  const { plural } = facilities.value;
  rememberSearch({ kind, plural, from });
  return plural;
}

function draw(council: Council, facilities: Facilities, from: From): void {
  shown = { from, near: nearestOf(facilities, from, most) };
  const { label, plural, attribution, service_code } = facilities.value;
  heading.textContent = `The nearest ${inSentence(shown.near.length === 1 ? label : plural)}`;
  status.textContent = `${from.label ? `From ${from.label}` : "From your place"}, as the crow flies.`;
  list.replaceChildren(...shown.near.map((near) => facilityEntry(near, council)));
  byId("results-source").textContent = attribution ?? "";
  show(more, most < Math.min(facilities.value.items.length, MOST));
  show(byId("results-on-map"), shown.near.length > 0);
  tellAge(facilities, council);
  map.redraw();
  if (service_code) void markFaults();
}

/** Names as they stand within a sentence: "GP surgeries" stay so. */
function inSentence(name: string): string {
  return /^.[A-Z]/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

function tellAge({ isOld, at }: Facilities, { time_zone }: Council): void {
  const note = byId("results-old");
  show(note, isOld);
  note.textContent = isOld ? `You have no connection. This is what this phone knew on ${momentText(at, time_zone)}.` : "";
}

/** Faults come afterwards: nobody waits for them. */
async function markFaults(): Promise<void> {
  const { near } = shown;
  const reports = await openReportsOf(near.map(({ facility }) => facility)).catch(() => new Map<string, string>());
  if (near !== shown.near) return;
  near.forEach(({ facility }, index) => {
    const report = reports.get(facility.facility_id);
    if (report) list.children[index]?.append(faultNote(report));
  });
}

export const focusResults = () => focusOn(heading);
