/** Draws names along streets. The library labels only straight lines, so gentle bends are straightened first. */
import { type Feature, type LabelSymbolizer, type Layout, LineLabelSymbolizer } from "protomaps-leaflet";

type Options = ConstructorParameters<typeof LineLabelSymbolizer>[0];
type Line = Parameters<LabelSymbolizer["place"]>[1][number];
type Point = Line[number];

const TOLERANCE_PX = 6;

export class StreetNames implements LabelSymbolizer {
  private readonly inner: LineLabelSymbolizer;

  constructor(options: Options) {
    this.inner = new LineLabelSymbolizer(options);
  }

  place(layout: Layout, lines: Line[], feature: Feature) {
    return this.inner.place(layout, lines.map(straighten), feature);
  }
}

/** Douglas and Peucker's simplification. */
function straighten(line: Line): Line {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last || line.length < 3) return line;
  const distances = line.map((point) => distanceToLine(point, first, last));
  const furthest = distances.indexOf(Math.max(...distances));
  if (distances[furthest]! <= TOLERANCE_PX) return [first, last];
  return [...straighten(line.slice(0, furthest + 1)).slice(0, -1), ...straighten(line.slice(furthest))];
}

function distanceToLine(point: Point, start: Point, end: Point): number {
  const length = start.dist(end);
  if (length === 0) return point.dist(start);
  const area = (end.x - start.x) * (start.y - point.y) - (start.x - point.x) * (end.y - start.y);
  return Math.abs(area) / length;
}
