/** An order in words for officers: its price with the VAT, and its payment. */
import { pounds } from "../../shared/money.ts";
import type { CasePayment, Order, OrderLine } from "./model.ts";
import { PAID } from "./words.ts";

export function lineText({ amount_pence: pence, vat_pence: vat, vat_percent: percent }: OrderLine): string {
  return vat ? `${pounds(pence)}, including ${pounds(vat)} VAT at ${percent}%` : pounds(pence);
}

/** All VAT of the price; nothing without VAT. */
export function vatText({ lines }: Order): string[] {
  const pence = lines.reduce((sum, line) => sum + (line.vat_pence ?? 0), 0);
  return pence ? [pounds(pence)] : [];
}

/** The question before an order is cancelled; `refunded` pence went back before. */
export function cancelText(order: Order, refunded: number): string {
  const left = order.paid_by === "card" ? order.amount_pence - refunded : 0;
  const back = left > 0 ? `The reporter gets ${pounds(left)} back.` : "No money goes back.";
  return `Cancel this and tell the reporter? ${back} You cannot undo it.`;
}

export function paidText(order: Order): string {
  if (order.state === "unpaid") return "Not paid yet";
  if (order.state === "lost") return "Paid after the slot had gone";
  const back = order.refund_pence ? `, ${pounds(order.refund_pence)} sent back` : "";
  const paid = order.paid_by ? PAID[order.paid_by] : "Not paid";
  return `${order.state === "cancelled" ? "Cancelled. " : ""}${paid}${back}`;
}

/** What was sent back to the card, and what could not be. */
export function refundText({ refunded_pence: gone, failed_refund_pence: failed }: CasePayment): string {
  const sent = gone ? `${pounds(gone)} has gone back to the card, or is on its way.` : "";
  const owed = failed ? `A refund of ${pounds(failed)} failed. Send it again, or pay it in another way.` : "";
  return [sent, owed].filter(Boolean).join(" ");
}
