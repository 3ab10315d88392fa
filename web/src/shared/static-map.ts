/**
 * A small picture of the base map around a place, with a pin or with a ring. It has its room from the start, and is
 * drawn when it comes near the screen. There is none for residents whose browser saves data.
 */
import { type Council, loadCouncil } from "./council.ts";
import { element } from "./dom.ts";
import type { Place } from "./reports.ts";
import { ringDiameterPx, zoomFor } from "./static-map-scale.ts";
import { say } from "./say.ts";

export interface Spot extends Place {
  /** The street or the name of the place, for those who do not see the picture. */
  label: string;
  /** The radius of a ring around the place, which then has no pin. */
  radius_m?: number;
}

const SVG = "http://www.w3.org/2000/svg";
const PIN = "M14 36C9 28 2 22 2 14a12 12 0 0 1 24 0c0 8-7 14-12 22z";
const NEAR = "300px";

/** Empty if the browser saves data. */
export function staticMap(spot: Spot): HTMLElement[] {
  if (savesData()) return [];
  const box = element("div", { class: "app-static-map", role: "img", "aria-label": labelOf(spot) });
  drawWhenNear(box, spot);
  return [box];
}

/** Draws the picture in a box that the page already has. */
export function startStaticMap(box: HTMLElement): void {
  const { lat, long } = box.dataset;
  if (savesData()) box.remove();
  else drawWhenNear(box, { lat: Number(lat), long: Number(long), label: "" });
}

export function labelOf({ label, radius_m }: Spot): string {
  const place = label || say("the location");
  return radius_m ? say("Map with a ring around {place}", { place }) : say("Map with a pin at {place}", { place });
}

function savesData(): boolean {
  return Boolean((navigator as { connection?: { saveData?: boolean } }).connection?.saveData);
}

function drawWhenNear(box: HTMLElement, spot: Spot): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void drawMap(box, spot).catch(() => box.remove());
    },
    { rootMargin: NEAR },
  );
  observer.observe(box);
}

async function drawMap(box: HTMLElement, spot: Spot): Promise<void> {
  const [{ drawPicture }, council] = await Promise.all([import("./basemap-picture.ts"), loadCouncil()]);
  const canvas = element("canvas", { class: "app-static-map__ground" });
  box.append(canvas);
  if (!(await drawPicture(canvas, council, spot, zoomFor(spot, box.clientHeight)))) return box.remove();
  box.append(spot.radius_m ? ringElement(spot, box.clientHeight) : pinElement(), ...attribution(council));
}

function ringElement(spot: Spot, height: number): HTMLElement {
  const made = element("span", { class: "app-static-map__ring" });
  made.style.width = `${ringDiameterPx(spot, height)}px`;
  return made;
}

function pinElement(): Element {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 28 38");
  made.setAttribute("class", "app-pin app-pin--open app-static-map__pin");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PIN);
  made.append(path);
  return made;
}

function attribution({ basemap_attribution }: Council): HTMLElement[] {
  return basemap_attribution ? [element("span", { class: "app-static-map__by" }, basemap_attribution)] : [];
}
