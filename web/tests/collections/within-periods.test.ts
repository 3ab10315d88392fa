import { expect, test } from "vitest";
import { type Round, withinPeriods } from "../../src/shared/collections/rounds.ts";

const ROUND: Round = {
  round: "G1",
  container: "garden",
  name: "Garden",
  colour: "#000000",
  dates: ["2026-11-16", "2027-03-01", "2027-03-02"],
  moved: [{ from: "2027-02-26", to: "2027-03-02", why: "Snow" }],
  resumes: "2028-03-06",
};

test("collections are those planned for a day of the periods", () => {
  const { dates, moved, resumes } = withinPeriods(ROUND, [{ first: "2027-03-01", last: "2027-11-30" }]);
  expect([dates, moved, resumes]).toEqual([["2027-03-01"], [], undefined]);
});
