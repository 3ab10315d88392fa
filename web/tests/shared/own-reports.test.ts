/** The list of reports sent from this browser. */
import { afterEach, expect, test } from "vitest";
import { forgetOwn, type OwnReport, ownReports, rememberOwn } from "../../src/shared/own-reports.ts";

const report = (id: string): OwnReport => ({
  id,
  service_code: "pothole",
  at: "2026-06-01T12:00:00Z",
  url: `/reports/${id}`,
});

afterEach(() => ownReports().forEach(({ id }) => forgetOwn(id)));

test("newest report is first, and each is listed once", () => {
  for (const id of ["A", "B", "A"]) rememberOwn(report(id));
  expect(ownReports().map(({ id }) => id)).toEqual(["A", "B"]);
});

test("the oldest report leaves the list when there are more than 50", () => {
  for (let number = 0; number < 51; number++) rememberOwn(report(`R${number}`));
  expect(ownReports()).toHaveLength(50);
  expect(ownReports().some(({ id }) => id === "R0")).toBe(false);
});

test("removed report is not listed", () => {
  rememberOwn(report("A"));
  rememberOwn(report("B"));
  forgetOwn("A");
  expect(ownReports().map(({ id }) => id)).toEqual(["B"]);
});
