/** The payment of an own report: how much, what went back, and the receipt. */
import { dayElement } from "../../shared/dates.ts";
import { element, screenReaderText } from "../../shared/dom.ts";
import { pounds } from "../../shared/money.ts";
import { groupReference } from "../../shared/reference.ts";
import type { OwnReport } from "./own-report.ts";
import { nameOf } from "./report-heading.ts";
import type { ReportContext } from "./report-list.ts";
import { say, sayParts } from "../../shared/say.ts";

export function paidOn(report: OwnReport, { zone }: ReportContext): (Node | string)[] {
  const reference = element("span", { class: "app-reference" }, groupReference(report.service_request_id));
  return sayParts<Node>("Paid on {day}. Reference {reference}", {
    day: dayElement(report.order!.paid_at!, zone),
    reference,
  });
}

export function paymentWords(report: OwnReport, about: ReportContext): HTMLElement[] {
  const { amount_pence: pence, refunded_pence: refunded, is_to_pay: isToPay, receipt_url: receipt } = report.order!;
  if (isToPay) return [paragraph(say("Not paid yet: {amount}", { amount: pounds(pence) }))];
  if (!receipt) return [paragraph(say("Nothing to pay"))];
  const back = refunded ? [paragraph(say("Sent back to your card: {amount}", { amount: pounds(refunded) }))] : [];
  const link = element("a", { class: "app-link", href: receipt }, say("See the receipt"));
  link.append(screenReaderText(` ${nameOf(report, about)}, ${groupReference(report.service_request_id)}`));
  return [paragraph(say("Paid: {amount}", { amount: pounds(pence) })), ...back, element("p", {}, link)];
}

function paragraph(text: string): HTMLElement {
  return element("p", {}, text);
}
