/** The nearest facility of each kind. Each line appears as soon as it is loaded. */
import type { Council } from "../../shared/council.ts";
import { element, screenReaderText } from "../../shared/dom.ts";
import {
  distanceText,
  facilityPage,
  type FacilityKind,
  loadFacilities,
  loadKinds,
  type NearFacility,
  nearestOf,
} from "../../shared/places/facilities.ts";
import { openTag } from "../../shared/places/facility-entry.ts";
import type { Place } from "../../shared/reports.ts";
import { say } from "../../shared/say.ts";

interface Chosen extends Place {
  label: string;
}

export function nearestSection(chosen: Chosen, council: Council): HTMLElement[] {
  const list = element("ul", { class: "app-area" });
  const status = element("p", { role: "status" }, say("Finding the places nearest to you…"));
  void fillList(list, chosen, council).then(
    (missing) => (status.textContent = missing),
    () => (status.textContent = say("We could not load the places nearest to you.")),
  );
  return [element("h2", {}, say("Nearest to you")), list, status];
}

/** Returns a message about missing kinds. Throws if the kinds cannot be loaded. */
async function fillList(list: HTMLElement, chosen: Chosen, council: Council): Promise<string> {
  const kinds = await loadKinds();
  const lines = kinds.map(() => element("li", { hidden: "" }));
  list.replaceChildren(...lines);
  const done = await Promise.allSettled(
    kinds.map(async (kind, index) => {
      const facilities = await loadFacilities(kind.kind);
      const near = facilities && nearestOf(facilities, chosen, 1)[0];
      if (near) lines[index]!.replaceWith(facilityLine(kind, near, chosen, council));
    }),
  );
  if (kinds.length === 0) return say("No places listed yet.");
  return done.some(({ status }) => status === "rejected") ? say("We could not load some places.") : "";
}

function facilityLine(
  kind: FacilityKind,
  { facility, distance_m }: NearFacility,
  { lat, long, label }: Chosen,
  council: Council,
): HTMLElement {
  const at = `${lat.toFixed(5)},${long.toFixed(5)}/${encodeURIComponent(label)}`;
  const link = element("a", { href: facilityPage(facility) }, facility.name);
  const more = element(
    "a",
    { href: `/nearest/#${encodeURIComponent(kind.kind)}/${at}` },
    say("More"),
    screenReaderText(`: ${kind.plural}`),
  );
  const facts = [element("strong", {}, distanceText(distance_m)), ...openTag(facility, council), more];
  return element(
    "li",
    {},
    element("p", { class: "app-muted" }, kind.label),
    element("p", {}, link),
    element("p", { class: "app-area__facts" }, ...facts),
  );
}
