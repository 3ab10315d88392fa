/** My reports: those sent while signed in, and those sent with a confirmed address. */
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { actionButton, byId, element, show } from "../../shared/dom.ts";
import { call, faultsOf, whoIsSignedIn } from "../../shared/session.ts";
import type { OwnReport } from "./own-report.ts";
import { openPage, tell } from "./page.ts";
import { type Known, reportEntry } from "./report-entry.ts";
import { say } from "../../shared/say.ts";

interface OwnReports {
  items: OwnReport[];
  next: string | null;
}

const REPORTS = "/api/account/reports";
const PER_PAGE = "20";
const list = byId("reports");
const more = byId("reports-more");

void openPage<OwnReports>(`${REPORTS}?${new URLSearchParams({ limit: PER_PAGE })}`, (first) => void open(first));

async function open(first: OwnReports): Promise<void> {
  void greet();
  add(first, await known());
  if (!list.hasChildNodes()) {
    const report = element(
      "a",
      { class: "govuk-button", href: "/report/", role: "button", draggable: "false" },
      say("Report a problem"),
    );
    list.replaceChildren(element("p", {}, say("You have no reports yet.")), element("p", {}, report));
  }
}

function add(page: OwnReports, about: Known): void {
  list.append(...page.items.map((report) => reportEntry(report, about)));
  const onward = actionButton(say("Show more"), () => void further(page.next!, about));
  more.replaceChildren(...(page.next ? [onward] : []));
}

async function further(cursor: string, about: Known): Promise<void> {
  const page = await call<OwnReports>("GET", `${REPORTS}?${new URLSearchParams({ limit: PER_PAGE, cursor })}`);
  if (page.kind === "stored") add(page.value, about);
  else tell(faultsOf(page)[0]!.message);
}

/** If the council's documents cannot be loaded, services are shown by their codes. */
async function known(): Promise<Known> {
  const [services, council] = await Promise.all([loadServices().catch(() => []), loadCouncil().catch(() => null)]);
  return { names: new Map(services.map((each) => [each.service_code, each.service_name])), zone: council?.time_zone };
}

async function greet(): Promise<void> {
  const who = await whoIsSignedIn();
  if (who.kind !== "stored") return;
  const { name, roles } = who.value;
  byId("signed-in-as").textContent = name ? say("You are signed in as {name}.", { name }) : say("You are signed in.");
  show(byId("for-officers"), roles.includes("officer") || roles.includes("admin"));
  show(byId("for-admins"), roles.includes("admin"));
}
