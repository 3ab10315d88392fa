import { describe, expect, test } from "vitest";
import { reportedText } from "../../src/features/map/age.ts";

describe("the time of a report", () => {
  test.each([
    ["2026-06-10T07:00:00Z", "Reported today"],
    ["2026-06-09T23:30:00Z", "Reported today"],
    ["2026-06-09T22:30:00Z", "Reported yesterday"],
    ["2026-06-03T12:00:00Z", "Reported 7 days ago"],
    ["2026-06-02T12:00:00Z", "Reported 2 June 2026"],
  ])("of %s counts the council's days: %s", (iso, text) => {
    expect(reportedText(iso, "Europe/London", Date.parse("2026-06-10T12:00:00Z"))).toBe(text);
  });
});
