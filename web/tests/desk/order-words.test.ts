import { describe, expect, test } from "vitest";
import type { Order } from "../../src/features/desk/model.ts";
import { cancelText, lineText, refundText, vatText } from "../../src/features/desk/order-words.ts";

const hall = { text: "Hire the hall", amount_pence: 1800, vat_pence: 300, vat_percent: 20 };
const mattress = { text: "Mattress", amount_pence: 2000 };
const order = (more: Partial<Order>): Order => ({
  lines: [mattress],
  amount_pence: 2000,
  fund: "BULKY",
  booking: null,
  state: "settled",
  paid_by: "card",
  refund_pence: 0,
  ...more,
});

describe("price of an order", () => {
  test("names the VAT of each line and of the total", () => {
    const fee = { text: "Fee", amount_pence: 500, vat_pence: 83, vat_percent: 20 };
    expect(lineText(hall)).toBe("£18, including £3 VAT at 20%");
    expect(vatText(order({ lines: [hall, fee] }))).toEqual(["£3.83"]);
  });

  test("has no VAT where none is in it", () => {
    expect(lineText(mattress)).toBe("£20");
    expect(vatText(order({}))).toEqual([]);
  });
});

describe("question before an order is cancelled", () => {
  test.each([
    [order({}), 0, "The reporter gets £20 back."],
    [order({}), 500, "The reporter gets £15 back."],
    [order({}), 2000, "No money goes back."],
    [order({ paid_by: "receipt" }), 0, "No money goes back."],
  ])("names what is left of the payment", (of, refunded, says) => {
    expect(cancelText(of, refunded)).toContain(says);
  });
});

describe("what went back to the card", () => {
  const payment = (refunded: number, failed: number) =>
    refundText({
      payment_id: "1",
      refunded_pence: refunded,
      left_pence: 2000 - refunded,
      failed_refund_pence: failed,
      may: [],
    });

  test("names what was sent, and what failed with what to do", () => {
    expect(payment(0, 0)).toBe("");
    expect(payment(500, 0)).toBe("£5 has gone back to the card, or is on its way.");
    expect(payment(500, 1500)).toBe(
      "£5 has gone back to the card, or is on its way. A refund of £15 failed. Send it again, or pay it in another way.",
    );
  });
});
