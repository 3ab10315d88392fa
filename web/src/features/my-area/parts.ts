/** The sections of the page about an area. */
import type { Council, Service } from "../../shared/council.ts";
import { dayElement, dayText } from "../../shared/dates.ts";
import { disruptionNotice } from "../../shared/disruptions.ts";
import { element, screenReaderText } from "../../shared/dom.ts";
import { distanceText } from "../../shared/places/facilities.ts";
import { telephone } from "../../shared/places/facility-entry.ts";
import { promiseTags } from "../../shared/promise.ts";
import type { Place } from "../../shared/reports.ts";
import type { Area, Councillor, Roadwork, WardReport } from "./area.ts";
import { say, sayMany } from "../../shared/say.ts";

const MOST_REPORTS = 5;
const MOST_ROADWORKS = 5;
const NEAR_ZOOM = 16;

export function disruptionNotices({ disruptions, council }: Area): HTMLElement[] {
  return disruptions.map((each) => disruptionNotice(each, council.time_zone, "h2"));
}

export function councillorSection({ ward }: Area): HTMLElement[] {
  const people = ward.ward.councillors;
  if (people.length === 0) return [];
  return [
    element("h2", {}, sayMany(people.length, "Your councillor", "Your councillors")),
    list("app-area", people.map(councillorItem)),
  ];
}

function councillorItem({ name, party, email, phone, url }: Councillor): HTMLElement {
  const ways: HTMLElement[] = [];
  if (email) ways.push(element("a", { href: `mailto:${email}` }, email));
  if (phone) ways.push(telephone(phone));
  if (url)
    ways.push(
      element("a", { href: url, rel: "noopener" }, say("Website"), screenReaderText(` ${say("of {name}", { name })}`)),
    );
  const who = element("p", {}, element("strong", {}, name), ...(party ? [`, ${party}`] : []));
  return element("li", {}, who, ...(ways.length ? [element("p", { class: "app-area__facts" }, ...ways)] : []));
}

export function reportSection({ ward, council }: Area, place: Place, services: Service[]): HTMLElement[] {
  const { open_reports, reports } = ward;
  const nameOf = ({ title, service_code }: WardReport) =>
    title || (services.find((service) => service.service_code === service_code)?.service_name ?? say("A report"));
  const items = reports.slice(0, MOST_REPORTS).map((report) => {
    const link = element("a", { href: `/reports/${report.service_request_id}` }, nameOf(report));
    return element(
      "li",
      {},
      element("p", {}, link),
      element(
        "p",
        { class: "app-muted" },
        dayElement(report.requested_datetime, council.time_zone),
        " ",
        ...promiseTags(report, council.time_zone),
      ),
    );
  });
  const map = element(
    "a",
    { href: `/map/#${NEAR_ZOOM}/${place.lat.toFixed(5)}/${place.long.toFixed(5)}` },
    say("View on map"),
  );
  const lead =
    open_reports === 0
      ? say("There are no open reports in your ward.")
      : sayMany(open_reports, "There is 1 open report in your ward. ", "There are {count} open reports in your ward. ");
  return [
    element("h2", {}, say("Open reports")),
    element("p", {}, lead, ...(open_reports ? [map] : [])),
    ...(items.length ? [list("app-area", items)] : []),
  ];
}

export function roadworkSection({ roadworks, council }: Area): HTMLElement[] {
  const heading = element("h2", {}, say("Road works near you"));
  if (roadworks.length === 0) return [heading, element("p", {}, say("No road works planned in or near your ward."))];
  const items = roadworks.map(({ work, distance_m }) => roadworkItem(work, distance_m, council));
  const further = items.splice(MOST_ROADWORKS);
  const others = element(
    "details",
    { class: "app-details" },
    element("summary", {}, say("Show {number} more", { number: further.length })),
    list("app-area", further),
  );
  return [heading, list("app-area", items), ...(further.length ? [others] : [])];
}

function roadworkItem(
  { description, location, starts, ends, organisation, traffic }: Roadwork,
  distance_m: number,
  { time_zone }: Council,
): HTMLElement {
  const days = say("{begins} to {ends}", { begins: dayText(starts, time_zone), ends: dayText(ends, time_zone) });
  const facts = [
    element("strong", {}, distanceText(distance_m)),
    ...[days, organisation, traffic].filter(Boolean).map((text) => element("span", {}, text)),
  ];
  return element(
    "li",
    {},
    element("p", {}, element("strong", {}, location)),
    element("p", {}, description),
    element("p", { class: "app-area__facts" }, ...facts),
  );
}

const list = (kind: string, items: HTMLElement[]) => element("ul", { class: kind }, ...items);
