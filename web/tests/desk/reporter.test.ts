import { expect, test } from "vitest";
import { isOfReporter } from "../../src/features/desk/reporter.ts";

const entry = (update_id: string, by: "resident" | "council" = "resident") =>
  ({ update_id, by, state: "open", text: "", datetime: "2026-06-01T12:00:00Z" }) as const;

test("what a resident wrote on a case that is not public is the reporter's", () => {
  expect(isOfReporter({ visibility: "private" }, entry("0".repeat(32)))).toBe(true);
  expect(isOfReporter({ visibility: "public" }, entry("0".repeat(32)))).toBe(false);
});

test("what the sender did to an order is the reporter's on a public case, too", () => {
  expect(isOfReporter({ visibility: "public" }, entry("moved-3"))).toBe(true);
  expect(isOfReporter({ visibility: "public" }, entry("cancelled"))).toBe(true);
  expect(isOfReporter({ visibility: "private" }, entry("cancelled", "council"))).toBe(false);
});
