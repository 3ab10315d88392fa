import { expect, test } from "vitest";
import { project } from "../../src/shared/geo/tiles.ts";
import { type HouseNumber, nearestNumber, placeOfHouse, TILE_PX, tileAt } from "../../src/shared/house-numbers.ts";

const HERE = { lat: 53.959, long: -1.0815 };
const TILE = tileAt(HERE, 14);
/** About 11 m. */
const STEP = 0.0001;

function house(name: string, north: number, street?: string): HouseNumber {
  const { x, y } = project({ ...HERE, lat: HERE.lat + north });
  const point = { x: (x * 2 ** 14 - TILE.x) * TILE_PX, y: (y * 2 ** 14 - TILE.y) * TILE_PX };
  return { props: { name, ...(street && { street }) }, geom: [[point]] };
}

test("finds the nearest house of the street", () => {
  const houses = [house("8", 2 * STEP, "Dial Row"), house("6", -STEP, "Dial Row"), house("1", 0, "Tun Lane")];
  expect(nearestNumber(HERE, "Dial Row", TILE, houses)).toBe("6");
});

test("takes a number without a street as one of any street", () => {
  expect(nearestNumber(HERE, "Dial Row", TILE, [house("12a", STEP)])).toBe("12a");
});

test("finds none when every house is far away or in another street", () => {
  expect(nearestNumber(HERE, "Dial Row", TILE, [house("6", 4 * STEP, "Dial Row"), house("1", 0, "Tun Lane")])).toBe("");
});

const inDialRow = () => "Dial Row";

function placeOf(number: string, houses: HouseNumber[], streetAt = inDialRow) {
  return placeOfHouse(number, "Dial Row", HERE, [{ tile: TILE, houses }], streetAt);
}

test("finds the place of a house by its number and street", () => {
  const houses = [house("12", 2 * STEP, "Tun Lane"), house("12A", 3 * STEP, "Dial Row"), house("14", 0, "Dial Row")];
  const found = placeOf("12a", houses);
  expect(found?.lat).toBeCloseTo(HERE.lat + 3 * STEP, 5);
  expect(found?.long).toBeCloseTo(HERE.long, 5);
});

test("finds a house that does not name its street only where that street is", () => {
  expect(placeOf("12", [house("12", STEP)])?.lat).toBeCloseTo(HERE.lat + STEP, 5);
  expect(placeOf("12", [house("12", STEP)], () => "Tun Lane")).toBeNull();
});

test("finds the nearer of two houses with the number, and none when no house has it", () => {
  const houses = [house("12", 9 * STEP, "Dial Row"), house("12", -STEP, "Dial Row")];
  expect(placeOf("12", houses)?.lat).toBeCloseTo(HERE.lat - STEP, 5);
  expect(placeOf("13", houses)).toBeNull();
});
