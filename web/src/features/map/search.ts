/** Moves the map to a place that was searched for, or to the phone's position. */
import { byId } from "../../shared/dom.ts";
import { startPlaceBox } from "../../shared/places/place-box.ts";
import { findPosition } from "../../shared/places/position.ts";
import type { Place } from "../../shared/reports.ts";
import { say } from "../../shared/say.ts";

const status = byId("go-to-status");

/** `show` returns whether the map can show that place. */
export function startSearch(show: (place: Place) => boolean): void {
  const showPlace = (place: Place) => {
    status.textContent = show(place) ? "" : say("This location is outside the area of the map.");
  };
  byId("go-to").addEventListener("submit", (event) => event.preventDefault());
  startPlaceBox(showPlace);
  byId("use-location").addEventListener("click", () => void locate(showPlace));
}

async function locate(look: (place: Place) => void): Promise<void> {
  status.textContent = say("Finding your location…");
  const found = await findPosition();
  if ("problem" in found) status.textContent = `${found.problem}.`;
  else look(found);
}
