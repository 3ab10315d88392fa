/** What an officer does about the payment of a case: a card on the telephone, a receipt, a waiver, a refund. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { penceIn, pounds } from "../../shared/money.ts";
import { call } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { here, pathOf, readAnew, sendOf } from "./current-case.ts";
import type { CasePayment, Order } from "./model.ts";

interface Begun {
  payment_id: string;
  next_url: string;
}

const NOTHING: CasePayment = { payment_id: null, refunded_pence: 0, left_pence: 0, may: [] };
const PARTS = { telephone: "telephone", receipt: "receipt", waive: "waiver", refund: "refund" } as const;
const telephone = byId("telephone");
const amount = byId<HTMLInputElement>("amount_pence");
const reason = byId<HTMLTextAreaElement>("refund-reason");
let payment = NOTHING;
let begun: Begun | null = null;
let sent = { what: "", key: "" };

export function startPayment(): void {
  byId("take-card").addEventListener("click", () => void takeCard());
  byId("check-payment").addEventListener("click", () => void checkPayment());
  onSubmit("receipt", () => settle("receipt", "number", "Receipt recorded."));
  onSubmit("waiver", () => settle("waiver", "reason", "The payment is waived."));
  onSubmit("refund", refund);
}

/** Shows what may be done now; what was typed stays. */
export async function drawPayment(order: Order): Promise<void> {
  payment = order.amount_pence ? await load() : NOTHING;
  for (const [act, id] of Object.entries(PARTS))
    show(
      byId(id),
      payment.may.some((each) => each === act),
    );
  show(byId("card-page"), begun !== null);
  byId("refunded").textContent = payment.refunded_pence
    ? `${pounds(payment.refunded_pence)} has gone back to the card, or is on its way.`
    : "";
  byId("amount_pence-hint").textContent = `At most ${pounds(payment.left_pence)}.`;
}

/** What went back to the card; 0 until the payment is loaded. */
export const refundedPence = () => payment.refunded_pence;

async function load(): Promise<CasePayment> {
  const found = await call<CasePayment>("GET", pathOf(here.shown, "/payment"));
  if (found.kind === "stored") return found.value;
  showFailure(found);
  return NOTHING;
}

async function takeCard(): Promise<void> {
  begun = await sendOf<Begun>(telephone, ofReport("/payments"), {}, keyFor(["card"]), "take-card");
  if (!begun) return;
  const link = byId<HTMLAnchorElement>("card-link");
  link.href = begun.next_url;
  show(byId("card-page"));
  link.focus();
}

async function checkPayment(): Promise<void> {
  if (!begun) return;
  const found = await call<{ state: string }>("GET", `/api/payments/${begun.payment_id}`);
  if (found.kind !== "stored") return showFailure(found);
  if (found.value.state === "success") return done("The payment has come.");
  showStatus("The payment is not finished. Finish it on the card page, then check again.");
}

async function settle(path: "receipt" | "waiver", field: "number" | "reason", text: string): Promise<void> {
  const form = byId<HTMLFormElement>(`${path}-form`);
  const value = byId<HTMLInputElement | HTMLTextAreaElement>(field).value.trim();
  clearErrors(form);
  if (!value) return showErrors(form, [{ field, message: `Enter the ${field}` }]);
  if (await sendOf(form, ofReport(`/${path}`), { [field]: value }, {}, field)) await done(text, form);
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
  if (await sendOf(form, path, body, keyFor(body), amount.id)) await done("The money is on its way.", form);
}

/** The same key for the same thing, so that a repeat after a lost answer does nothing twice. */
function keyFor(body: object): Record<string, string> {
  const what = JSON.stringify([here.shown.service_request_id, body]);
  if (sent.what !== what) sent = { what, key: crypto.randomUUID() };
  return { "Idempotency-Key": sent.key };
}

async function done(text: string, form?: HTMLFormElement): Promise<void> {
  form?.reset();
  begun = null;
  await readAnew();
  showStatus(text);
  focusOn(byId("order-heading"));
}

function onSubmit(name: string, act: () => Promise<void>): void {
  byId(`${name}-form`).addEventListener("submit", (event) => {
    event.preventDefault();
    void act();
  });
}

const ofReport = (rest: string) => `/api/reports/${here.shown.service_request_id}${rest}`;
