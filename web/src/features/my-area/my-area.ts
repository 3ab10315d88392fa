/** My area: a place that is stored in this browser only, and information about its surroundings. */
import { loadCouncil, loadServices, type Service } from "../../shared/council.ts";
import { rememberedPremises } from "../../shared/collections/saved-address.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { type MyArea, myArea } from "../../shared/places/my-area.ts";
import { type Area, areaOf, WardsUnknownError } from "./area.ts";
import { nearestSection } from "./nearest.ts";
import { councillorSection, disruptionNotices, reportSection, roadworkSection } from "./parts.ts";
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
const askPlace = new AskPlace(where, ({ lat, long }, label) => void showArea({ lat, long, label }), myArea.read);

function openSection(section: HTMLElement): void {
  showSection(section);
  scrollTo(0, 0);
  focusOn(section.querySelector("h1")!);
}

function showSection(section: HTMLElement): void {
  for (const each of [where, around]) show(each, each === section);
  show(byId("keep-area"), myArea.read() !== null);
  document.title = `${section.querySelector("h1")!.textContent} – ${baseTitle}`;
}

/** Shows the area of a place. Stores the place once it is known to be in the council's area. */
async function showArea(chosen: Chosen): Promise<void> {
  const turn = ++turns;
  setStatus(say("Looking up your area…"));
  show(retry, false);
  try {
    const [council, area, services] = await Promise.all([
      loadCouncil(),
      areaOf(chosen),
      loadServices().catch(() => []),
    ]);
    if (turn !== turns) return;
    setStatus("");
    if (!area) {
      showSection(where);
      return await askPlace.refuseOutside(council, chosen);
    }
    myArea.write({ ...chosen, ward: area.ward.ward.name });
    showNames(chosen, area.ward.ward.name);
    showOtherWards(area.other_wards);
    byId<HTMLAnchorElement>("ward-alerts").href = `/alerts/?${new URLSearchParams({ ward: area.ward.ward.code })}`;
    show(byId("ward-choice"));
    drawArea(area, chosen, services);
    openSection(around);
  } catch (error) {
    if (turn !== turns) return;
    setStatus("");
    const problem = error instanceof WardsUnknownError ? UNKNOWN : PROBLEM;
    if (around.hidden) refusePlace(problem);
    else offerRetry(problem);
  }
}

/** Shows the message in both views, because either can be visible. */
function setStatus(text: string): void {
  askPlace.showStatus(text);
  status.textContent = text;
}

function refusePlace(message: string): void {
  showSection(where);
  askPlace.refuse(message);
}

/** Shows the problem and a button to try again; the stored place stays. */
function offerRetry(problem: string): void {
  status.textContent = `${problem}.`;
  show(retry);
  openSection(around);
}

function showNames(chosen: Chosen, ward: string): void {
  byId("area-heading").textContent = say("Your ward: {ward}", { ward });
  byId("area-place").textContent = chosen.label || say("The location that you chose");
}

/** A postcode at the boundary of wards does not say in which of them its address is. */
function showOtherWards(names: string[]): void {
  const box = byId("other-wards");
  show(box, names.length > 0);
  if (!names.length) return;
  const others = names.join(", ");
  byId("area-heading").textContent = say("Your ward is one of these");
  byId("other-wards-text").textContent = say(
    "This postcode is at the edge of wards. Your address is in {ward}, which is shown here, or in {others}.",
    { ward: myArea.read()!.ward, others },
  );
}

function drawArea(area: Area, chosen: Chosen, services: Service[]): void {
  const parts = [
    disruptionNotices(area),
    councillorSection(area),
    roadworkSection(area),
    reportSection(area, chosen, services),
    nearestSection(chosen, area.council),
  ];
  byId("area").replaceChildren(...parts.flat());
}

function showRemembered(): void {
  const known = myArea.read();
  if (!known) return showSection(where);
  showNames(known, known.ward);
  showSection(around);
  void showArea(known);
}

/** Asks for another place, and ignores searches that are still running. */
function askForPlace(): void {
  turns++;
  setStatus("");
  openSection(where);
}

byId("change-area").addEventListener("click", askForPlace);
byId("give-address").addEventListener("click", askForPlace);
byId("keep-area").addEventListener("click", (event) => {
  event.preventDefault();
  askPlace.closeMap();
  clearErrors(where);
  if (byId("area").hasChildNodes()) openSection(around);
  else showRemembered();
});
byId("forget-area").addEventListener("click", () => {
  myArea.forget();
  askForPlace();
  askPlace.showStatus(say("Location cleared."));
});
retry.addEventListener("click", showRemembered);
document.addEventListener("submit", (event) => event.preventDefault());

showRemembered();
// What the line about bins needs is loaded only where an address is remembered.
if (rememberedPremises.read())
  void import("../../shared/collections/next-bins.ts")
    .then(({ showNextBins }) => showNextBins(byId("next-bins")))
    .catch(() => undefined);
