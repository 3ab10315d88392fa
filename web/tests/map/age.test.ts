import { describe, expect, test } from "vitest";
import { ageText } from "../../src/features/map/age.ts";

describe("an age", () => {
  test.each([
    ["2026-06-10T07:00:00Z", "today"],
    ["2026-06-09T23:30:00Z", "today"],
    ["2026-06-09T22:30:00Z", "yesterday"],
    ["2026-06-03T12:00:00Z", "7 days ago"],
    ["2026-06-02T12:00:00Z", "2 June 2026"],
  ])("of %s counts the council's days: %s", (iso, text) => {
    expect(ageText(iso, "Europe/London", Date.parse("2026-06-10T12:00:00Z"))).toBe(text);
  });
});
