import { describe, expect, test } from "vitest";
import type { Council } from "../../src/shared/council.ts";
import { englishIn, affects, type Disruption, loadDisruptions } from "../../src/shared/disruptions.ts";
import { newBrowser } from "../browser.ts";

const EVERYWHERE = { lat: null, long: null, radius_m: null, ward_code: null };
const HOME = { lat: 53.93, long: -1.14 };
const COUNCIL = { disruptions: "/data/disruptions.json" } as Council;

function notice(title: string, begins_h = -1, ends_h = 1, area: Partial<Disruption["area"]> = {}): Disruption {
  const moment = (hours: number) => new Date(Date.now() + hours * 3600_000).toISOString();
  return {
    disruption_id: title,
    title,
    text: "",
    area: { ...EVERYWHERE, ...area },
    begins: moment(begins_h),
    ends: moment(ends_h),
    version: 1,
  };
}

describe("services that cannot run", () => {
  test("are told from a day before to the end, the first first", async () => {
    newBrowser({
      "/data/disruptions.json": {
        items: [
          notice("Tomorrow morning", 20, 30),
          notice("On now"),
          notice("Over", -9, -0.1),
          notice("Next week", 168, 192),
          notice("In 25 hours", 25, 30),
        ],
      },
    });
    expect((await loadDisruptions(COUNCIL)).map(({ title }) => title)).toEqual(["On now", "Tomorrow morning"]);
  });

  test("are none where they cannot be had, or are not published", async () => {
    newBrowser({ "/data/unreachable.json": null });
    expect(await loadDisruptions({ ...COUNCIL, disruptions: "/data/unreachable.json" })).toEqual([]);
    expect(await loadDisruptions({} as Council)).toEqual([]);
  });
});

test.each([
  ["everywhere", {}, "W1", true],
  ["within the circle", { ...HOME, radius_m: 500 }, "W1", true],
  ["outside of the circle", { lat: HOME.lat + 0.02, long: HOME.long, radius_m: 500 }, "W1", false],
  ["its ward", { ward_code: "W1" }, "W1", true],
  ["another ward", { ward_code: "W2" }, "W1", false],
  ["a ward, where the place's is not known", { ward_code: "W2" }, undefined, true],
])("a notice concerns a place or not: %s", (_, area, ward, does) => {
  expect(affects(notice("Bins", -1, 1, area), HOME, ward)).toBe(does);
});

test("words of an officer are marked as English on a page in another language alone", () => {
  expect([englishIn("cy"), englishIn("en-GB")]).toEqual([{ lang: "en-GB" }, {}]);
});
