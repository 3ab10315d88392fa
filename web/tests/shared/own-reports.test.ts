/** The list of what was sent from this browser. */
import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { takeOverFormerList } from "../../src/features/track/former-list.ts";
import { forgetOwnReport, type OwnReport, readOwnReports, rememberOwnReport } from "../../src/shared/own-reports.ts";
import { storage } from "../browser.ts";

const report = (id: string, second = 0): OwnReport => ({
  id,
  service_code: "pothole",
  at: new Date(Date.UTC(2026, 5, 1, 12, 0, second)).toISOString(),
  url: `/reports/${id}`,
});
const ids = async () => (await readOwnReports()).map(({ id }) => id);

afterEach(async () => {
  for (const id of await ids()) await forgetOwnReport(id);
});

test("newest report is first, and each is listed once", async () => {
  await rememberOwnReport(report("A", 1));
  await rememberOwnReport(report("B", 2));
  await rememberOwnReport(report("A", 1));
  expect(await ids()).toEqual(["B", "A"]);
});

test("the oldest report leaves the list when there are more than 50", async () => {
  for (let number = 0; number < 51; number++) await rememberOwnReport(report(`R${number}`, number));
  expect(await readOwnReports()).toHaveLength(50);
  expect(await ids()).not.toContain("R0");
});

test("removed report is not listed", async () => {
  await rememberOwnReport(report("A"));
  await rememberOwnReport(report("B"));
  await forgetOwnReport("A");
  expect(await ids()).toEqual(["B"]);
});

test("report without its link is not listed", async () => {
  await rememberOwnReport({ ...report("A"), url: "" });
  expect(await ids()).toEqual([]);
});

test("list of an earlier version is taken over once", async () => {
  const former = storage();
  former.setItem("ginnel.own-reports", JSON.stringify([report("A")]));
  vi.stubGlobal("localStorage", former);
  await takeOverFormerList();
  expect(await ids()).toEqual(["A"]);
  await forgetOwnReport("A");
  await takeOverFormerList();
  expect(await ids()).toEqual([]);
});
