import { describe, expect, test } from "vitest";
import { marksOf, tallyOf } from "../../src/features/map/marks.ts";
import type { Count } from "../../src/features/map/tiles.ts";
import { project } from "../../src/shared/geo/tiles.ts";
import { unproject } from "../../src/features/map/view.ts";

const ZOOM = 14;
/** A little more than half a mark's width on the screen. */
const REACH_PX = 26;
const everything = () => true;

/** A tile with reports in its middle, or to the west or east of that. */
function count(x: number, y: number, open: number, closed = 0, across = 0.5): Count {
  return {
    z: ZOOM,
    x,
    y,
    services: { pothole: [open, closed] },
    ...unproject((x + across) / 2 ** ZOOM, (y + 0.5) / 2 ** ZOOM),
  };
}

/** Reports at both sides of an edge between cells, at every zoom. */
const crowd = [5250, 5255, 5256].flatMap((y) => [count(8143, y, 1, 2, 0.99), count(8144, y, 3, 0, 0.01)]);

describe("marks", () => {
  test.each([11, 12, 13])("do not touch at zoom %i", (zoom) => {
    const middles = marksOf(crowd, zoom, everything).map((mark) => project(mark));
    expect(middles.length).toBeGreaterThan(1);
    for (const [index, one] of middles.entries()) {
      for (const other of middles.slice(index + 1)) {
        const [across, down] = [one.x - other.x, one.y - other.y].map((step) => Math.abs(step) * 256 * 2 ** zoom) as [
          number,
          number,
        ];
        expect(Math.max(across, down)).toBeGreaterThanOrEqual(2 * REACH_PX - 0.001);
      }
    }
  });

  test("stand for all that is counted, each once", () => {
    for (const zoom of [11, 12, 13]) {
      const marks = marksOf(crowd, zoom, everything);
      expect(marks.reduce((sum, { open }) => sum + open, 0)).toBe(tallyOf(crowd, everything).open);
    }
  });

  test("are none where the filters leave nothing", () => {
    expect(marksOf([count(8140, 5250, 3)], 12, (_, status) => status === "closed")).toEqual([]);
  });

  test("hold the tiles that they stand for", () => {
    const [mark] = marksOf([count(8140, 5250, 1)], 11, everything);
    const northWest = unproject(8140 / 2 ** ZOOM, 5250 / 2 ** ZOOM);
    expect(mark!.box.west).toBeCloseTo(northWest.long, 9);
    expect(mark!.box.north).toBeCloseTo(northWest.lat, 9);
  });
});

test("a tally counts what passes the filters alone", () => {
  const counts: Count[] = [{ ...count(1, 1, 2, 5), services: { pothole: [2, 5], litter: [1, 0] } }];
  expect(tallyOf(counts, everything)).toEqual({ open: 3, closed: 5 });
  expect(tallyOf(counts, (code, status) => code === "pothole" && status === "closed")).toEqual({ open: 0, closed: 5 });
});
