import { describe, expect, test } from "vitest";
import { readHash as readMapHash, writeHash as writeMapHash } from "../../src/features/map/view.ts";
import { readHash, writeHash } from "../../src/features/nearest/hash.ts";
import type { Council } from "../../src/shared/council.ts";
import { isOutsideWards } from "../../src/shared/places/wards.ts";
import { outsideText } from "../../src/shared/places/outside.ts";
import { distanceText } from "../../src/shared/places/facilities.ts";
import { placeText } from "../../src/shared/places/place-text.ts";
import { houseNumberOf, indexPlace, mayHavePostcode, findMatches } from "../../src/shared/places/search.ts";
import { groupReference, mayBeWords, parseReference } from "../../src/shared/reference.ts";
import { around, HERE } from "../report/council.ts";
import { newBrowser } from "../browser.ts";

describe("a reference", () => {
  test.each(["7K3M-2QXV-9HTD", " 7k3m2qxv9htd ", "7K3M 2QXV 9HTD", "7k3m–2qxv–9htd"])(
    "is read as it is typed: %s",
    (typed) => {
      expect(parseReference(typed)).toBe("7K3M2QXV9HTD");
    },
  );

  test("is read with letters that look like digits", () => {
    expect(parseReference("OOOO-IIII-LLLL")).toBe("000011111111");
  });

  test.each(["7K3M-2QXV", "7K3M-2QXV-9HTD-1", "Market Place"])("is none: %s", (typed) => {
    expect(parseReference(typed)).toBeNull();
  });

  test("may be words when it has no digit", () => {
    expect([mayBeWords("Park Lane East"), mayBeWords("7K3M2QXV9HTD")]).toEqual([true, false]);
    expect(groupReference("7K3M2QXV9HTD")).toBe("7K3M-2QXV-9HTD");
  });
});

describe("an address's hash", () => {
  const FROM = { lat: 53.9591, long: -1.0812, label: "Market Place, 100% of it" };

  test("says what is looked for, and from where", () => {
    expect(readHash(writeHash("toilets", FROM))).toEqual({ kind: "toilets", from: FROM });
    expect(readHash(writeHash("toilets"))).toEqual({ kind: "toilets" });
  });

  test.each([
    ["", {}],
    ["#toilets/here", { kind: "toilets" }],
    ["#toilets/53.9,-1.08x", { kind: "toilets" }],
    ["#toilets/53.9,-1.08/100%", { kind: "toilets", from: { lat: 53.9, long: -1.08, label: "100%" } }],
  ])("says as much as can be read of it: %s", (hash, wanted) => {
    expect(readHash(hash)).toEqual(wanted);
  });

  test("says what the map shows", () => {
    expect(readMapHash(writeMapHash({ zoom: 14, lat: 53.9591, long: -1.0812 }))).toEqual({
      zoom: 14,
      lat: 53.9591,
      long: -1.0812,
    });
    expect(readMapHash("#here")).toBeNull();
  });
});

describe("places that are typed", () => {
  const PLACES = ["Market Place", "Old Market Street", "Marsh Lane", "St Mary's Road"].map((label) =>
    indexPlace({ label, kind: "street", ...HERE }),
  );
  const POSTCODES = {
    sectors: {
      "ZZ1 1": [
        ["AA", 53.9, -1.1],
        ["AB", 53.9, -1.1],
      ] as [string, number, number][],
    },
  };
  const found = (typed: string) => findMatches(typed, PLACES, POSTCODES).map(({ label }) => label);

  test("come first where they begin so", () => {
    expect(found("mar")).toEqual(["Marsh Lane", "Market Place", "St Mary's Road", "Old Market Street"]);
    expect(found("no such street")).toEqual([]);
  });

  test("are found with the number of a house, short forms and mistakes", () => {
    expect(found("4 market pl")).toEqual(["Market Place"]);
    expect(found("saint marys rd")).toEqual(["St Mary's Road"]);
    expect(found("markte place")).toEqual(["Market Place"]);
    expect(found("Market Place 4")).toEqual(["Market Place"]);
  });

  test.each([
    ["4b, Market Place", "4b"],
    ["Market Place 4", "4"],
    ["Market Place, 4-6, Eskerby", "4-6"],
    ["Flat 2, 12 Market Place", "12"],
    ["no. 7 market place", "7"],
    ["Market Place", ""],
    ["4", ""],
  ])("have the number of a house: %s", (typed, number) => {
    expect(houseNumberOf(typed)).toBe(number);
  });

  test.each(["zz1 1aa", "ZZ11AA", "zz1 iaa"])("are postcodes with and without a space: %s", (typed) => {
    expect(mayHavePostcode(typed)).toBe(true);
    expect(found(typed)).toEqual(["ZZ1 1AA"]);
  });
});

describe("a place outside the council's area", () => {
  const WOLD = {
    name: "Wold District Council",
    polygons: [around(HERE)],
    phone: null,
    url: "https://wold.example/report",
  };
  const COUNCIL = { name: "Eskerby Council", neighbours: [WOLD], wards: "/data/wards.json" } as unknown as Council;

  test("is told with its neighbour, and how to reach that", () => {
    expect(outsideText(COUNCIL, HERE)).toBe(
      "This location is outside Eskerby Council. It looks like Wold District Council's: https://wold.example/report",
    );
  });

  test("is told with where to look when nobody knows whose it is", () => {
    expect(outsideText(COUNCIL, { lat: 50, long: 0 })).toContain("www.gov.uk/find-local-council");
  });

  test("is outside of every ward, and farther than 50 m from them", async () => {
    newBrowser({ "/data/wards.json": { items: [{ code: "W1", name: "Riverside", polygons: [[around(HERE)]] }] } });
    const north = (metres: number) => ({ lat: HERE.lat + 0.01 + metres / 111_195, long: HERE.long });
    expect(await Promise.all([HERE, north(40), north(60)].map((place) => isOutsideWards(place, COUNCIL)))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

test.each([
  [0, "You are here"],
  [22.4, "22 metres"],
  [104, "100 metres"],
  [994, "990 metres"],
  [996, "1.0 km"],
  [12_345, "12.3 km"],
])("%f m is said as “%s”", (metres, words) => {
  expect(distanceText(metres)).toBe(words);
});

test("a place is said in figures that can be read out", () => {
  expect(placeText({ lat: 53.9591, long: -1.0812 })).toBe("53.95910° north, 1.08120° west");
  expect(placeText({ lat: -1, long: 2 })).toBe("1.00000° south, 2.00000° east");
});
