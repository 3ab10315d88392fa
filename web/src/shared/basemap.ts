/** A Leaflet map over the council's own base map. Imported only once a map is asked for. */
import "leaflet/dist/leaflet.css";
import "../styles/basemap.scss";
import * as L from "leaflet";
import { leafletLayer } from "protomaps-leaflet";
import { openBasemap } from "./basemap-ground.ts";
import type { Council } from "./council.ts";
import { element } from "./dom.ts";
import type { Place } from "./reports.ts";

Object.assign(window, { L });

const MIN_ZOOM = 11;
const MAX_ZOOM = 19;

export interface View extends Place {
  zoom: number;
}

export function createMap(
  container: HTMLElement,
  council: Council,
  { lat, long, zoom }: View,
  options: L.MapOptions = {},
): L.Map {
  const [west, south, east, north] = council.bounds;
  const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  return L.map(container, {
    center: [lat, long],
    zoom,
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
    maxBounds: L.latLngBounds([south, west], [north, east]).pad(0.2),
    attributionControl: false,
    zoomAnimation: moves,
    fadeAnimation: moves,
    inertia: moves,
    ...options,
  });
}

/**
 * Draws the base map, from the file `whole` if it is given. Returns false if there is no base map, and the ground
 * stays blank.
 */
export async function drawBasemap(map: L.Map, council: Council, whole?: Blob): Promise<boolean> {
  const ground = await openBasemap(council, whole);
  if (!ground) return false;
  const attribution = element("span", {}, council.basemap_attribution ?? "").innerHTML;
  const layer = leafletLayer({ ...ground, attribution }) as unknown as L.Layer;
  if (council.basemap_attribution) L.control.attribution({ prefix: false }).addTo(map);
  layer.addTo(map);
  return true;
}
