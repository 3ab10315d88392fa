/** The reports, requests, bookings and payments that were sent from this browser, so that people find them without an
 * account. Pages, the service worker and the pages of forms remember them here. */
import { phoneStore } from "./phone-store.ts";

export interface OwnReport {
  id: string;
  service_code: string;
  /** When it was sent. */
  at: string;
  /** Its page; the link to a report that is not public is a secret. */
  url: string;
}

/** The parts of the service's answer that are remembered. */
export interface SentAnswer {
  service_request_id: string;
  service_code: string;
  requested_datetime: string;
  tracking_url: string;
}

const DATABASE = "sent";
const STORE = "reports";
const MOST = 50;

const isWhole = ({ id, service_code, at, url }: OwnReport) => Boolean(id && service_code && at && url);

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id");

export const ownReportOf = (sent: SentAnswer): OwnReport => ({
  id: sent.service_request_id,
  service_code: sent.service_code,
  at: sent.requested_datetime,
  url: sent.tracking_url || `/reports/${sent.service_request_id}`,
});

/** Newest first. Empty if the browser stores nothing. */
export async function readOwnReports(): Promise<OwnReport[]> {
  try {
    return await storedReports();
  } catch {
    return [];
  }
}

/** Never fails. Does nothing if a fact of the report is missing. */
export async function rememberOwnReport(report: OwnReport): Promise<void> {
  if (!isWhole(report)) return;
  try {
    await run("readwrite", (store) => store.put(report));
    for (const { id } of (await storedReports()).slice(MOST)) await forgetOwnReport(id);
  } catch {
    // The page that was sent says the reference and has the link.
  }
}

/** Never fails. */
export async function forgetOwnReport(id: string): Promise<void> {
  await run("readwrite", (store) => store.delete(id)).catch(() => undefined);
}

async function storedReports(): Promise<OwnReport[]> {
  const all = await run<OwnReport[]>("readonly", (store) => store.getAll());
  return all.sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}
