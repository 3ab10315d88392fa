/** A facility's page: ?id=<facility_id>. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import { type Facility, findFacility } from "../../shared/places/facilities.ts";
import { faultNote } from "../../shared/places/facility-entry.ts";
import { openReportsOf } from "../../shared/places/open-reports.ts";
import { factsOf, locationSection, reportLink } from "./details.ts";
import { say } from "../../shared/say.ts";

const ABSENT = say("It may have closed, or the link may be incomplete. ");
const PROBLEM = say(
  "We could not load this place, and there is no saved copy. Check your connection and reload the page.",
);

const status = byId("facility-status");
const box = byId("facility");
const back = byId<HTMLAnchorElement>("back");

function showName(title: string): void {
  byId("facility-name").textContent = title;
  document.title = `${title} – ${document.title}`;
}

async function start(): Promise<void> {
  status.textContent = say("Loading…");
  const id = new URL(location.href).searchParams.get("id") ?? "";
  const [council, found] = await Promise.all([loadCouncil(), findFacility(id)]);
  if (!found) {
    showName(say("We can't find this place"));
    return status.replaceChildren(ABSENT, element("a", { href: "/nearest/" }, say("Find the nearest")));
  }
  const { facility, of } = found;
  // Before the rest is shown, which would move when the fault comes above it.
  const fault = of.service_code ? await openFaultOf(facility, of.service_code) : undefined;
  status.textContent = "";
  showName(facility.name);
  box.replaceChildren(
    element("p", { class: "app-lead" }, of.label),
    ...(fault ? [faultNote(fault)] : []),
    factsOf(facility, council),
    ...locationSection(facility),
    ...reportLink(facility, of),
    element("p", { class: "app-muted" }, of.attribution ?? ""),
  );
}

async function openFaultOf(facility: Facility, serviceCode: string): Promise<string | undefined> {
  const reports = await openReportsOf([facility], serviceCode).catch(() => null);
  return reports?.get(facility.facility_id);
}

back.addEventListener("click", (event) => {
  if (!document.referrer.startsWith(location.origin) || history.length < 2) return;
  event.preventDefault();
  history.back();
});
start().catch(() => (status.textContent = PROBLEM));
