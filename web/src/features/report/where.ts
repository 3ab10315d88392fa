/** The place: by postcode or street, from the phone, a photo or a map, or in words alone. */
import { type Council, isInside, loadCouncil, middleOf } from "../../shared/council.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import type { Place } from "../../shared/reports.ts";
import { changeDraft, currentDraft, movePin, placeOf } from "./draft.ts";
import { startPlaceSearch } from "./place-search.ts";
import { findPosition } from "./position.ts";
import { placeText } from "./place-text.ts";
import type { PlaceMap } from "./place-map.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("where");
const address = byId<HTMLTextAreaElement>("address");
const status = byId("where-status");
const mapBox = byId("place-map");
const opener = byId("choose-on-map");
const inWords = byId("use-words");
const photo = byId<HTMLInputElement>("place-photo");
let map: PlaceMap | null = null;

export function start(onward: () => Promise<void>): void {
  startPlaceSearch((place, label, words) => {
    clearErrors(section);
    accept(place, label, words);
  });
  byId("use-location").addEventListener("click", () => void useLocation());
  opener.addEventListener("click", () => void openMap());
  byId("pin-middle").addEventListener("click", () => map?.pinMiddle());
  byId("use-place").addEventListener("click", () => void usePinned());
  byId("use-photo").addEventListener("click", () => photo.click());
  photo.addEventListener("change", () => void offerPhotosPlace());
  inWords.addEventListener("click", useWords);
  address.addEventListener("input", () => changeDraft({ address: address.value }));
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const message = problem();
    if (!message) void onward();
    else if (currentDraft().in_words) showErrors(section, [{ field: "address", message }]);
    else refuse(message);
  });
}

export const enter = describePlace;

function problem(): string | null {
  const draft = currentDraft();
  if (draft.in_words) return draft.address.trim() ? null : "Describe where the problem is";
  return placeOf(draft) ? null : "Say where the problem is: search for a street, use your location, or choose another way";
}

function refuse(message: string): void {
  status.textContent = "";
  showErrors(section, [{ field: mapBox.hidden ? "place-search" : "use-place", message }]);
}

/** Shows the place, and what is asked about it. */
function describePlace(): void {
  const draft = currentDraft();
  const place = placeOf(draft);
  address.value = draft.address;
  show(byId("place"), place !== null);
  if (place) byId("place-words").textContent = [draft.place_label, placeText(place)].filter(Boolean).join("\n");
  show(byId("place-middle"), draft.place_label !== "");
  show(byId("words-note"), draft.in_words);
  inWords.setAttribute("aria-pressed", String(draft.in_words));
  byId("address-label").textContent = draft.in_words
    ? "Where is it? Describe it so that somebody else would find it"
    : "Nearest house number, street or landmark (optional)";
  address.rows = draft.in_words ? 4 : 1;
}

async function useLocation(): Promise<void> {
  clearErrors(section);
  status.textContent = "Finding where you are…";
  const found = await findPosition();
  if ("problem" in found) return refuse(found.problem);
  const council = await knownCouncil();
  if (!council) return;
  if (isInside(council, found)) accept(found);
  else refuse(`You seem to be outside the area of ${council.name}. Choose the place in another way instead`);
}

function useWords(): void {
  clearErrors(section);
  changeDraft({ lat: undefined, long: undefined, place_label: "", in_words: true });
  closeMap();
  describePlace();
  focusOn(address);
}

/** A photo only ever offers its place: it may have been taken somewhere else. */
async function offerPhotosPlace(): Promise<void> {
  const file = photo.files?.[0];
  if (!file) return;
  clearErrors(section);
  status.textContent = "Looking at the photo…";
  const council = await knownCouncil();
  if (!council) return;
  try {
    const { offerPlaceOf } = await import("./place-photo.ts");
    status.textContent = await offerPlaceOf(file, council, byId("photo-offer"), (place) => accept(place));
  } catch {
    refuse("The photo could not be read. Choose the place in another way");
  } finally {
    photo.value = "";
  }
}

async function openMap(): Promise<void> {
  clearErrors(section);
  if (map) return showMap();
  status.textContent = "Loading the map…";
  const council = await knownCouncil();
  if (!council) return;
  try {
    const { createPlaceMap } = await import("./place-map.ts");
    showMap();
    const place = placeOf(currentDraft());
    map ??= createPlaceMap(byId("place-map-canvas"), council, place ?? middleOf(council), place !== null);
    status.textContent = "";
    if (!(await map.drawGround())) status.textContent = "The street map is missing just now. You can still put a pin on plain ground.";
  } catch {
    closeMap();
    refuse("The map could not be loaded. Check your connection and try again, or choose another way");
  }
}

function showMap(): void {
  show(mapBox);
  opener.setAttribute("aria-expanded", "true");
  const place = placeOf(currentDraft());
  if (place) map?.pin(place);
  mapBox.scrollIntoView({ block: "nearest" });
}

function closeMap(): void {
  show(mapBox, false);
  opener.setAttribute("aria-expanded", "false");
}

async function usePinned(): Promise<void> {
  clearErrors(section);
  const pinned = map?.pinned();
  const council = await knownCouncil();
  if (!council) return;
  if (!pinned) refuse("Put a pin on the map first");
  else if (!isInside(council, pinned)) refuse(`That place is outside the area of ${council.name}. Move the pin`);
  else accept(pinned);
}

function accept(place: Place, label?: string, address?: string): void {
  movePin(place, label, address);
  status.textContent = "";
  closeMap();
  describePlace();
  focusOn(byId("place"));
}

async function knownCouncil(): Promise<Council | null> {
  return loadCouncil().catch(() => {
    refuse("We could not reach the service. Check your connection and try again");
    return null;
  });
}
