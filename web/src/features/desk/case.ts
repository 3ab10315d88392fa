/** The page of a case: all of a report, and the actions of officers. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, focusOn } from "../../shared/dom.ts";
import { parseReference } from "../../shared/reference.ts";
import { call } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { drawChange, startChange } from "./case-change.ts";
import { drawFacts, startFacts } from "./case-facts.ts";
import { drawGarden, startGarden } from "./case-garden.ts";
import { casePage, reloadCase } from "./current-case.ts";
import { drawJobs, startJobs } from "./case-jobs.ts";
import { drawDuplicate, drawNear, startNear } from "./case-duplicates.ts";
import { drawNeeds, startNeeds } from "./case-needs.ts";
import { drawOrder } from "./case-order.ts";
import { startPayment } from "./case-payment.ts";
import { drawPhotos } from "./case-photos.ts";
import { drawRemoval, startRemoval } from "./case-removal.ts";
import { drawTimeline, startTimeline } from "./case-timeline.ts";
import { openDesk } from "./desk.ts";
import type { Case, Template } from "./model.ts";
import { loadCrews, loadNames } from "./names.ts";

const queueAddress = document.referrer.startsWith(`${location.origin}/desk/?`) ? document.referrer : "/desk/";
byId<HTMLAnchorElement>("to-queue").href = queueAddress;

openDesk(open, async () => (casePage.shown ? reloadCase() : false));

async function open(): Promise<boolean> {
  const id = parseReference(new URLSearchParams(location.search).get("id") ?? "");
  if (!id) return fail("We can't find this case. Choose a case in the queue.");
  const [found, templates, names, crews, council] = await Promise.all([
    call<Case>("GET", `/api/cases/${id}`),
    call<{ items: Template[] }>("GET", "/api/desk/templates"),
    loadNames(),
    loadCrews(),
    loadCouncil().catch(() => null),
  ]);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  Object.assign(casePage, {
    shown: found.value,
    names,
    crews,
    zone: council?.time_zone,
    templates: templates.kind === "stored" ? templates.value.items : [],
    draw,
  });
  for (const start of [
    startFacts,
    startPayment,
    startGarden,
    startNeeds,
    startChange,
    startTimeline,
    startJobs,
    startNear,
    startRemoval,
  ])
    start();
  draw();
  return true;
}

function draw(): void {
  for (const part of [
    drawFacts,
    drawDuplicate,
    drawOrder,
    drawGarden,
    drawNeeds,
    drawPhotos,
    drawTimeline,
    drawJobs,
    drawNear,
    drawRemoval,
    drawChange,
  ])
    part();
}

function fail(text: string): false {
  showStatus(text);
  focusOn(byId("case-title"));
  return false;
}
