import { expect, test } from "vitest";
import { ageText } from "../../src/features/bins/age.ts";
import { binDays, missedStreets } from "../../src/shared/collections/bin-days.ts";
import { nextDay } from "../../src/shared/collections/next-bins.ts";
import type { Round, RoundDay } from "../../src/shared/collections/rounds.ts";

const TODAY = "2026-11-23";
const NOW = Date.parse(`${TODAY}T12:00:00Z`);
const NAMES = { rubbish: "Black bin", garden: "Brown bin" };

const round = (code: string, container: string, dates: string[], changes: Partial<Round> = {}): Round => ({
  round: code,
  container,
  name: `${container} as published`,
  colour: "#000000",
  dates,
  moved: [],
  ...changes,
});
const view = (today = TODAY) => ({ today, now: NOW, street: "Mill Lane", names: NAMES });
const on = (day: string, state: RoundDay["state"], changes: Partial<RoundDay> = {}): RoundDay => ({
  round: "R1",
  day,
  state,
  ...changes,
});
const said = (of: Round, days: RoundDay[] = [], today = TODAY) => {
  const [bin] = binDays({ known_until: "2026-12-31", rounds: [of], days }, view(today));
  return [bin!.headline, ...bin!.notes];
};

test.each([
  [TODAY, ["Today, Monday 23 November"]],
  ["2026-11-24", ["Tomorrow, Tuesday 24 November"]],
  ["2026-12-04", ["Friday 4 December", "In 11 days"]],
])("a collection on %s is told as people say it", (date, words) => {
  expect(said(round("R1", "rubbish", [date]))).toEqual(words);
});

test("moved and cancelled days are told with the reason", () => {
  const moved = [
    { from: "2026-11-25", to: null, why: "Snow" },
    { from: "2026-12-04", to: "2026-12-05", why: "Repairs" },
  ];
  expect(said(round("R1", "rubbish", ["2026-12-05"], { moved }))).toEqual([
    "Saturday 5 December",
    "Moved from Friday 4 December. Reason: Repairs",
    "No collection on Wednesday 25 November. Reason: Snow",
    "In 12 days",
  ]);
});

test("a bin without a day says why", () => {
  expect(said(round("G1", "garden", [], { resumes: "2027-03-02" }))).toEqual(["Starts again on Tuesday 2 March 2027"]);
  expect(said(round("G1", "garden", []))).toEqual(["No collection up to Thursday 31 December 2026"]);
  expect(said(round("G1", "garden", []), [], "2027-01-01")).toEqual([
    "Not known yet",
    "We have published the days up to Thursday 31 December 2026.",
  ]);
});

test.each([
  ["out", TODAY, ["Today, Monday 23 November", "The crew is out now."]],
  ["to_come", TODAY, ["Today, Monday 23 November"]],
  ["finished", TODAY, ["Monday 7 December", "Today’s round has finished.", "In 14 days"]],
  ["off", TODAY, ["Monday 7 December", "Today’s round is cancelled. Reason: Bad weather", "In 14 days"]],
  ["off", "2026-11-24", ["Today, Monday 23 November", "Tomorrow’s round is cancelled. Reason: Bad weather"]],
  ["off", "2026-11-22", ["Today, Monday 23 November", "Yesterday’s round was cancelled. Reason: Bad weather"]],
  ["off", "2026-11-21", ["Today, Monday 23 November"]],
] as const)("a round that is %s on %s is told", (state, day, words) => {
  const days = [on(day, state, { reason: "weather" })];
  expect(said(round("R1", "rubbish", [TODAY, "2026-12-07"]), days)).toEqual(words);
});

test("containers have their names in the page's language, or else the published one", () => {
  const rounds = [round("R1", "rubbish", [TODAY]), round("Y1", "recycling", [TODAY])];
  const names = binDays({ known_until: TODAY, rounds, days: [] }, view()).map(({ name }) => name);
  expect(names).toEqual(["recycling as published", "Black bin"]);
});

test("streets that were not reached today and yesterday are told, the own one at its bin", () => {
  const streets = [
    { street: "Dial Row", reason: "road_closed" },
    { street: "Mill Lane", reason: "a reason of a later version" },
  ];
  const days = ["2026-11-21", "2026-11-22", TODAY].map((day) => on(day, "to_come", { streets }));
  const rounds = [round("R1", "rubbish", [TODAY])];
  expect(missedStreets({ known_until: TODAY, rounds, days }, view())).toEqual([
    { street: "Dial Row", text: "Black bin, yesterday. Reason: Road closed" },
    { street: "Dial Row", text: "Black bin, today. Reason: Road closed" },
  ]);
  expect(said(rounds[0]!, days)).toEqual([
    "Today, Monday 23 November",
    "Your street was not reached yesterday. Reason: Another reason",
    "Your street was not reached today. Reason: Another reason",
  ]);
});

test("the line on other pages has all bins of the first day, and none that only starts again", () => {
  const rounds = [
    round("R1", "rubbish", ["2026-12-04"]),
    round("Y1", "recycling", ["2026-12-04"]),
    round("G1", "garden", [], { resumes: "2026-12-01" }),
  ];
  const line = (of: Round[]) =>
    nextDay(binDays({ known_until: "2026-12-31", rounds: of, days: [] }, view())).map(({ name }) => name);
  expect(line(rounds)).toEqual(["recycling as published", "Black bin"]);
  expect(line(rounds.slice(2))).toEqual([]);
});

test.each([
  [0, "Last updated just now"],
  [1, "Last updated 1 minute ago"],
  [59, "Last updated 59 minutes ago"],
  [60, "Last updated 1 hour ago"],
  [47 * 60, "Last updated 1 day ago"],
  [48 * 60, "Last updated 2 days ago"],
])("a copy of %i minutes says its age", (minutes, words) => {
  expect(ageText(Date.now() - minutes * 60_000)).toBe(words);
});
