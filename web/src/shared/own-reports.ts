/** The reports that were sent from this browser, so that people find them without an account. */
import { keptValue } from "./kept-value.ts";

export interface OwnReport {
  id: string;
  service_code: string;
  /** When it was sent. */
  at: string;
  /** Its page; the link to a report that is not public is a secret. */
  url: string;
}

const MOST = 50;

const kept = keptValue<OwnReport[]>(
  () => localStorage,
  "ginnel.own-reports",
  (all) => all.every(({ id, service_code, at, url }) => Boolean(id && service_code && at && url)),
);

/** Newest first. */
export const ownReports = () => kept.read() ?? [];

export function rememberOwn(report: OwnReport): void {
  kept.write([report, ...others(report.id)].slice(0, MOST));
}

export function forgetOwn(id: string): void {
  const left = others(id);
  if (left.length) kept.write(left);
  else kept.forget();
}

const others = (id: string) => ownReports().filter((each) => each.id !== id);
