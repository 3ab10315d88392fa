/** A summary of a report: state, target date, timeline, and a link to its page. */
import { type Council, loadServices } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { element } from "../../shared/dom.ts";
import { promiseWords } from "../../shared/promise-words.ts";
import { groupReference } from "../../shared/reference.ts";
import type { Report } from "../../shared/reports.ts";
import { stateTag } from "../../shared/states.ts";
import { photoList, timelineEntry } from "../../shared/timeline.ts";
import { say, sayParts } from "../../shared/say.ts";

export async function reportSummary(report: Report, { time_zone }: Council): Promise<HTMLElement[]> {
  const parts: HTMLElement[] = [
    element("h2", { class: "app-heading" }, report.title || (await serviceName(report.service_code))),
    element(
      "div",
      { class: "app-report-head" },
      stateTag(report.state),
      element("p", {}, ...sayParts("Reference {reference}", { reference: reference(report) })),
    ),
    element("p", {}, ...sayParts("Reported on {day}.", { day: dayElement(report.requested_datetime, time_zone) })),
  ];
  if (report.status === "open") parts.push(...promiseWords(report, time_zone));
  if (report.photos?.length) parts.push(photoList(report.photos, say("the report")));
  const link = element(
    "a",
    { href: `/reports/${report.service_request_id}` },
    say("See the full report or add an update"),
  );
  parts.push(element("p", {}, link), element("h3", {}, say("What has happened")), timeline(report, time_zone));
  return parts;
}

function reference({ service_request_id }: Report): HTMLElement {
  return element("span", { class: "app-reference" }, groupReference(service_request_id));
}

function timeline(report: Report, timeZone: string): HTMLElement {
  if (report.updates.length === 0) return element("p", { class: "app-muted" }, say("No updates yet."));
  const entries = report.updates.map((update) => timelineEntry(update, timeZone));
  return element("ol", { class: "app-timeline" }, ...entries);
}

async function serviceName(code: string): Promise<string> {
  const services = await loadServices().catch(() => []);
  return services.find((service) => service.service_code === code)?.service_name ?? say("Your report");
}
