/** The map of the step that asks for the place. It is loaded at once, except over slow connections. */
import { loadCouncil, centreOf } from "../../shared/council.ts";
import { byId, show } from "../../shared/dom.ts";
import type { PlaceMap } from "../../shared/places/place-map.ts";
import type { Position } from "../../shared/places/position.ts";
import type { Place } from "../../shared/reports.ts";
import { say } from "../../shared/say.ts";

const FAILED = say(
  "We could not load the map. You can search for a street, use your location or describe the location.",
);
const SLOW = say("The map is not loaded, to save data.");

export interface LocationMap {
  /** Each time the step is shown. */
  open(): Promise<void>;
  show(place: Place): void;
  ring(position: Position): void;
  /** The number of the nearest house in that street; an empty string if the map is not loaded or knows none. */
  numberAt(place: Place, street: string): Promise<string>;
  /** The house that the words of a found street name, such as "4 Market Place"; null if they name none, or the map is
   * not loaded or does not know it. */
  houseOf(street: Place, label: string, words: string): Promise<Place | null>;
}

/** Not in TypeScript's own library, because only some browsers have it. */
interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

export function createLocationMap(currentPlace: () => Place | null, onMoved: (place: Place) => void): LocationMap {
  const opener = byId("show-map");
  let map: PlaceMap | null = null;
  let position: Position | null = null;
  let isLoading = false;

  function showNote(text: string, canOpen = false): void {
    byId("place-map-note").textContent = text;
    show(opener, canOpen);
    show(byId("place-map-cover"), text !== "");
  }

  function drawRing(): void {
    if (position) map?.ring(position, position.accuracy_m);
  }

  async function load(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    showNote(say("Loading the map…"));
    try {
      const [council, { createPlaceMap }] = await Promise.all([
        loadCouncil(),
        import("../../shared/places/place-map.ts"),
      ]);
      map = createPlaceMap(byId("place-map-canvas"), council, currentPlace(), centreOf(council), onMoved);
      drawRing();
      showNote("");
      const isDrawn = await map.drawBasemap();
      byId("place-map-missing").textContent = isDrawn
        ? ""
        : say("The street map is not available at the moment. You can still put a pin on a blank map.");
    } catch {
      showNote(FAILED, true);
    } finally {
      isLoading = false;
    }
  }

  opener.addEventListener("click", () => void load());
  return {
    async open() {
      const place = currentPlace();
      if (map && place) map.show(place);
      else if (!map && isSlow()) showNote(SLOW, true);
      else if (!map) await load();
    },
    show: (place) => map?.show(place),
    async numberAt(place, street) {
      if (!map) return "";
      const [council, houses] = await Promise.all([loadCouncil(), import("../../shared/basemap-houses.ts")]);
      return houses.houseNumberAt(council, place, street).catch(() => "");
    },
    async houseOf(street, label, words) {
      if (!map || words === label || !words.endsWith(label)) return null;
      const number = words.slice(0, -label.length).trim();
      const [council, houses] = await Promise.all([loadCouncil(), import("../../shared/basemap-houses.ts")]);
      return houses.houseAt(council, number, label.split(",")[0]!, street).catch(() => null);
    },
    ring(found) {
      position = found;
      drawRing();
    },
  };
}

function isSlow(): boolean {
  const { saveData, effectiveType } = (navigator as { connection?: Connection }).connection ?? {};
  return saveData === true || effectiveType === "slow-2g" || effectiveType === "2g";
}
