/** The list of reports sent from this browser. */
import { afterEach, expect, test } from "vitest";
import { forgetOwnReport, type OwnReport, readOwnReports, rememberOwnReport } from "../../src/shared/own-reports.ts";

const report = (id: string): OwnReport => ({
  id,
  service_code: "pothole",
  at: "2026-06-01T12:00:00Z",
  url: `/reports/${id}`,
});

afterEach(() => readOwnReports().forEach(({ id }) => forgetOwnReport(id)));

test("newest report is first, and each is listed once", () => {
  for (const id of ["A", "B", "A"]) rememberOwnReport(report(id));
  expect(readOwnReports().map(({ id }) => id)).toEqual(["A", "B"]);
});

test("the oldest report leaves the list when there are more than 50", () => {
  for (let number = 0; number < 51; number++) rememberOwnReport(report(`R${number}`));
  expect(readOwnReports()).toHaveLength(50);
  expect(readOwnReports().some(({ id }) => id === "R0")).toBe(false);
});

test("removed report is not listed", () => {
  rememberOwnReport(report("A"));
  rememberOwnReport(report("B"));
  forgetOwnReport("A");
  expect(readOwnReports().map(({ id }) => id)).toEqual(["B"]);
});
