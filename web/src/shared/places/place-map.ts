/**
 * A map with a pin in its middle for the location of a problem. Dragging the map, dragging the pin, a tap, and the
 * arrow keys move the pin. Zoomed out, the map moves without the pin, because a place would not be exact.
 */
import * as L from "leaflet";
import { createMap, drawBasemap } from "../basemap.ts";
import type { Council } from "../council.ts";
import type { Place } from "../reports.ts";

const PIN =
  '<svg viewBox="0 0 28 38" width="37" height="50"><path d="M14 36C9 28 2 22 2 14a12 12 0 0 1 24 0c0 8-7 14-12 22z"/><path class="app-pin__sign" d="M14 10.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7"/></svg>';
const ICON = L.divIcon({ className: "app-pin app-pin--open", html: PIN, iconSize: [37, 50], iconAnchor: [18, 47] });
const CLOSE_ZOOM = 18;
/** From here on, the pin stays in the middle. */
const PIN_ZOOM = 16;
const WIDE_ZOOM = 14;
/** About 5 metres at the close zoom. */
const KEY_STEP_PX = 16;
/** A change of the map's size moves its middle by less than that. */
const STILL_PX = 2;

export interface PlaceMap {
  /** Moves the pin and the map to that place. */
  show(place: Place): void;
  /** Draws a ring around a place that is known that well. Without a pin, the map shows the whole ring. */
  ring(place: Place, radius_m: number): void;
  drawBasemap(): Promise<boolean>;
}

/** Without a place, it shows the middle of the council's area and no pin. `onMoved` runs when somebody moves the pin. */
export function createPlaceMap(
  container: HTMLElement,
  council: Council,
  place: Place | null,
  middle: Place,
  onMoved: (place: Place) => void,
): PlaceMap {
  const start = { ...(place ?? middle), zoom: place ? CLOSE_ZOOM : WIDE_ZOOM };
  // The middle stays where it is when somebody zooms, and the pin with it.
  const map = createMap(container, council, start, {
    scrollWheelZoom: "center",
    touchZoom: "center",
    doubleClickZoom: false,
    keyboardPanDelta: KEY_STEP_PX,
  });
  const marker = L.marker(map.getCenter(), { icon: ICON, draggable: true, keyboard: false });
  const ring = L.circle(map.getCenter(), { radius: 1, interactive: false, className: "app-accuracy" });
  let isSilent = false;
  /** What the page knows. */
  let reported: L.LatLng | null = null;

  function setPin(at: L.LatLng): void {
    marker.setLatLng(at).addTo(map);
  }

  function isPinCentred(): boolean {
    if (!map.hasLayer(marker)) return false;
    const off = map.latLngToContainerPoint(marker.getLatLng()).distanceTo(map.getSize().divideBy(2));
    return off < STILL_PX;
  }

  function withoutReporting(act: () => void): void {
    isSilent = true;
    act();
    isSilent = false;
    if (map.hasLayer(marker)) reported = marker.getLatLng();
  }

  function reportMove(): void {
    const at = marker.getLatLng();
    if (isSilent || !map.hasLayer(marker) || (reported && at.equals(reported))) return;
    reported = at;
    onMoved({ lat: round(at.lat), long: round(at.lng) });
  }

  function movePin(at: L.LatLng): void {
    map.setView(at, Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false });
    setPin(at);
    reportMove();
  }

  map.on("move", () => {
    if (!isSilent && map.getZoom() >= PIN_ZOOM && !isPinCentred()) setPin(map.getCenter());
  });
  map.on("moveend", reportMove);
  map.on("click", ({ latlng }) => movePin(latlng));
  marker.on("dragend", () => movePin(marker.getLatLng()));
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    event.preventDefault();
    movePin(map.getCenter());
  });
  if (place) withoutReporting(() => setPin(map.getCenter()));

  return {
    show({ lat, long }) {
      withoutReporting(() => {
        map.invalidateSize({ animate: false }).setView([lat, long], CLOSE_ZOOM, { animate: false });
        setPin(L.latLng(lat, long));
      });
    },
    ring({ lat, long }, radius) {
      withoutReporting(() => {
        ring.setLatLng([lat, long]).setRadius(radius).addTo(map);
        if (!map.hasLayer(marker)) map.fitBounds(ring.getBounds(), { animate: false });
      });
    },
    drawBasemap: () => drawBasemap(map, council),
  };
}

const round = (degrees: number) => Number(degrees.toFixed(6));
