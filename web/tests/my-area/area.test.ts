import { expect, test } from "vitest";
import type { Roadwork } from "../../src/features/my-area/area.ts";
import { type Answer, newBrowser } from "../browser.ts";
import { around, HERE } from "../report/council.ts";

const WARD = { code: "W1", name: "Riverside", polygons: [[around(HERE)]] };
const day = (days: number) => new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10);

function work(ref: string, north: number, ends: string): Roadwork {
  return {
    ref,
    description: "",
    location: ref,
    status: "",
    starts: day(-9),
    ends,
    organisation: "",
    traffic: "",
    lat: HERE.lat + north,
    long: HERE.long,
  };
}

async function area(changes: Record<string, Answer> = {}) {
  const network = newBrowser({
    "/data/index.json": {
      time_zone: "UTC",
      wards: "/data/wards.json",
      ward: "/data/wards/{code}.json",
      disruptions: "/data/disruptions.json",
      roadworks: "/data/roadworks.json",
    },
    "/data/wards.json": { items: [WARD] },
    "/data/wards/W1.json": {
      ward: { code: "W1", name: "Riverside", councillors: [] },
      open_reports: 1,
      reports: [],
      roadworks: [work("Far Street", 0.004, day(3)), work("River Street", 0.001, day(0)), work("Over", 0, day(-1))],
    },
    "/data/disruptions.json": { items: [] },
    ...changes,
  });
  return { network, ...(await import("../../src/features/my-area/area.ts")) };
}

test("road works of the ward are told until their last day is over, the nearest first", async () => {
  const { areaOf, network } = await area();
  const { roadworks } = (await areaOf(HERE))!;
  expect(roadworks.map(({ work: { ref } }) => ref)).toEqual(["River Street", "Far Street"]);
  expect(roadworks[0]!.distance_m).toBeCloseTo(111, 0);
  expect(network.of("/data/roadworks.json")).toEqual([]);
});

test("services that cannot run are told where they concern the place or its ward", async () => {
  const everywhere = { lat: null, long: null, radius_m: null, ward_code: null };
  const notice = (title: string, at: object) => ({
    title,
    begins: `${day(-1)}T00:00Z`,
    ends: `${day(1)}T00:00Z`,
    area: { ...everywhere, ...at },
  });
  const { areaOf } = await area({
    "/data/disruptions.json": {
      items: [notice("Here", { ward_code: "W1" }), notice("There", { ward_code: "W2" }), notice("Everywhere", {})],
    },
  });
  expect((await areaOf(HERE))!.disruptions.map(({ title }) => title)).toEqual(["Here", "Everywhere"]);
});

test("a place outside every ward has no area", async () => {
  const { areaOf } = await area();
  expect(await areaOf({ lat: 50, long: 0 })).toBeNull();
});

test.each([
  ["missing", () => new Response("", { status: 404 })],
  ["none", { items: [] }],
])("nobody can say whose a place is when the wards are %s; the next try asks again", async (_, wards) => {
  const { areaOf, WardsUnknownError, network } = await area({ "/data/wards.json": wards });
  await expect(areaOf(HERE)).rejects.toThrow(WardsUnknownError);
  network.answer("/data/wards.json", { items: [WARD] });
  expect((await areaOf(HERE))!.ward.ward.name).toBe("Riverside");
});

test("a ward without a document is known by its name", async () => {
  const { areaOf } = await area({ "/data/wards/W1.json": () => new Response("", { status: 404 }) });
  expect((await areaOf(HERE))!.ward).toMatchObject({ ward: { name: "Riverside" }, reports: [], roadworks: [] });
});

test("a postcode at the edge of a ward names the other ward, and an address does not", async () => {
  const north = { code: "W2", name: "Northside", polygons: [[around({ ...HERE, lat: HERE.lat + 0.02 })]] };
  const { areaOf } = await area({ "/data/wards.json": { items: [WARD, north] } });
  const edge = { ...HERE, lat: HERE.lat + 0.0098 };
  expect((await areaOf({ ...edge, label: "ZZ1 2DN" }))!.other_wards).toEqual(["Northside"]);
  expect((await areaOf({ ...edge, label: "12 Dial Row" }))!.other_wards).toEqual([]);
  expect((await areaOf({ ...HERE, label: "ZZ1 2DN" }))!.other_wards).toEqual([]);
});
