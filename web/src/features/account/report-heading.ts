/** What an own report is called: its title, or what it is about. */
import { element } from "../../shared/dom.ts";
import type { OwnReport } from "./own-report.ts";
import type { ReportContext } from "./report-list.ts";

export function nameOf({ title, service_code }: OwnReport, { names }: ReportContext): string {
  return title ?? names.get(service_code) ?? service_code;
}

export function heading(report: OwnReport, about: ReportContext): HTMLElement {
  return element(
    "h2",
    { class: "app-entry__name" },
    element("a", { href: report.tracking_url }, nameOf(report, about)),
  );
}
