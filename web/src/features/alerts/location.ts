/** The step that asks for the location and the radius. */
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { myArea } from "../../shared/places/my-area.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Place } from "../../shared/reports.ts";
import { staticMap } from "../../shared/static-map.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { goTo, sectionOf } from "./steps.ts";
import { distanceWords, RADII_M } from "./words.ts";
import { say } from "../../shared/say.ts";

const section = sectionOf("where");
const radius = byId<HTMLSelectElement>("topic-radius_m");
const askPlace = new AskPlace(section, choosePlace, () => currentDraft().place);

radius.replaceChildren(...RADII_M.map((each) => element("option", { value: String(each) }, distanceWords(each))));
radius.addEventListener("change", () => {
  changeDraft({ radius_m: Number(radius.value) });
  drawArea();
});
byId("whole").addEventListener("click", () => {
  changeDraft({ place: null, place_label: "" });
  showPlace();
  focusOn(byId("place"));
});
section.querySelector("form")!.addEventListener("submit", () => void submitStep());

async function submitStep(): Promise<void> {
  clearErrors(section);
  if (!(await askPlace.takeTyped())) return;
  if (currentDraft().kind === "area" && !currentDraft().place)
    askPlace.refuse(say("Give the location: search for a street, use your location, or choose on a map"));
  else goTo("when");
}

export function enter(): void {
  showPlace();
  const area = myArea.read();
  const known = area ? [nearButton(area.label || say("My area"), area)] : [];
  byId("known-places").replaceChildren(...known);
  void import("./saved-places.ts")
    .then(({ savedPlaces }) => savedPlaces())
    .then(
      (places) => {
        byId("known-places").replaceChildren(...known, ...places.map((each) => nearButton(each.label, each)));
      },
      () => undefined,
    );
}

function nearButton(label: string, place: Place): HTMLElement {
  return actionButton(say("Near {place}", { place: label }), () =>
    askPlace.accept({ lat: place.lat, long: place.long }, label),
  );
}

function choosePlace(place: Place, place_label: string): void {
  changeDraft({ place, place_label });
  showPlace();
  focusOn(byId("place"));
}

function showPlace(): void {
  const { kind, place, place_label, radius_m } = currentDraft();
  const mayBeWhole = kind !== "area";
  byId("place").textContent = place
    ? [place_label, placeText(place)].filter(Boolean).join("\n")
    : say("Anywhere in the council’s area. To get fewer alerts, choose a location.");
  show(byId("place"), place !== null || mayBeWhole);
  show(byId("whole-choice"), place !== null && mayBeWhole);
  show(byId("radius-group"), place !== null);
  radius.value = String(radius_m);
  drawArea();
}

function drawArea(): void {
  const { place, place_label, radius_m } = currentDraft();
  const label = say("{place}, {distance} away", {
    place: place_label || say("the location"),
    distance: distanceWords(radius_m),
  });
  byId("area-picture").replaceChildren(...(place ? staticMap({ ...place, label, radius_m }) : []));
}
