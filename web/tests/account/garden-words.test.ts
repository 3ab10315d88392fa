import { expect, test } from "vitest";
import { type Garden, gardenLines, gardenLink } from "../../src/features/account/garden-words.ts";

const LIVE: Garden = {
  address: "10 Dial Row, YO1 7HH",
  state: "live",
  containers: 2,
  years: [
    { first: "2026-03-01", last: "2026-11-30" },
    { first: "2027-03-01", last: "2027-11-30" },
  ],
  cancelled_on: null,
  may_buy: ["add"],
  may_change: true,
};
const HOME = "Garden waste subscription for 10 Dial Row, YO1 7HH";

test.each<[string, Partial<Garden>, string[], string]>([
  ["runs to the end of the last year", {}, [HOME, "It runs until 30 November 2027. We empty 2 bins."], "Change"],
  ["can be renewed", { containers: 1, may_buy: ["add", "renew"] }, [HOME, expect.stringMatching(/1 bin\.$/)], "Renew"],
  [
    "has not begun",
    { years: [{ first: "2999-03-01", last: "2999-11-30" }] },
    [HOME, "It runs from 1 March 2999 to 30 November 2999. We empty 2 bins."],
    "Change",
  ],
  ["moved", { state: "moved", years: [] }, [HOME, "It has moved to another address."], "See the request"],
  [
    "was cancelled",
    { state: "cancelled", containers: 0, cancelled_on: "2026-06-01", may_buy: ["join"] },
    [HOME, "It was cancelled on 1 June 2026."],
    "Subscribe again",
  ],
  [
    "was bought with another request",
    { may_change: false },
    [HOME, expect.stringContaining("2 bins")],
    "See it or add a bin",
  ],
  [
    "was bought with another request and can be renewed",
    { may_change: false, may_buy: ["add", "renew"] },
    [HOME, expect.stringContaining("2 bins")],
    "Renew it or add a bin",
  ],
  ["is over", { state: "lapsed", containers: 0, may_buy: ["join"] }, [HOME, "It has ended."], "Subscribe again"],
  [
    "is for premises that are gone",
    { address: "" },
    ["Your garden waste subscription", expect.stringContaining("30 November 2027")],
    "Change",
  ],
])("a subscription that %s", (_, changed, lines, link) => {
  const garden = { ...LIVE, ...changed };
  expect(gardenLines(garden)).toEqual(lines);
  expect(gardenLink(garden)).toContain(link);
});
