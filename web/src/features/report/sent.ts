/** Step 6: the reference, the promise, and where to follow the report. */
import { loadCouncil } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { byId } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import type { StoredReport } from "../../shared/reports.ts";

const PLACE = "ginnel.sent";

export function rememberSent(report: StoredReport): void {
  sessionStorage.setItem(PLACE, JSON.stringify(report));
}

function lastSent(): StoredReport | null {
  const stored = sessionStorage.getItem(PLACE);
  return stored ? (JSON.parse(stored) as StoredReport) : null;
}

export const hasSent = () => lastSent() !== null;

export async function enterSent(): Promise<void> {
  const report = lastSent();
  if (!report) return;
  byId("sent-reference").textContent = groupReference(report.service_request_id);
  byId<HTMLAnchorElement>("sent-page").href = report.tracking_url || `/reports/${report.service_request_id}`;
  byId<HTMLAnchorElement>("sent-map").href = `/map/#17/${report.lat}/${report.long}`;
  if (report.expected_datetime) byId("sent-promise").textContent = await promise(report.expected_datetime);
}

async function promise(expected: string): Promise<string> {
  const zone = await loadCouncil().then(({ time_zone }) => time_zone, () => undefined);
  return `We aim to deal with this by ${dayText(expected, zone)}.`;
}
