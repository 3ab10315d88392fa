/** The list of what was sent, as versions before the database of `own-reports.ts` stored it. */
import { type OwnReport, rememberOwnReport } from "../../shared/own-reports.ts";
import { storedValue } from "../../shared/stored-value.ts";

const formerList = storedValue<OwnReport[]>(
  () => localStorage,
  "ginnel.own-reports",
  (all) => all.length >= 0,
);

export async function takeOverFormerList(): Promise<void> {
  for (const report of formerList.read() ?? []) await rememberOwnReport(report);
  formerList.forget();
}
