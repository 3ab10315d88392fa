import { expect, test } from "vitest";
import { alertErrors } from "../../src/features/alerts/faults.ts";
import type { Outcome } from "../../src/shared/api.ts";

const refused = (more: object): Outcome<never> => ({
  kind: "refused",
  problem: { title: "Wrong", status: 400, ...more },
});

test.each<[string, Outcome<unknown>, object[]]>([
  ["nothing when it was stored", { kind: "stored", value: {} }, []],
  [
    "the fault at its field",
    refused({ errors: [{ field: "to", message: "give an email address" }] }),
    [{ field: "to", message: "Give an email address" }],
  ],
  [
    "a fault of an earlier step above the form",
    refused({ errors: [{ field: "topic.radius_m", message: "at most 5,000" }] }),
    [{ field: "", message: "At most 5,000" }],
  ],
  ["the detail when no field is named", refused({ detail: "Too many." }), [{ field: "", message: "Too many." }]],
  ["the title when there is no detail", refused({ errors: [] }), [{ field: "", message: "Wrong" }]],
])("what is said of an alert is %s", (_, outcome, faults) => {
  expect(alertErrors(outcome)).toEqual(faults);
});

test("a connection that was lost is said to have kept the answers", () => {
  const [fault] = alertErrors({ kind: "later", retryAfterSeconds: null });
  expect(fault).toMatchObject({ field: "" });
  expect(fault!.message).toContain("We've kept your answers");
});
