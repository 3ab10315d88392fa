/** An officer's actions on the payment of a case: a card on the telephone, a receipt, a waiver, a refund. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { penceIn, pounds } from "../../shared/money.ts";
import { call } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { casePage, pathOf, reloadCase, sendForCase } from "./current-case.ts";
import type { CasePayment, Order } from "./model.ts";
import { refundText } from "./order-words.ts";

interface StartedPayment {
  payment_id: string;
  next_url: string;
}

const NOTHING: CasePayment = { payment_id: null, refunded_pence: 0, left_pence: 0, failed_refund_pence: 0, may: [] };
const PARTS = { telephone: "telephone", receipt: "receipt", waive: "waiver", refund: "refund" } as const;
const telephone = byId("telephone");
const amount = byId<HTMLInputElement>("amount_pence");
const reason = byId<HTMLTextAreaElement>("refund-reason");
let payment = NOTHING;
let started: StartedPayment | null = null;
let sent = { what: "", key: "" };

export function startPayment(): void {
  byId("take-card").addEventListener("click", () => void takeCard());
  byId("check-payment").addEventListener("click", () => void checkPayment());
  onSubmit("receipt", () => settlePayment("receipt", "number", "Receipt recorded."));
  onSubmit("waiver", () => settlePayment("waiver", "reason", "The payment is waived."));
  onSubmit("refund", refund);
}

/** Shows the actions that are allowed now; typed text stays. */
export async function drawPayment(order: Order): Promise<void> {
  payment = order.amount_pence ? await load() : NOTHING;
  for (const [act, id] of Object.entries(PARTS))
    show(
      byId(id),
      payment.may.some((each) => each === act),
    );
  show(byId("card-page"), started !== null);
  byId("refunded").textContent = refundText(payment);
  byId("amount_pence-hint").textContent = `At most ${pounds(payment.left_pence)}.`;
}

/** The amount refunded to the card, in pence; 0 until the payment is loaded. */
export const refundedPence = () => payment.refunded_pence;

async function load(): Promise<CasePayment> {
  const found = await call<CasePayment>("GET", pathOf(casePage.shown, "/payment"));
  if (found.kind === "stored") return found.value;
  showFailure(found);
  return NOTHING;
}

async function takeCard(): Promise<void> {
  started = await sendForCase<StartedPayment>(telephone, reportPath("/payments"), {}, keyFor(["card"]), "take-card");
  if (!started) return;
  const link = byId<HTMLAnchorElement>("card-link");
  link.href = started.next_url;
  show(byId("card-page"));
  link.focus();
}

async function checkPayment(): Promise<void> {
  if (!started) return;
  const found = await call<{ state: string }>("GET", `/api/payments/${started.payment_id}`);
  if (found.kind !== "stored") return showFailure(found);
  if (found.value.state === "success") return finishAction("The payment has come.");
  showStatus("The payment is not finished. Finish it on the card page, then check again.");
}

async function settlePayment(path: "receipt" | "waiver", field: "number" | "reason", text: string): Promise<void> {
  const form = byId<HTMLFormElement>(`${path}-form`);
  const value = byId<HTMLInputElement | HTMLTextAreaElement>(field).value.trim();
  clearErrors(form);
  if (!value) return showErrors(form, [{ field, message: `Enter the ${field}` }]);
  if (await sendForCase(form, reportPath(`/${path}`), { [field]: value }, {}, field)) await finishAction(text, form);
}

async function refund(): Promise<void> {
  const form = byId<HTMLFormElement>("refund-form");
  const pence = penceIn(amount.value);
  clearErrors(form);
  const faults = [
    ...(pence ? [] : [{ field: amount.id, message: "Enter an amount, such as 12.50" }]),
    ...(reason.value.trim() ? [] : [{ field: reason.id, message: "Enter the reason" }]),
  ];
  if (faults.length) return showErrors(form, faults);
  const body = { amount_pence: pence, reason: reason.value.trim(), refunded_pence: payment.refunded_pence };
  const path = `/api/payments/${payment.payment_id}/refunds`;
  if (await sendForCase(form, path, body, keyFor(body), amount.id))
    await finishAction("The money is on its way.", form);
}

/** The same key for the same thing, so that a repeat after a lost answer does nothing twice. */
function keyFor(body: object): Record<string, string> {
  const what = JSON.stringify([casePage.shown.service_request_id, body]);
  if (sent.what !== what) sent = { what, key: crypto.randomUUID() };
  return { "Idempotency-Key": sent.key };
}

async function finishAction(text: string, form?: HTMLFormElement): Promise<void> {
  form?.reset();
  started = null;
  await reloadCase();
  showStatus(text);
  focusOn(byId("order-heading"));
}

function onSubmit(name: string, act: () => Promise<void>): void {
  byId(`${name}-form`).addEventListener("submit", (event) => {
    event.preventDefault();
    void act();
  });
}

const reportPath = (rest: string) => `/api/reports/${casePage.shown.service_request_id}${rest}`;
