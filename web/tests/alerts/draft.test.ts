import { describe, expect, test } from "vitest";
import type { Draft } from "../../src/features/alerts/draft.ts";
import { stepAfterTopic, allowedStep, type Step } from "../../src/features/alerts/step-order.ts";
import { newBrowser, nextPage } from "../browser.ts";

const HERE = { lat: 53.959, long: -1.081 };
const RECEIPT = { subscription_id: "s1", state: "active" as const, manage_url: "/alerts/s1" };

async function draftWith(changes: Partial<Draft>) {
  newBrowser();
  const module = await import("../../src/features/alerts/draft.ts");
  module.startDraft(changes);
  return module;
}

describe("the step after what it is about", () => {
  test.each([
    ["area", "where"],
    ["roadworks", "where"],
    ["disruptions", "where"],
    ["ward", "ward"],
    ["council", "when"],
    ["report", "when"],
  ] as const)("of %s is %s", (kind, step) => {
    expect(stepAfterTopic({ kind })).toBe(step);
  });
});

describe("a step that is asked for", () => {
  test.each<[string, Partial<Draft>, Step, Step]>([
    ["nothing was chosen", {}, "how", "what"],
    ["a place is missing", { kind: "area" }, "how", "where"],
    ["the place is there", { kind: "area", place: HERE }, "how", "how"],
    ["road works need no place", { kind: "roadworks" }, "how", "how"],
    ["a ward is missing", { kind: "ward" }, "when", "ward"],
    ["the ward is there", { kind: "ward", ward_code: "W1" }, "when", "when"],
    ["the place is another kind's", { kind: "council" }, "where", "when"],
    ["nothing was sent", { kind: "council" }, "sent", "what"],
    ["it was sent", { kind: "council", receipt: RECEIPT }, "sent", "sent"],
  ])("is shown or not: %s", async (_, changes, wanted, step) => {
    const { currentDraft } = await draftWith(changes);
    expect(allowedStep(wanted, currentDraft())).toBe(step);
  });
});

describe("what is asked for", () => {
  test.each<[Partial<Draft>, string]>([
    [{}, ""],
    [{ kind: "area", place: HERE, place_label: "ZZ9 9AA", radius_m: 1000 }, "Reports within 1 km of ZZ9 9AA"],
    [{ kind: "area", place: HERE }, "Reports within 500 m of the location you chose"],
    [{ kind: "ward", ward_code: "W1", ward_name: "Riverside" }, "Reports in Riverside ward"],
    [{ kind: "roadworks" }, "Road works anywhere in the council’s area"],
    [{ kind: "report", service_request_id: "7K3M2QXV9HTD" }, "Report 7K3M-2QXV-9HTD"],
  ])("is said in words: %o", async (changes, words) => {
    expect((await draftWith(changes)).aboutWords()).toBe(words);
  });

  test("has no place when it is not about one", async () => {
    const { requestBody, currentDraft } = await draftWith({
      kind: "ward",
      ward_code: "W1",
      place: HERE,
      service_codes: ["pothole"],
    });
    expect(requestBody(currentDraft())).toEqual({
      topic: { kind: "ward", ward_code: "W1", service_codes: ["pothole"] },
      event_types: [],
      frequency: "now",
    });
  });

  test("has only what is wanted of a report, and quiet hours", async () => {
    const { requestBody, currentDraft } = await draftWith({
      kind: "report",
      service_request_id: "7K3M",
      unwanted: ["updated"],
      quiet: true,
      begin: "21:30",
      service_codes: ["pothole"],
    });
    expect(requestBody(currentDraft())).toEqual({
      topic: { kind: "report", service_request_id: "7K3M" },
      event_types: ["new", "state_changed", "fixed", "repair_question"],
      frequency: "now",
      quiet: { begin: "21:30", end: "07:00" },
    });
  });

  test("has the place of road works that are near one", async () => {
    const { requestBody, currentDraft } = await draftWith({
      kind: "roadworks",
      place: HERE,
      service_codes: ["pothole"],
    });
    expect(requestBody(currentDraft())).toMatchObject({ topic: { kind: "roadworks", ...HERE, radius_m: 500 } });
  });
});

test("a change is another request, and the draft is there after a reload", async () => {
  const { currentDraft, changeDraft, storeReceipt } = await draftWith({ kind: "council" });
  const { key } = currentDraft();
  storeReceipt(RECEIPT);
  expect(currentDraft().key).toBe(key);
  changeDraft({ frequency: "daily" });
  expect(currentDraft()).toMatchObject({ receipt: null, frequency: "daily" });
  expect(currentDraft().key).not.toBe(key);
  nextPage({ isSameTab: true });
  expect((await import("../../src/features/alerts/draft.ts")).currentDraft()).toMatchObject({
    kind: "council",
    frequency: "daily",
  });
});
