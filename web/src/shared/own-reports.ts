/** The reports that were sent from this browser, so that people find them without an account. */
import { storedValue } from "./stored-value.ts";

export interface OwnReport {
  id: string;
  service_code: string;
  /** When it was sent. */
  at: string;
  /** Its page; the link to a report that is not public is a secret. */
  url: string;
}

const MOST = 50;

const storedReports = storedValue<OwnReport[]>(
  () => localStorage,
  "ginnel.own-reports",
  (all) => all.every(({ id, service_code, at, url }) => Boolean(id && service_code && at && url)),
);

/** Newest first. */
export const readOwnReports = () => storedReports.read() ?? [];

export function rememberOwnReport(report: OwnReport): void {
  storedReports.write([report, ...reportsExcept(report.id)].slice(0, MOST));
}

export function forgetOwnReport(id: string): void {
  const left = reportsExcept(id);
  if (left.length) storedReports.write(left);
  else storedReports.forget();
}

const reportsExcept = (id: string) => readOwnReports().filter((each) => each.id !== id);
