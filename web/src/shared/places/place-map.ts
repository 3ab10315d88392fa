/** A map with one pin for the location of a problem. */
import * as L from "leaflet";
import { createMap, drawGround } from "../basemap.ts";
import type { Council } from "../council.ts";
import type { Place } from "../reports.ts";

const PIN =
  '<svg viewBox="0 0 28 38" width="37" height="50"><path d="M14 36C9 28 2 22 2 14a12 12 0 0 1 24 0c0 8-7 14-12 22z"/><path class="app-pin__sign" d="M14 10.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7"/></svg>';
const ICON = L.divIcon({ className: "app-pin app-pin--open", html: PIN, iconSize: [37, 50], iconAnchor: [18, 47] });
const CLOSE_ZOOM = 17;
const WIDE_ZOOM = 14;

export interface PlaceMap {
  pinned(): Place | null;
  pinMiddle(): void;
  /** Moves the pin and the map to that place. */
  pin(place: Place): void;
  drawGround(): Promise<boolean>;
}

export function createPlaceMap(container: HTMLElement, council: Council, start: Place, isPinned: boolean): PlaceMap {
  const map = createMap(container, council, { ...start, zoom: isPinned ? CLOSE_ZOOM : WIDE_ZOOM });
  const marker = L.marker(map.getCenter(), { icon: ICON, draggable: true, keyboard: false });

  function put(at: L.LatLng): void {
    marker.setLatLng(at).addTo(map);
  }

  map.on("click", ({ latlng }) => put(latlng));
  if (isPinned) put(map.getCenter());
  return {
    pinned() {
      if (!map.hasLayer(marker)) return null;
      const { lat, lng } = marker.getLatLng();
      return { lat: Number(lat.toFixed(6)), long: Number(lng.toFixed(6)) };
    },
    pinMiddle: () => put(map.getCenter()),
    pin({ lat, long }) {
      map.invalidateSize().setView([lat, long], CLOSE_ZOOM, { animate: false });
      put(L.latLng(lat, long));
    },
    drawGround: () => drawGround(map, council),
  };
}
