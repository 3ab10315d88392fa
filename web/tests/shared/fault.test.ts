import { expect, test } from "vitest";
import { faultOf } from "../../src/shared/fault.ts";

const refused = (errors?: { field: string; message: string }[]) =>
  ({ kind: "refused", problem: { status: 400, title: "Bad Request", detail: "This day is over.", errors } }) as const;

test("one line about a refused call names the field at fault", () => {
  expect(faultOf(refused([{ field: "slots.free_units", message: "must be at least 0" }]))).toBe(
    "Free units must be at least 0",
  );
});

test("one line about a refused call says the reason when no field is at fault", () => {
  expect(faultOf(refused())).toBe("This day is over.");
});

test("a message that says what to do stands alone", () => {
  const message = "choose at most 7 days, the first one first";
  expect(faultOf(refused([{ field: "to", message }]))).toBe("Choose at most 7 days, the first one first");
});
