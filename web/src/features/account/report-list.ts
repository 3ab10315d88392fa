/** Lists the own reports on a page, or some of them. */
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { actionButton, byId } from "../../shared/dom.ts";
import { call, errorsOf } from "../../shared/session.ts";
import type { OwnReport } from "./own-report.ts";
import { openPage, tell } from "./page.ts";
import { say } from "../../shared/say.ts";

/** The names of services, and the council's time zone. */
export interface Known {
  names: Map<string, string>;
  zone: string | undefined;
}

interface OwnReports {
  items: OwnReport[];
  next: string | null;
}

interface Shown {
  /** The entry of a report; null if the page leaves the report out. */
  entry: (report: OwnReport, about: Known) => HTMLElement | null;
  /** What stands there without any entry. */
  nothing: () => HTMLElement[];
  /** Called once the page is open. */
  opened?: () => Promise<void>;
}

const REPORTS = "/api/account/reports";
const PER_PAGE = "20";
const list = byId("reports");
const more = byId("reports-more");

export function openReports(shown: Shown): void {
  void openPage<OwnReports>(addressOf({}), (first) => void begin(first, shown));
}

async function begin(first: OwnReports, shown: Shown): Promise<void> {
  void shown.opened?.();
  await add(first, shown, await known());
  if (!list.hasChildNodes() && !more.hasChildNodes()) list.replaceChildren(...shown.nothing());
}

/** Goes on by itself until a page has something to show. */
async function add(page: OwnReports, shown: Shown, about: Known): Promise<void> {
  const entries = page.items.flatMap((report) => shown.entry(report, about) ?? []);
  const next = page.next;
  list.append(...entries);
  if (next && !entries.length) return further(next, shown, about);
  more.replaceChildren(...(next ? [furtherButton(next, shown, about)] : []));
}

async function further(cursor: string, shown: Shown, about: Known): Promise<void> {
  const page = await call<OwnReports>("GET", addressOf({ cursor }));
  if (page.kind === "stored") return add(page.value, shown, about);
  more.replaceChildren(furtherButton(cursor, shown, about));
  tell(errorsOf(page)[0]!.message);
}

function furtherButton(cursor: string, shown: Shown, about: Known): HTMLElement {
  return actionButton(say("Show more"), () => void further(cursor, shown, about));
}

function addressOf(more: Record<string, string>): string {
  return `${REPORTS}?${new URLSearchParams({ limit: PER_PAGE, ...more })}`;
}

/** If the council's documents cannot be loaded, services are shown by their codes. */
async function known(): Promise<Known> {
  const [services, council] = await Promise.all([loadServices().catch(() => []), loadCouncil().catch(() => null)]);
  return { names: new Map(services.map((each) => [each.service_code, each.service_name])), zone: council?.time_zone };
}
