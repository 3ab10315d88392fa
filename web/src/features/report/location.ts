/** The step that asks for the place: a pin that a search, the phone, a photo or the map moves, or a description. */
import { type Council, isInside, loadCouncil } from "../../shared/council.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { startPlaceBox, takeTypedPlace } from "../../shared/places/place-box.ts";
import { placeText } from "../../shared/places/place-text.ts";
import { findPosition } from "../../shared/places/position.ts";
import type { Place } from "../../shared/reports.ts";
import {
  changeDraft,
  currentDraft,
  lastingSuggestion,
  movePin,
  setNearestHouse,
  placeOf,
  proposePin,
  suggestStreet,
} from "./draft.ts";
import type { LocationMap } from "./location-map.ts";
import { sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

/** A position known less well than this is no place for a pin. */
const EXACT_M = 150;
const NO_PIN = say("Search, use your location, or tap the map to put a pin on the problem.");

const section = sectionOf("where");
const address = byId<HTMLTextAreaElement>("address");
const status = byId("where-status");
const words = byId("place-words");
const descriptionButton = byId("use-description");
const photo = byId<HTMLInputElement>("place-photo");
/** Counts the resident's choices, so that a position that arrives late does not replace a later choice. */
let choices = 0;
let map: LocationMap | null = null;
/** How exactly the phone knew the place of the pin, until the pin is moved. */
let accuracy_m: number | null = null;

export function start(onward: () => Promise<void>): void {
  startPlaceBox(async (place, label, words) => {
    accept(place, label, words);
    // The search knows the middle of a street; the map knows where its houses are.
    const house = await map?.houseOf(place, label, words);
    if (house && isStillAt(place)) accept(house, words, words);
  });
  byId("use-location").addEventListener("click", () => void locate());
  byId("use-photo").addEventListener("click", () => photo.click());
  photo.addEventListener("change", () => {
    const file = photo.files?.[0];
    photo.value = "";
    if (file) void offerPhoto(file);
  });
  descriptionButton.addEventListener("click", () => (currentDraft().in_words ? useMap() : useWords()));
  address.addEventListener("input", () => changeDraft({ address: address.value }));
  section.querySelector("form")!.addEventListener("submit", () => void submitStep(onward));
}

export async function enter(): Promise<void> {
  describePlace();
  void openMap();
  if (placeOf(currentDraft())) await suggestNearestStreet();
  else if (!currentDraft().in_words && (await mayLocate())) void proposeLocation();
}

async function submitStep(onward: () => Promise<void>): Promise<void> {
  clearErrors(section);
  const untaken = currentDraft().in_words ? null : await takeTypedPlace();
  if (untaken) return refuse(untaken);
  const message = findProblem();
  if (message) return refuse(message, currentDraft().in_words ? "address" : "place-search");
  if (await refuseIfOutside()) return;
  choices++;
  changeDraft({ address: address.value });
  status.textContent = "";
  await onward();
}

function refuse(message: string, field = "place-search"): void {
  status.textContent = "";
  showErrors(section, [{ field, message }]);
}

/** Whether the place is outside the council's area; if so, the page says it. On any failure, the server decides. */
async function refuseIfOutside(): Promise<boolean> {
  const place = placeOf(currentDraft());
  if (!place) return false;
  const message = await outsideProblemOf(place);
  if (!message || !isStillAt(place)) return false;
  refuse(message);
  return true;
}

function outsideProblemOf(place: Place): Promise<string | null> {
  return import("./outside-problem.ts").then(({ outsideProblem }) => outsideProblem(place)).catch(() => null);
}

function isStillAt({ lat, long }: Place): boolean {
  const now = placeOf(currentDraft());
  return now?.lat === lat && now.long === long;
}

function findProblem(): string | null {
  const draft = currentDraft();
  if (draft.in_words) return draft.address.trim() ? null : say("Describe the location");
  return placeOf(draft)
    ? null
    : say("Give the location: search for a street, use your location, or put a pin on the map");
}

/** Shows the place in words, and the question about it. */
function describePlace(): void {
  const draft = currentDraft();
  address.value = draft.address;
  const text = placeWords();
  // An unchanged text is not announced again.
  if (words.textContent !== text) words.textContent = text;
  // A street is shown in its middle, a house where it is.
  show(byId("place-middle"), /^\D/.test(draft.place_label) && !draft.asset);
  show(byId("where-place"), !draft.in_words);
  show(byId("description-note"), draft.in_words);
  descriptionButton.textContent = draft.in_words ? say("Use a map instead") : say("Describe the location instead");
  byId("address-label").textContent = draft.in_words
    ? say("Describe the location, for example 'footpath behind the library, by the second bench'")
    : say("Nearest house number, street or landmark (optional)");
  address.rows = draft.in_words ? 4 : 1;
}

function placeWords(): string {
  const { place_label, suggested_address, nearest_house } = currentDraft();
  const place = placeOf(currentDraft());
  if (!place) return NO_PIN;
  const nearest = nearest_house || suggested_address;
  const where = place_label || (nearest && say("Near {place}", { place: nearest })) || placeText(place);
  if (accuracy_m === null) return where;
  return `${where}\n${say("Accurate to about {distance}", { distance: metres(accuracy_m) })}`;
}

function metres(accuracy: number): string {
  return accuracy < 950
    ? say("{metres} metres", { metres: Math.max(5, Math.round(accuracy / 5) * 5) })
    : `${Math.round(accuracy / 1000)} km`;
}

/** Keeps the suggested street, and the nearest house, in step with the pin. */
async function suggestNearestStreet(): Promise<void> {
  const place = placeOf(currentDraft());
  if (!place || currentDraft().place_label) return;
  const street = await import("../../shared/places/streets.ts").then(({ streetAt }) => streetAt(place)).catch(() => "");
  if (!isStillAt(place)) return;
  suggestStreet(street, document.activeElement === address);
  describePlace();
  if (street) await findHouse(place, street);
}

/** Comes after the street, which fills the address and must not wait while the resident begins to type. */
async function findHouse(place: Place, street: string): Promise<void> {
  const number = await map?.numberAt(place, street);
  if (!number || !isStillAt(place)) return;
  setNearestHouse(`${number} ${street}`, document.activeElement === address);
  describePlace();
}

function useWords(): void {
  clearErrors(section);
  choices++;
  changeDraft({ lat: undefined, long: undefined, place_label: "", in_words: true });
  describePlace();
  focusOn(address);
}

function useMap(): void {
  clearErrors(section);
  changeDraft({ in_words: false });
  describePlace();
}

/** Whether the phone's location can be used without a question to the resident. */
async function mayLocate(): Promise<boolean> {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return permission?.state === "granted";
}

/** Puts the pin at the phone's position. */
async function locate(): Promise<void> {
  clearErrors(section);
  const choice = ++choices;
  status.textContent = say("Finding your location…");
  const [found, council] = await Promise.all([findPosition(), loadCouncil().catch(() => null)]);
  if (choice !== choices) return;
  status.textContent = "";
  if ("problem" in found) return refuse(found.problem);
  const { accuracy_m: accuracy, ...place } = found;
  if (council && !isInside(council, place)) return refuseOutside(council, place);
  map?.ring(found);
  if (accuracy > EXACT_M) {
    status.textContent = say(
      "Your phone only knows its location to within {distance}. Tap the map to put a pin on the problem, or search for a street.",
      { distance: metres(accuracy) },
    );
  } else accept(place, "", "", accuracy);
}

/** As `locate`, but unasked: problems with the position are not mentioned, and nothing moves. */
async function proposeLocation(): Promise<void> {
  const choice = ++choices;
  const [found, council] = await Promise.all([findPosition(), loadCouncil().catch(() => null)]);
  if ("problem" in found || (council && !isInside(council, found)) || (await outsideProblemOf(found))) return;
  if (choice !== choices) return;
  map?.ring(found);
  if (found.accuracy_m > EXACT_M) return;
  accuracy_m = found.accuracy_m;
  proposePin(found);
  map?.show(found);
  updatePlace();
}

async function refuseOutside(council: Council, place: Place): Promise<void> {
  const { outsideText } = await import("../../shared/places/outside.ts");
  refuse(outsideText(council, place));
}

/** Adds a photo. Asks before it uses the photo's place, because it may have been taken somewhere else. */
export async function offerPhoto(file: File): Promise<void> {
  clearErrors(section);
  const module = await import("./place-photo.ts").catch(() => null);
  if (!module) return refuse(NO_PIN);
  await module.offerPlaceOf(file, status, byId("photo-offer"), { use: accept, refuse });
}

function accept(place: Place, label = "", suggested = "", accuracy: number | null = null): void {
  clearErrors(section);
  status.textContent = "";
  map?.show(place);
  setPlace(place, label, suggested, accuracy);
  byId("place").focus({ preventScroll: true });
  byId("where-place").scrollIntoView({ block: "nearest" });
}

function setPlace(place: Place, label: string, suggested: string, accuracy: number | null): void {
  choices++;
  accuracy_m = accuracy;
  movePin(place, label, suggested);
  updatePlace();
}

function updatePlace(): void {
  void suggestNearestStreet();
  describePlace();
  void refuseIfOutside();
}

/** Loads the map, which has a module of its own because most of the step does without it. */
async function openMap(): Promise<void> {
  const place = () => placeOf(currentDraft());
  const module = await import("./location-map.ts").catch(() => null);
  map ??=
    module &&
    module.createLocationMap(place, (moved) => {
      clearErrors(section);
      setPlace(moved, "", lastingSuggestion(), null);
    });
  await map?.open();
  await suggestNearestStreet();
}
