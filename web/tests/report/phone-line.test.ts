import { expect, test } from "vitest";
import { lineAt } from "../../src/features/report/phone-line.ts";

const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const COUNCIL = {
  phone: "01904 960123",
  out_of_hours_phone: "01904 960199",
  phone_hours: { days: WEEK, opens: "08:30", closes: "17:00" },
  holidays: ["2026-12-25"],
  time_zone: "Europe/London",
};

test.each([
  ["a Friday at 11:00 in summer", "2026-06-05T10:00:00Z", true],
  ["as it opens", "2026-06-05T07:30:00Z", true],
  ["a minute before it opens", "2026-06-05T07:29:00Z", false],
  ["a minute before it closes", "2026-06-05T15:59:00Z", true],
  ["as it closes", "2026-06-05T16:00:00Z", false],
  ["a Sunday", "2026-06-07T10:00:00Z", false],
  ["a bank holiday", "2026-12-25T10:00:00Z", false],
  ["just after midnight", "2026-06-04T23:10:00Z", false],
])("on %s the usual line answers or not", (_, moment, isUsual) => {
  expect(lineAt(new Date(moment), COUNCIL)).toEqual({ phone: isUsual ? "01904 960123" : "01904 960199", isUsual });
});

test("the hours are those of the council's own clock", () => {
  expect(lineAt(new Date("2026-06-05T10:00:00Z"), { ...COUNCIL, time_zone: "Pacific/Auckland" }).isUsual).toBe(false);
});

test("nobody is sent to a closed line when there is no other", () => {
  expect(lineAt(new Date("2026-06-07T10:00:00Z"), { ...COUNCIL, out_of_hours_phone: null })).toEqual({
    phone: null,
    isUsual: false,
  });
});
