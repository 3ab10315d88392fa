/** My area: a place that is kept on this phone only, and what is around it. */
import { loadServices } from "../../shared/council.ts";
import { momentText } from "../../shared/dates.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { forgetArea, type MyArea, myArea, rememberArea } from "../../shared/places/my-area.ts";
import { placeText } from "../../shared/places/place-text.ts";
import { type Area, areaOf } from "./area.ts";
import { councillors, nearest, reports, roadworks } from "./parts.ts";

const PROBLEM = "Your area could not be loaded, and this phone has not kept it. Check your connection and try again";

type Chosen = Omit<MyArea, "ward">;

const where = document.querySelector<HTMLElement>('[data-view="where"]')!;
const around = document.querySelector<HTMLElement>('[data-view="area"]')!;
const asked = new AskPlace(where, ({ lat, long }, label) => void look({ lat, long, label }));

function present(section: HTMLElement): void {
  for (const each of [where, around]) show(each, each === section);
  scrollTo(0, 0);
  focusOn(section.querySelector("h1")!);
}

/** The place is remembered once it is known to be one of the council's. */
async function look(chosen: Chosen): Promise<void> {
  tell("Looking up your area…");
  try {
    const area = await areaOf(chosen);
    if (!area) return refuse(await outside());
    rememberArea({ ...chosen, ward: area.ward.value.ward.name });
    await draw(area, chosen);
    tell("");
    present(around);
  } catch {
    refuse(PROBLEM);
  }
}

/** Where the reader is, be it before a place is known or after. */
function tell(text: string): void {
  asked.say(text);
  byId("area-status").textContent = text;
}

function refuse(message: string): void {
  tell("");
  show(around, false);
  show(where);
  asked.refuse(message);
}

async function outside(): Promise<string> {
  const council = await asked.council();
  return `That place is outside the area of ${council?.name ?? "this council"}. Check it, or find its council at www.gov.uk/find-local-council`;
}

async function draw(area: Area, chosen: Chosen): Promise<void> {
  const { ward, council } = area;
  const services = await loadServices().catch(() => []);
  byId("area-heading").textContent = `Your ward: ${ward.value.ward.name}`;
  byId("area-place").textContent = chosen.label || placeText(chosen);
  const old = byId("area-old");
  show(old, ward.isOld);
  old.textContent = `You have no connection. This is what this phone knew on ${momentText(ward.at, council.time_zone)}.`;
  const parts = [councillors(area), nearest(area, chosen, chosen.label), roadworks(area), reports(area, chosen, services)];
  byId("area").replaceChildren(...parts.flat());
}

byId("change-area").addEventListener("click", () => present(where));
byId("forget-area").addEventListener("click", () => {
  forgetArea();
  present(where);
  asked.say("Your place is forgotten.");
});
document.addEventListener("submit", (event) => event.preventDefault());

const known = myArea();
show(known ? around : where);
if (known) void look(known);
