/** A map with numbered marks, and a mark for the chosen place. The list beside it is the accessible alternative. */
import * as L from "leaflet";
import { createMap, drawBasemap } from "../basemap.ts";
import type { Council } from "../council.ts";
import { element } from "../dom.ts";
import type { Place } from "../reports.ts";

export interface Mark extends Place {
  name: string;
}

export interface MarksMap {
  /** Replaces all marks by 1, 2, 3…, and zooms so that all are in view. */
  draw(marks: Mark[], here: Place | null): void;
  /** Marks one as chosen. */
  highlight(index: number): void;
  drawBasemap(): Promise<boolean>;
}

const SIZE = 34;
const CLOSEST = 18;

export function createMarksMap(
  container: HTMLElement,
  council: Council,
  start: Place,
  onPress: (index: number) => void,
): MarksMap {
  const map = createMap(container, council, { ...start, zoom: 16 });
  const layer = L.layerGroup().addTo(map);
  const here = L.divIcon({ className: "app-here", iconSize: [20, 20] });
  let drawn: L.Marker[] = [];

  function marker({ lat, long, name }: Mark, index: number): L.Marker {
    const html = element("span", { title: name }, String(index + 1));
    const icon = L.divIcon({ className: "app-mark app-mark--closed", html, iconSize: [SIZE, SIZE] });
    const made = L.marker([lat, long], { icon, keyboard: false, zIndexOffset: -index });
    return made.on("click", () => onPress(index)).addTo(layer);
  }

  return {
    draw(marks, place) {
      layer.clearLayers();
      drawn = marks.map(marker);
      if (place) L.marker([place.lat, place.long], { icon: here, keyboard: false, interactive: false }).addTo(layer);
      const all = [...marks, ...(place ? [place] : [])].map(({ lat, long }): L.LatLngTuple => [lat, long]);
      map.invalidateSize().fitBounds(L.latLngBounds(all), { padding: [SIZE, SIZE], maxZoom: CLOSEST, animate: false });
    },
    highlight(index) {
      drawn.forEach((each, at) => each.getElement()?.classList.toggle("app-mark--chosen", at === index));
    },
    drawBasemap: () => drawBasemap(map, council),
  };
}
