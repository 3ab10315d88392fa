import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fullPostcode } from "../../src/shared/places/postcode.ts";
import { findMatches } from "../../src/shared/places/search.ts";

const file = new URL("../../../tests/unit/geo/postcode_cases.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as [typed: string, read: string | null][];

test.each(cases)("%j is read as the server does", (typed, read) => {
  expect(fullPostcode(typed)).toBe(read);
});

test.each(cases.filter(([, read]) => read === "ZZ1 2DN"))("the search finds the postcode for %j", (typed) => {
  const postcodes = { sectors: { "ZZ1 2": [["DN", 53.9, -1.1] as [string, number, number]] } };
  expect(findMatches(typed, [], postcodes).map(({ label }) => label)).toEqual(["ZZ1 2DN"]);
});
