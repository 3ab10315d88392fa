/** A Leaflet map over the council's own base map. Imported only once a map is asked for. */
import "leaflet/dist/leaflet.css";
import * as L from "leaflet";
import { leafletLayer, PmtilesSource } from "protomaps-leaflet";
import { withCopies } from "./basemap-ranges.ts";
import { COLOURS, labelRules, paintRules } from "./basemap-style.ts";
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
export async function drawGround(map: L.Map, council: Council, whole?: Blob): Promise<boolean> {
  if (!council.basemap) return false;
  const archive = new PmtilesSource(council.basemap, false).p;
  archive.source = whole ? inHand(whole, `${council.basemap} in hand`) : withCopies(archive.source);
  const header = await archive.getHeader().catch(() => null);
  if (!header) return false;
  const layer = leafletLayer({
    url: archive,
    maxDataZoom: header.maxZoom,
    paintRules,
    labelRules,
    backgroundColor: COLOURS.ground,
    attribution: element("span", {}, council.basemap_attribution ?? "").innerHTML,
    lang: "en",
  }) as unknown as L.Layer;
  if (council.basemap_attribution) L.control.attribution({ prefix: false }).addTo(map);
  layer.addTo(map);
  return true;
}

/** Reads the archive from a whole file: answers to range requests cannot be stored for later. */
function inHand(
  whole: Blob,
  key: string,
): { getKey(): string; getBytes(offset: number, length: number): Promise<{ data: ArrayBuffer }> } {
  return {
    getKey: () => key,
    getBytes: async (offset, length) => ({ data: await whole.slice(offset, offset + length).arrayBuffer() }),
  };
}
