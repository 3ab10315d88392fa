/** A facility in a list: how far away it is, whether it is open, and its address. */
import type { Council } from "../council.ts";
import { isoDay } from "../dates.ts";
import { element, screenReaderText } from "../dom.ts";
import { distanceText, type Facility, facilityPage, type NearFacility } from "./facilities.ts";
import { openState } from "./open-now.ts";
import { say } from "../say.ts";

export function facilityEntry({ facility, distance_m }: NearFacility, council: Council): HTMLElement {
  const link = element("a", { href: facilityPage(facility) }, facility.name);
  const facts = element(
    "p",
    { class: "app-nearest__facts" },
    element("strong", {}, distanceText(distance_m)),
    ...openTag(facility, council),
  );
  return element(
    "li",
    { "data-facility-id": facility.facility_id },
    element("h2", {}, link),
    facts,
    ...contactOf(facility),
  );
}

/** Whether it is open, and until when; empty if the hours are not known, as on bank holidays. */
export function openTag({ opens }: Facility, { time_zone, holidays }: Council): HTMLElement[] {
  const now = new Date();
  if (!opens?.length || holidays?.includes(isoDay(now, time_zone))) return [];
  const { isOpen, until } = openState(opens, now, time_zone);
  const tag = element(
    "strong",
    { class: `govuk-tag app-tag--${isOpen ? "fixed" : "ended"}` },
    isOpen ? say("Open now") : say("Closed now"),
  );
  if (!until) return [tag];
  return [tag, element("span", {}, isOpen ? say("until {until}", { until }) : say("opens at {until}", { until }))];
}

export function telephone(phone: string): HTMLElement {
  return element("a", { href: `tel:${phone.replaceAll(" ", "")}` }, phone);
}

function contactOf({ name, address, phone, url }: Facility): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (address) parts.push(element("p", {}, address));
  if (phone) parts.push(element("p", {}, telephone(phone)));
  if (url)
    parts.push(
      element("p", {}, element("a", { href: url, rel: "noopener" }, say("Website"), screenReaderText(` ${name}`))),
    );
  return parts;
}

/** A note that a problem has been reported here. */
export function faultNote(reportId: string): HTMLElement {
  return element(
    "p",
    { class: "app-fault" },
    element("a", { href: `/reports/${reportId}` }, say("A problem has been reported here")),
  );
}
