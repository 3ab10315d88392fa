import { describe, expect, test } from "vitest";
import { dayText, isoDay, momentText } from "../../src/shared/dates.ts";
import { isOverdue } from "../../src/shared/promise.ts";

const LONDON = "Europe/London";

test.each([
  ["2026-06-05T22:59:00Z", "2026-06-05"],
  ["2026-06-05T23:00:00Z", "2026-06-06"],
  ["2026-12-31T23:59:00Z", "2026-12-31"],
])("the day of %s in the council's area is %s", (at, day) => {
  expect(isoDay(new Date(at), LONDON)).toBe(day);
});

test("days and moments are said by the council's clock", () => {
  expect(dayText("2026-06-05T23:30:00Z", LONDON)).toBe("6 June 2026");
  expect(momentText(Date.parse("2026-06-05T23:30:00Z"), LONDON)).toBe("6 June at 00:30");
});

describe("a promise", () => {
  const expected = "2026-06-05T16:00:00Z";

  test.each([
    ["the day before", "2026-06-04T16:00:00Z", false],
    ["later on the same day", "2026-06-05T22:59:00Z", false],
    ["as the next day begins", "2026-06-05T23:00:00Z", true],
  ])("is overdue or not: %s", (_, now, overdue) => {
    expect(isOverdue(expected, new Date(now), LONDON)).toBe(overdue);
  });

  test("ends with the day of the council's area, not with that of the phone", () => {
    expect(isOverdue(expected, new Date("2026-06-05T23:00:00Z"), "America/New_York")).toBe(false);
  });
});
