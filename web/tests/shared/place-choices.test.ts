import { beforeEach, expect, test } from "vitest";
import type { FoundPlace } from "../../src/shared/places/places.ts";
import { newBrowser } from "../browser.ts";

const STREETS = ["Southmere Row", "Mill Lane", "Mill Lane End"].map((label, n) => ({
  label,
  kind: "street",
  lat: 53.9 + n / 100,
  long: -1.08,
}));

const chosen: string[] = [];
const offered: string[] = [];

/** Why the page cannot go on after this was typed and nothing chosen from the list; null if it can. */
async function take(typed: string): Promise<string | null> {
  const { takeTyped } = await import("../../src/shared/places/place-choices.ts");
  const choose = async ({ label }: FoundPlace) => void chosen.push(label);
  return takeTyped(typed, choose, (found) => offered.push(...found.map(({ label }) => label)));
}

beforeEach(() => {
  chosen.length = offered.length = 0;
  newBrowser({
    "/data/index.json": { places: "/data/places.json" },
    "/data/places.json": { items: STREETS },
  });
});

test("the only match is taken when nothing was chosen from the list", async () => {
  expect(await take("Southmere Row")).toBeNull();
  expect(chosen).toEqual(["Southmere Row"]);
});

test("several matches are offered, and the page waits for a choice", async () => {
  expect(await take("Mill Lane")).toMatch(/^Choose a street or place from the list/);
  expect([chosen, offered]).toEqual([[], ["Mill Lane", "Mill Lane End"]]);
});

test("the page says that nothing matches, and takes no other place", async () => {
  expect(await take("Nowhere Street")).toMatch(/^No street or place matches/);
  expect(chosen).toEqual([]);
});

test("the page says that the list could not be loaded", async () => {
  newBrowser({ "/data/index.json": null });
  expect(await take("Southmere Row")).toMatch(/^We could not load the list of streets/);
});
