import { expect, test } from "vitest";
import {
  cancelledBefore,
  collectionsOf,
  dayStates,
  nextCollection,
  type Round,
  type RoundDay,
} from "../../src/shared/collections/rounds.ts";

const TODAY = "2026-12-21";
const KNOWN_UNTIL = "2027-01-31";

const round = (changes: Partial<Round> = {}): Round => ({
  round: "R1",
  container: "rubbish",
  name: "Black bin",
  colour: "#000000",
  dates: [],
  moved: [],
  ...changes,
});
const day = (state: RoundDay["state"], changes: Partial<RoundDay> = {}): RoundDay => ({
  round: "R1",
  day: TODAY,
  state,
  closes_at: `${TODAY}T20:00:00Z`,
  ...changes,
});
const NOON = Date.parse(`${TODAY}T12:00:00Z`);
const next = (of: Round, today = TODAY, days: RoundDay[] = []) =>
  nextCollection(of, today, KNOWN_UNTIL, dayStates(of, days, NOON));

test("the collection of today is the next one until its round is over", () => {
  const of = round({ dates: ["2026-12-07", TODAY, "2027-01-04"] });
  expect(next(of)).toMatchObject({ date: TODAY, state: "to_come" });
  expect(next(of, TODAY, [day("out")])).toMatchObject({ date: TODAY, state: "out" });
  expect(next(of, TODAY, [day("finished")]).date).toBe("2027-01-04");
  expect(next(of, "2026-12-22").date).toBe("2027-01-04");
});

test("a round that is off tomorrow is known today", () => {
  const of = round({ dates: ["2026-12-22", "2027-01-04"] });
  expect(next(of, TODAY, [day("off", { day: "2026-12-22" })]).date).toBe("2027-01-04");
});

test.each([
  ["to_come", [], []],
  ["out", [], [TODAY]],
  ["finished", [TODAY], []],
  ["off", [TODAY], []],
] as const)("a round that is %s", (state, over, out) => {
  expect(dayStates(round(), [day(state)], NOON)).toEqual({ over, out });
});

test("a round that nobody closed is over at its hour, also in a stored copy", () => {
  const closes = Date.parse(`${TODAY}T20:00:00Z`);
  const over = (now: number) => dayStates(round(), [day("out")], now).over;
  expect([over(closes - 1), over(closes), over(closes + 1)]).toEqual([[], [TODAY], [TODAY]]);
});

test("nothing is over because of another round", () => {
  expect(dayStates(round(), [day("finished", { round: "R2" })], NOON)).toEqual({ over: [], out: [] });
});

test("a moved collection says its original day and the reason", () => {
  const of = round({ dates: ["2026-12-23"], moved: [{ from: "2026-12-25", to: "2026-12-23", why: "Christmas" }] });
  expect(next(of)).toMatchObject({
    state: "to_come",
    date: "2026-12-23",
    original_date: "2026-12-25",
    why: "Christmas",
  });
});

test("out of season, the first day of the next season is given", () => {
  expect(next(round({ resumes: "2027-03-01" }))).toMatchObject({ state: "out_of_season", date: "2027-03-01" });
  expect(next(round())).toMatchObject({ state: "out_of_season", date: null });
});

test("no day is known after the published ones", () => {
  const of = round({ dates: [TODAY], resumes: "2027-01-20" });
  expect(next(of, "2027-02-01")).toMatchObject({ state: "not_known", date: null });
  expect(next(round(), KNOWN_UNTIL).state).toBe("out_of_season");
});

test("two containers of one day are both listed, and those without a day are last", () => {
  const rounds = [
    round({ round: "G1", container: "garden" }),
    round({ round: "R1", container: "rubbish", dates: [TODAY] }),
    round({ round: "Y1", container: "recycling", dates: [TODAY] }),
  ];
  const found = collectionsOf(rounds, TODAY, KNOWN_UNTIL, [], NOON);
  expect(found.map(({ next: { container, date } }) => [container, date])).toEqual([
    ["recycling", TODAY],
    ["rubbish", TODAY],
    ["garden", null],
  ]);
});

test("cancelled collections are told from today to the next one", () => {
  const cancelled = (from: string) => ({ from, to: null, why: "Snow" });
  const moved = [cancelled("2026-12-20"), cancelled(TODAY), cancelled("2027-01-04"), cancelled("2027-01-18")];
  const before = (date: string | null) => cancelledBefore(round({ moved }), TODAY, date).map(({ from }) => from);
  expect(before("2027-01-11")).toEqual([TODAY, "2027-01-04"]);
  expect(before(null)).toEqual([TODAY, "2027-01-04", "2027-01-18"]);
  expect(before(TODAY)).toEqual([]);
});
