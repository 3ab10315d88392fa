/** The style of the base map: light ground and dark street names, so that pins stand out. */
import {
  CenteredTextSymbolizer,
  type Feature,
  type LabelRule,
  LineLabelPlacement,
  LineSymbolizer,
  type PaintRule,
  PolygonSymbolizer,
  exp,
} from "protomaps-leaflet";
import { StreetNames } from "./street-names.ts";

export const COLOURS = {
  ground: "#f3f2ec",
  park: "#d5e8cc",
  wood: "#c3dbbd",
  water: "#b5d5e6",
  path: "#b9a98c",
  casing: "#cfccc1",
  minor: "#ffffff",
  major: "#ffe7ad",
  majorCasing: "#d9b860",
  building: "#e2ddd1",
  buildingEdge: "#cdc6b6",
  text: "#2b3431",
  number: "#5a544a",
  place: "#10201d",
  halo: "#ffffff",
};

/** From here on, buildings are shown. */
const STREET_ZOOM = 16;

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';

const isKind = (kind: string) => (_zoom: number, feature: Feature) => feature.props["kind"] === kind;

const widths = {
  minor: exp(1.5, [
    [11, 0.4],
    [14, 2.5],
    [16, 8],
    [19, 30],
  ]),
  minorCasing: exp(1.5, [
    [11, 0.4],
    [14, 3.7],
    [16, 10],
    [19, 33],
  ]),
  major: exp(1.5, [
    [10, 1.2],
    [14, 5],
    [16, 13],
    [19, 44],
  ]),
  majorCasing: exp(1.5, [
    [10, 2],
    [14, 7],
    [16, 15.5],
    [19, 48],
  ]),
};

function road(kind: string, color: string, width: (zoom: number) => number, minzoom?: number): PaintRule {
  const symbolizer = new LineSymbolizer({ color, width, lineCap: "round", lineJoin: "round" });
  return { dataLayer: "roads", symbolizer, filter: isKind(kind), minzoom };
}

export const paintRules: PaintRule[] = [
  { dataLayer: "green", symbolizer: new PolygonSymbolizer({ fill: COLOURS.park }), filter: isKind("park") },
  { dataLayer: "green", symbolizer: new PolygonSymbolizer({ fill: COLOURS.wood }), filter: isKind("wood") },
  {
    dataLayer: "water",
    symbolizer: new PolygonSymbolizer({ fill: COLOURS.water }),
    filter: (zoom, feature) => !isKind("stream")(zoom, feature),
  },
  {
    dataLayer: "water",
    symbolizer: new LineSymbolizer({ color: COLOURS.water, width: 2 }),
    filter: isKind("stream"),
  },
  {
    dataLayer: "buildings",
    symbolizer: new PolygonSymbolizer({ fill: COLOURS.building, stroke: COLOURS.buildingEdge, width: 1 }),
    minzoom: STREET_ZOOM,
  },
  {
    dataLayer: "roads",
    symbolizer: new LineSymbolizer({ color: COLOURS.path, width: 1.4, dash: [4, 3] }),
    filter: isKind("path"),
    minzoom: 14,
  },
  road("minor", COLOURS.casing, widths.minorCasing, 13),
  road("major", COLOURS.majorCasing, widths.majorCasing),
  road("minor", COLOURS.minor, widths.minor, 12),
  road("major", COLOURS.major, widths.major),
];

function streetNames(kind: string, minzoom: number): LabelRule {
  const symbolizer = new StreetNames({
    labelProps: ["name"],
    fontFamily: FONT,
    fontWeight: kind === "major" ? 600 : 500,
    fontSize: (zoom) => (zoom >= 17 ? 15 : zoom >= 16 ? 13 : 12),
    fill: COLOURS.text,
    stroke: COLOURS.halo,
    width: 3,
    position: LineLabelPlacement.Center,
    repeatDistance: 300,
  });
  return { dataLayer: "roads", symbolizer, filter: isKind(kind), minzoom };
}

function placeNames(kind: string, size: number, minzoom: number, maxzoom: number): LabelRule {
  const symbolizer = new CenteredTextSymbolizer({
    labelProps: ["name"],
    fontFamily: FONT,
    fontWeight: 700,
    fontSize: size,
    fill: COLOURS.place,
    stroke: COLOURS.halo,
    width: 3,
  });
  return { dataLayer: "places", symbolizer, filter: isKind(kind), minzoom, maxzoom };
}

const houseNumbers: LabelRule = {
  dataLayer: "house_numbers",
  symbolizer: new CenteredTextSymbolizer({
    labelProps: ["name"],
    fontFamily: FONT,
    fontWeight: 500,
    fontSize: (zoom) => (zoom >= 18 ? 13 : 11),
    fill: COLOURS.number,
    stroke: COLOURS.building,
    width: 2,
  }),
  minzoom: STREET_ZOOM + 1,
};

export const labelRules: LabelRule[] = [
  placeNames("town", 19, 10, 15),
  placeNames("suburb", 14, 12, 15),
  placeNames("village", 14, 11, 16),
  streetNames("major", 14),
  streetNames("minor", 15),
  houseNumbers,
];
