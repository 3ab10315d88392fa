/** My area: a place that is stored in this browser only, and information about its surroundings. */
import { loadCouncil, loadServices, type Service } from "../../shared/council.ts";
import { rememberedPremises } from "../../shared/collections/remembered.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { type MyArea, myArea } from "../../shared/places/my-area.ts";
import { type Area, areaOf, WardsUnknown } from "./area.ts";
import { nearest } from "./nearest.ts";
import { councillors, disrupted, reports, roadworks } from "./parts.ts";
import { say } from "../../shared/say.ts";

const PROBLEM = say("We could not load your area, and there is no saved copy. Check your connection and try again");
const UNKNOWN = say("The wards of the council are not available yet. Try again in a few minutes");

type Chosen = Omit<MyArea, "ward">;

const baseTitle = document.title;
const where = document.querySelector<HTMLElement>('[data-view="where"]')!;
const around = document.querySelector<HTMLElement>('[data-view="area"]')!;
const status = byId("area-status");
const retry = byId("try-again");
let turns = 0;
const asked = new AskPlace(where, ({ lat, long }, label) => void look({ lat, long, label }), myArea.read);

function present(section: HTMLElement): void {
  reveal(section);
  scrollTo(0, 0);
  focusOn(section.querySelector("h1")!);
}

function reveal(section: HTMLElement): void {
  for (const each of [where, around]) show(each, each === section);
  show(byId("keep-area"), myArea.read() !== null);
  document.title = `${section.querySelector("h1")!.textContent} – ${baseTitle}`;
}

/** Shows the area of a place. Stores the place once it is known to be in the council's area. */
async function look(chosen: Chosen): Promise<void> {
  const turn = ++turns;
  tell(say("Looking up your area…"));
  show(retry, false);
  try {
    const [council, area, services] = await Promise.all([
      loadCouncil(),
      areaOf(chosen),
      loadServices().catch(() => []),
    ]);
    if (turn !== turns) return;
    tell("");
    if (!area) {
      reveal(where);
      return await asked.refuseOutside(council, chosen);
    }
    myArea.write({ ...chosen, ward: area.ward.ward.name });
    name(chosen, area.ward.ward.name);
    byId<HTMLAnchorElement>("ward-alerts").href = `/alerts/?${new URLSearchParams({ ward: area.ward.ward.code })}`;
    show(byId("ward-choice"));
    draw(area, chosen, services);
    present(around);
  } catch (error) {
    if (turn !== turns) return;
    tell("");
    const problem = error instanceof WardsUnknown ? UNKNOWN : PROBLEM;
    if (around.hidden) refuse(problem);
    else offerRetry(problem);
  }
}

/** Shows the message in both views, because either can be visible. */
function tell(text: string): void {
  asked.showStatus(text);
  status.textContent = text;
}

function refuse(message: string): void {
  reveal(where);
  asked.refuse(message);
}

/** Shows the problem and a button to try again; the stored place stays. */
function offerRetry(problem: string): void {
  status.textContent = `${problem}.`;
  show(retry);
  present(around);
}

function name(chosen: Chosen, ward: string): void {
  byId("area-heading").textContent = say("Your ward: {ward}", { ward });
  byId("area-place").textContent = chosen.label || say("The location that you chose");
}

function draw(area: Area, chosen: Chosen, services: Service[]): void {
  const parts = [
    disrupted(area),
    councillors(area),
    roadworks(area),
    reports(area, chosen, services),
    nearest(chosen, area.council),
  ];
  byId("area").replaceChildren(...parts.flat());
}

function lookAtRemembered(): void {
  const known = myArea.read();
  if (!known) return reveal(where);
  name(known, known.ward);
  reveal(around);
  void look(known);
}

/** Asks for another place, and ignores searches that are still running. */
function askAnew(): void {
  turns++;
  tell("");
  present(where);
}

byId("change-area").addEventListener("click", askAnew);
byId("keep-area").addEventListener("click", (event) => {
  event.preventDefault();
  asked.closeMap();
  clearErrors(where);
  if (byId("area").hasChildNodes()) present(around);
  else lookAtRemembered();
});
byId("forget-area").addEventListener("click", () => {
  myArea.forget();
  askAnew();
  asked.showStatus(say("Location cleared."));
});
retry.addEventListener("click", lookAtRemembered);
document.addEventListener("submit", (event) => event.preventDefault());

lookAtRemembered();
// What the line about bins needs is loaded only where an address is remembered.
if (rememberedPremises.read())
  void import("../../shared/collections/next-bins.ts")
    .then(({ showNextBins }) => showNextBins(byId("next-bins")))
    .catch(() => undefined);
