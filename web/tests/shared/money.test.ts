import { expect, test } from "vitest";
import { penceIn } from "../../src/shared/money.ts";

test("typed pounds are pence", () => {
  const typed = ["12.50", "£12", " 1,000.05 ", "0.29", "£ 3"];
  expect(typed.map(penceIn)).toEqual([1250, 1200, 100_005, 29, 300]);
});

test.each(["", "12.5", "-3", "1e3", "12.505", "abc", "1 2"])("%j is no amount", (typed) => {
  expect(penceIn(typed)).toBeNull();
});
