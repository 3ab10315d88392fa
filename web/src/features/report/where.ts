/** Step 1: the place, from the phone's position or from a map. */
import { type Council, isInside, loadCouncil, middleOf } from "../../shared/council.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import type { Place } from "../../shared/reports.ts";
import { changeDraft, currentDraft, placeOf } from "./draft.ts";
import { findPosition } from "./position.ts";
import { placeText } from "./place-text.ts";
import type { PlaceMap } from "./place-map.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("where");
const address = byId<HTMLInputElement>("address");
const status = byId("where-status");
const mapBox = byId("place-map");
const opener = byId("choose-on-map");
let map: PlaceMap | null = null;

export function startWhere(onward: () => void): void {
  byId("use-location").addEventListener("click", () => void useLocation());
  opener.addEventListener("click", () => void openMap());
  byId("pin-middle").addEventListener("click", () => map?.pinMiddle());
  byId("use-place").addEventListener("click", () => void usePinned());
  address.addEventListener("input", () => changeDraft({ address: address.value }));
  section.querySelector("form")!.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(section);
    if (placeOf(currentDraft())) onward();
    else refuse("Choose where the problem is: use your location, or choose on a map");
  });
}

export function enterWhere(): void {
  address.value = currentDraft().address;
  describePlace();
}

function refuse(message: string): void {
  status.textContent = "";
  showErrors(section, [{ field: map ? "use-place" : "use-location", message }]);
}

function describePlace(): void {
  const place = placeOf(currentDraft());
  show(byId("place"), place !== null);
  if (place) byId("place-words").textContent = placeText(place);
}

async function useLocation(): Promise<void> {
  clearErrors(section);
  status.textContent = "Finding where you are…";
  const found = await findPosition();
  if ("problem" in found) return refuse(found.problem);
  const council = await knownCouncil();
  if (!council) return;
  if (isInside(council, found)) accept(found);
  else refuse(`You seem to be outside the area of ${council.name}. Choose the place on a map instead`);
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
    show(mapBox, false);
    opener.setAttribute("aria-expanded", "false");
    refuse("The map could not be loaded. Check your connection and try again, or use your location");
  }
}

function showMap(): void {
  show(mapBox);
  opener.setAttribute("aria-expanded", "true");
  mapBox.scrollIntoView({ block: "nearest" });
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

function accept({ lat, long }: Place): void {
  changeDraft({ lat, long });
  status.textContent = "";
  show(mapBox, false);
  opener.setAttribute("aria-expanded", "false");
  describePlace();
  focusOn(byId("place"));
}

async function knownCouncil(): Promise<Council | null> {
  return loadCouncil().catch(() => {
    refuse("We could not reach the service. Check your connection and try again");
    return null;
  });
}
