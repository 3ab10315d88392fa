import { expect, test } from "vitest";
import {
  daysOf,
  type Difference,
  differenceText,
  fundRows,
  kindText,
  reconciledText,
} from "../../src/features/desk/ledger-words.ts";

const BULKY = { fund: "BULKY", in_pence: 8_450, out_pence: -4_250 };
const HALL = { fund: "HALL", in_pence: 100_000, out_pence: 0 };
const MISSING: Difference = {
  entry_id: "payment:p1",
  ledger_pence: null,
  provider_pence: 4_200,
  reference: "INVOICE 7",
  refused_pence: null,
  unchecked_pence: null,
};

test("each fund has what came in, what went out and the sum, and several are added up", () => {
  expect(fundRows([])).toEqual([]);
  expect(fundRows([BULKY])).toEqual([["BULKY", "£84.50", "-£42.50", "£42"]]);
  expect(fundRows([BULKY, HALL])).toEqual([
    ["BULKY", "£84.50", "-£42.50", "£42"],
    ["HALL", "£1,000", "£0", "£1,000"],
    ["All funds", "£1,084.50", "-£42.50", "£1,042"],
  ]);
});

test("an entry is a payment or a refund", () => {
  expect([kindText({ entry_id: "payment:p1" }), kindText({ entry_id: "refund:r1" })]).toEqual(["Payment", "Refund"]);
});

test("the days of a ledger go over the end of a month", () => {
  expect(daysOf({ day: "2026-05-31", to: "2026-06-01" })).toEqual(["2026-05-31", "2026-06-01"]);
});

test("a day was not compared yet, agrees, or differs", () => {
  const found = (differences: (typeof MISSING)[]) => ({ day: "2026-06-08", at: "2026-06-09T05:00:00Z", differences });
  const text = (differences: (typeof MISSING)[]) => reconciledText("2026-06-08", found(differences), "Europe/London");
  expect(reconciledText("2026-06-08", undefined, "Europe/London")).toMatch(/8 June 2026: not compared yet\.$/);
  expect(text([])).toMatch(/: the ledger and the provider agree\. Compared 9 June at 06:00\.$/);
  expect(text([MISSING])).toMatch(/: 1 difference\. Compared/);
  expect(differenceText(MISSING)).toBe("the ledger has nothing, the provider £42");
  expect(differenceText({ ...MISSING, provider_pence: null, refused_pence: 4_200 })).toMatch(/^a refund of £42 failed/);
  expect(differenceText({ ...MISSING, provider_pence: null, unchecked_pence: 4_200 })).toMatch(
    /^we cannot find out what became of a payment of £42/,
  );
});
