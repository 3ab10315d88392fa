/** The booking and price of a case, and the button to cancel it; `case-payment.ts` has its payment. */
import { dayElement } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { pounds } from "../../shared/money.ts";
import { showStatus } from "../../shared/staff-page.ts";
import { factRows, moment } from "./case-facts.ts";
import { drawPayment, refundedPence } from "./case-payment.ts";
import { casePage, may, sendForCase } from "./current-case.ts";
import type { Case, Order } from "./model.ts";
import { cancelText, lineText, paidText, vatText } from "./order-words.ts";

const CANCEL = "cancel-order";
const box = byId("order");
const actions = byId("order-actions");

export function drawOrder(): void {
  const { order, booked } = casePage.shown;
  show(box, order !== null);
  if (!order) return;
  byId("order-facts").replaceChildren(
    ...factRows([
      ["Booked", bookedText(order, booked)],
      ["Nobody came", order.booking?.no_show_at ? [`Noted ${moment(order.booking.no_show_at)}`] : []],
      ...order.lines.map((line): [string, string[]] => [line.text, [lineText(line)]]),
      ["Total", [pounds(order.amount_pence)]],
      ["VAT in the total", vatText(order)],
      ["Fund", [order.fund]],
      ["Payment", [paidText(order)]],
    ]),
  );
  offerCancel(order);
  void drawPayment(order);
}

function offerCancel(order: Order): void {
  const button = actionButton("Cancel what was ordered", () => askToCancel(order));
  button.id = CANCEL;
  actions.replaceChildren(...(may("cancel_order") ? [button] : []));
}

function askToCancel(order: Order): void {
  const question = element("p", {}, cancelText(order, refundedPence()));
  const yes = actionButton("Yes, cancel it", () => void cancel());
  yes.id = CANCEL;
  const no = actionButton("No, keep it", () => {
    offerCancel(order);
    focusOn(byId("order-heading"));
  });
  actions.replaceChildren(question, element("div", { class: "app-buttons" }, yes, no));
  focusOn(question);
}

async function cancel(): Promise<void> {
  const path = `/api/reports/${casePage.shown.service_request_id}/booking/cancellation`;
  if (!(await sendForCase(box, path, {}, {}, CANCEL))) return;
  showStatus("Cancelled.");
  focusOn(byId("order-heading"));
}

function bookedText({ booking }: Order, names: Case["booked"]): (Node | string)[] {
  if (!booking || !names) return [];
  return [
    dayElement(booking.place.day, "UTC"),
    `, ${names.slot} (${names.calendar}, ${booking.units} ${booking.units === 1 ? "unit" : "units"})`,
  ];
}
