import { expect, test } from "vitest";
import { cancellationFaults, gardenFacts, moneyChoices } from "../../src/features/desk/garden-words.ts";
import type { GardenSubscription } from "../../src/features/desk/model.ts";

const LIVE: GardenSubscription = {
  premises_id: "990",
  address: "10 Dial Row, YO1 7HH",
  state: "live",
  containers: 2,
  years: [{ last: "2026-11-30" }, { last: "2027-11-30" }],
  cancelled_on: null,
};
const HOME = ["Home", "10 Dial Row, YO1 7HH"];

test("a subscription that runs says its home, its last day and its bins", () => {
  expect(gardenFacts(LIVE)).toEqual([
    HOME,
    ["Subscription", "Runs"],
    ["Last day", "30 November 2027"],
    ["Bins", "2 bins"],
  ]);
});

test.each<[Partial<GardenSubscription>, string]>([
  [{ state: "cancelled", cancelled_on: "2026-06-01" }, "Cancelled on 1 June 2026"],
  [{ state: "lapsed" }, "Has ended"],
])("one that is over says only how it ended: %j", (changed, ended) => {
  expect(gardenFacts({ ...LIVE, ...changed, containers: 0 })).toEqual([HOME, ["Subscription", ended]]);
});

test("an unknown home is shown by its number", () => {
  expect(gardenFacts({ ...LIVE, address: "" })[0]).toEqual(["Home", "990"]);
});

test("money can go back only if some was paid by card lately", () => {
  const choices = (refund_pence: number) =>
    moneyChoices({ subscription: LIVE, may_cancel: true, refund_pence }).map(([, words]) => words);
  expect(choices(4250)).toEqual(["Send £42.50 back to the card", "Send no money back"]);
  expect(choices(0)).toEqual(["Send no money back"]);
});

test("a cancellation needs a reason, and to know what becomes of the money", () => {
  expect(cancellationFaults("", undefined).map(({ field }) => field)).toEqual(["garden-reason", "garden-money"]);
  expect(cancellationFaults("other", "keep")).toEqual([]);
});
