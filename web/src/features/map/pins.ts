/** The Leaflet map with pins or, zoomed out, with counts. Open and closed reports differ by shape as well as colour, kinds of problem by icon; the list is the accessible alternative. */
import * as L from "leaflet";
import { createMap, drawBasemap } from "../../shared/basemap.ts";
import type { Council, Service } from "../../shared/council.ts";
import { element, screenReaderText } from "../../shared/dom.ts";
import type { Box } from "../../shared/geo/tiles.ts";
import { stateTag, STATES } from "../../shared/states.ts";
import { tallyText } from "./counts.ts";
import { kindIcon, symbolOf } from "./kind-icon.ts";
import { reportLink } from "./list.ts";
import type { Mark } from "./marks.ts";
import type { Pin } from "./tiles.ts";
import type { MapView } from "./view.ts";
import { say, sayMany } from "../../shared/say.ts";

/** The outline of a pin, whose icon has its middle at 14, 14. */
const OPEN = {
  size: [34, 46],
  box: "0 0 28 38",
  outline: '<path d="M14 36C9 28 2 22 2 14a12 12 0 0 1 24 0c0 8-7 14-12 22z"/>',
};
const CLOSED = { size: [30, 30], box: "0 0 28 28", outline: '<rect x="2" y="2" width="24" height="24" rx="5"/>' };

/** The kind of problem is in the icon, and the state in the outline. */
function pinIcon({ service_code, status }: Pin): L.DivIcon {
  const { size, box, outline } = status === "open" ? OPEN : CLOSED;
  const [width, height] = size as [number, number];
  const kind = `<use class="app-pin__kind" href="${symbolOf(service_code)}" x="7" y="7" width="14" height="14"/>`;
  const foot = status === "open" ? height - 2 : height / 2;
  return L.divIcon({
    className: `app-pin app-pin--${status}`,
    html: `<svg viewBox="${box}" width="${width}" height="${height}">${outline}${kind}</svg>`,
    iconSize: [width, height],
    iconAnchor: [width / 2, foot],
    popupAnchor: [0, 2 - foot],
  });
}

/** Pins that are closer than this cover each other. */
const COVERS_PX = 24;

/** The width of a count's mark, by the number of digits. At most 52 pixels fit into a cell. */
const MARK_SIZES = [34, 40, 46, 52];

function markIcon(mark: Mark): L.DivIcon {
  const kind = mark.open ? "open" : "closed";
  const count = mark.open || mark.closed;
  const size = MARK_SIZES[Math.min(String(count).length, MARK_SIZES.length) - 1]!;
  const html = element("span", { title: say("{tally}. Zoom in", { tally: tallyText(mark) }) }, String(count));
  return L.divIcon({ className: `app-mark app-mark--${kind}`, html, iconSize: [size, size] });
}

export interface PinMap {
  view(): MapView;
  bounds(): Box;
  moveTo(view: MapView): void;
  drawPins(pins: Pin[]): void;
  drawMarks(marks: Mark[]): void;
  onMove(moved: () => void): void;
  drawBasemap(): Promise<boolean>;
}

export function createPinMap(
  container: HTMLElement,
  council: Council,
  services: Map<string, Service>,
  start: MapView,
): PinMap {
  const map = createMap(container, council, start);
  const marks = L.layerGroup().addTo(map);
  const markers = new Map<string, { pin: Pin; marker: L.Marker; drawn: string }>();
  /** A pin is drawn again only if one of these changes. */
  const appearanceOf = ({ service_code, state, lat, long }: Pin) => `${service_code} ${state} ${lat} ${long}`;

  function add(pin: Pin): void {
    const marker = L.marker([pin.lat, pin.long], {
      icon: pinIcon(pin),
      keyboard: false,
      zIndexOffset: pin.status === "open" ? 1000 : 0,
    });
    marker.bindPopup(() => popup(pinsCoveredBy(pin), services)).addTo(map);
    marker.getElement()?.setAttribute("data-service-request-id", pin.service_request_id);
    markers.set(pin.service_request_id, { pin, marker, drawn: appearanceOf(pin) });
  }

  /** The pins that cover each other there, the pressed one first. */
  function pinsCoveredBy(pressed: Pin): Pin[] {
    const at = map.latLngToContainerPoint([pressed.lat, pressed.long]);
    const covered = [...markers.values()]
      .map(({ pin }) => pin)
      .filter((pin) => pin !== pressed && map.latLngToContainerPoint([pin.lat, pin.long]).distanceTo(at) < COVERS_PX);
    return [pressed, ...covered];
  }

  function drawPins(pins: Pin[]): void {
    const wanted = new Map(pins.map((pin) => [pin.service_request_id, appearanceOf(pin)]));
    for (const [id, { marker, drawn }] of markers) {
      if (wanted.get(id) === drawn) continue;
      marker.remove();
      markers.delete(id);
    }
    for (const pin of pins) if (!markers.has(pin.service_request_id)) add(pin);
  }

  function drawMarks(wanted: Mark[]): void {
    marks.clearLayers();
    for (const mark of wanted) {
      const marker = L.marker([mark.lat, mark.long], {
        icon: markIcon(mark),
        keyboard: false,
        zIndexOffset: mark.open,
      });
      marker.on("click", () => zoomTo(mark)).addTo(marks);
    }
  }

  /** Zooms in as far as everything that the mark counts stays in view. */
  function zoomTo({ box }: Mark): void {
    const bounds = L.latLngBounds([box.south, box.west], [box.north, box.east]);
    map.setView(bounds.getCenter(), Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds)));
  }

  return {
    drawPins,
    drawMarks,
    view() {
      const { lat, lng } = map.getCenter();
      return { lat, long: lng, zoom: map.getZoom() };
    },
    bounds() {
      const box = map.getBounds();
      return { west: box.getWest(), south: box.getSouth(), east: box.getEast(), north: box.getNorth() };
    },
    moveTo: ({ lat, long, zoom }) => void map.setView([lat, long], zoom, { animate: false }),
    onMove: (moved) => void map.on("moveend", moved),
    drawBasemap: () => drawBasemap(map, council),
  };
}

/** A link that opens the control to follow the report on its page. */
function followLink({ service_request_id, service_code, state }: Pin, services: Map<string, Service>): HTMLElement[] {
  const [, kind] = STATES[state];
  if (kind === "fixed" || kind === "ended") return [];
  const name = services.get(service_code)?.service_name ?? say("A report");
  const address = `/reports/${service_request_id}#follow`;
  return [element("p", {}, element("a", { href: address }, say("Follow"), screenReaderText(`: ${name}`)))];
}

function popup(pins: Pin[], services: Map<string, Service>): HTMLElement {
  const entries = pins.map((pin) =>
    element(
      "li",
      {},
      kindIcon(pin.service_code),
      reportLink(pin, services),
      element("p", {}, stateTag(pin.state)),
      ...followLink(pin, services),
    ),
  );
  const count =
    pins.length > 1 ? [element("strong", {}, sayMany(pins.length, "1 report here", "{count} reports here"))] : [];
  return element("div", { class: "app-map-popup" }, ...count, element("ul", {}, ...entries));
}
