/** My payments: what was paid for, what went back, and the receipts. */
import { element } from "../../shared/dom.ts";
import type { OwnReport } from "./own-report.ts";
import { paidOn, paymentWords } from "./payment-words.ts";
import { heading } from "./report-heading.ts";
import { type ReportContext, openReports } from "./report-list.ts";
import { say } from "../../shared/say.ts";

openReports({ entry, whenEmpty: () => [element("p", {}, say("You have not paid for anything yet."))] });

function entry(report: OwnReport, about: ReportContext): HTMLElement | null {
  if (!report.order?.paid_at) return null;
  return element(
    "section",
    { class: "app-entry" },
    heading(report, about),
    element("p", { class: "app-muted" }, ...paidOn(report, about)),
    ...paymentWords(report, about),
  );
}
