/** The details of a facility. */
import type { Council } from "../../shared/council.ts";
import { element } from "../../shared/dom.ts";
import { type Facility, lowerFirst, type KindDocument } from "../../shared/places/facilities.ts";
import { openTag, telephone } from "../../shared/places/facility-entry.ts";
import { placeText } from "../../shared/places/place-text.ts";
import { staticMap } from "../../shared/static-map.ts";
import { say } from "../../shared/say.ts";

type Fact = [name: string, value: (Node | string)[]];

const DETAIL_ZOOM = 18;

export function factsOf(facility: Facility, council: Council): HTMLElement {
  const { address, opening_hours, phone, url, notes } = facility;
  const facts: Fact[] = [
    [say("Address"), address ? [address] : []],
    [say("Opening times"), hoursOf(openTag(facility, council), opening_hours)],
    [say("Wheelchair access"), accessOf(facility)],
    [say("Phone"), phone ? [telephone(phone)] : []],
    [say("Website"), url ? [element("a", { href: url, rel: "noopener" }, url)] : []],
    [say("Notes"), notes ? [notes] : []],
  ];
  const known = facts.filter(([, value]) => value.length > 0);
  const rows = known.flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", { class: "app-prose", dir: "auto" }, ...value),
  ]);
  return element("dl", { class: "app-facts" }, ...rows);
}

function hoursOf(now: HTMLElement[], hours: string | undefined): Node[] {
  const line = now.length ? [element("p", { class: "app-nearest__facts" }, ...now)] : [];
  return hours ? [...line, element("span", {}, hours)] : line;
}

function accessOf({ accessible }: Facility): string[] {
  if (accessible === undefined || accessible === "") return [];
  if (typeof accessible === "string") return [accessible];
  return [accessible ? say("Wheelchair accessible") : say("Not wheelchair accessible")];
}

/** A picture of the surroundings, the facility's coordinates, and a link to the map. */
export function locationSection(facility: Facility): HTMLElement[] {
  const { lat, long } = facility;
  const link = element("a", { href: `/map/#${DETAIL_ZOOM}/${lat.toFixed(5)}/${long.toFixed(5)}` }, say("View on map"));
  const picture = staticMap({ lat, long, label: facility.address || facility.name });
  return [
    element("h2", {}, say("Location")),
    ...picture,
    element("p", {}, placeText(facility)),
    element("p", {}, link),
  ];
}

/** A link to report a problem with the facility, if its kind has a service. */
export function reportLink({ facility_id }: Facility, { service_code, label }: KindDocument): HTMLElement[] {
  if (!service_code) return [];
  const href = `/report/?asset=${encodeURIComponent(facility_id)}`;
  const attributes = { class: "govuk-button govuk-button--secondary", href, role: "button", draggable: "false" };
  return [
    element("p", {}, element("a", attributes, say("Report a problem with this {kind}", { kind: lowerFirst(label) }))),
  ];
}
