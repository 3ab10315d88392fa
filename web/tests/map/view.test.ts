import { expect, test } from "vitest";
import { reportAddress } from "../../src/features/map/view.ts";

const MIDDLE = { lat: 53.9591, long: -1.0815 };

test("a report begins in the middle of a view of streets", () => {
  expect(reportAddress({ ...MIDDLE, zoom: 16 })).toBe("/report/?at=53.95910,-1.08150");
});

test("a report begins nowhere when the view is of the whole town", () => {
  expect(reportAddress({ ...MIDDLE, zoom: 15 })).toBe("/report/");
});
