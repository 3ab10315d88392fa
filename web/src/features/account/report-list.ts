/** Lists the own reports on a page, or some of them. */
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { actionButton, byId } from "../../shared/dom.ts";
import { call, errorsOf } from "../../shared/session.ts";
import type { OwnReport } from "./own-report.ts";
import { openPage, setStatus } from "./page.ts";
import { say } from "../../shared/say.ts";

/** The names of services, and the council's time zone. */
export interface ReportContext {
  names: Map<string, string>;
  zone: string | undefined;
}

interface OwnReports {
  items: OwnReport[];
  next: string | null;
}

interface ListOptions {
  /** The entry of a report; null if the page leaves the report out. */
  entry: (report: OwnReport, about: ReportContext) => HTMLElement | null;
  /** Shown if there are no entries. */
  whenEmpty: () => HTMLElement[];
  /** Called once the page is open. */
  onOpen?: () => Promise<void>;
}

const REPORTS = "/api/account/reports";
const PER_PAGE = "20";
const list = byId("reports");
const more = byId("reports-more");

export function openReports(shown: ListOptions): void {
  void openPage<OwnReports>(pageAddress({}), (first) => void showFirstPage(first, shown));
}

async function showFirstPage(first: OwnReports, shown: ListOptions): Promise<void> {
  void shown.onOpen?.();
  await addPage(first, shown, await loadContext());
  if (!list.hasChildNodes() && !more.hasChildNodes()) list.replaceChildren(...shown.whenEmpty());
}

/** Adds a page of reports, and loads further pages until one has an entry. */
async function addPage(page: OwnReports, shown: ListOptions, about: ReportContext): Promise<void> {
  const entries = page.items.flatMap((report) => shown.entry(report, about) ?? []);
  const next = page.next;
  list.append(...entries);
  if (next && !entries.length) return loadMore(next, shown, about);
  more.replaceChildren(...(next ? [moreButton(next, shown, about)] : []));
}

async function loadMore(cursor: string, shown: ListOptions, about: ReportContext): Promise<void> {
  const page = await call<OwnReports>("GET", pageAddress({ cursor }));
  if (page.kind === "stored") return addPage(page.value, shown, about);
  more.replaceChildren(moreButton(cursor, shown, about));
  setStatus(errorsOf(page)[0]!.message);
}

function moreButton(cursor: string, shown: ListOptions, about: ReportContext): HTMLElement {
  return actionButton(say("Show more"), () => void loadMore(cursor, shown, about));
}

function pageAddress(more: Record<string, string>): string {
  return `${REPORTS}?${new URLSearchParams({ limit: PER_PAGE, ...more })}`;
}

/** If the council's documents cannot be loaded, services are shown by their codes. */
async function loadContext(): Promise<ReportContext> {
  const [services, council] = await Promise.all([loadServices().catch(() => []), loadCouncil().catch(() => null)]);
  return { names: new Map(services.map((each) => [each.service_code, each.service_name])), zone: council?.time_zone };
}
