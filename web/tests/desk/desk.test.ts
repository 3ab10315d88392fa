import { describe, expect, test } from "vitest";
import { countText, needText, targetText } from "../../src/features/desk/words.ts";
import { newBrowser, problem } from "../browser.ts";

describe("a case's target", () => {
  test.each([
    ["none", null, "No target"],
    ["late", -1, "1 hour late"],
    ["late", -47, "47 hours late"],
    ["late", -80, "3 days late"],
    ["soon", 0.5, "Due within the hour"],
    ["soon", 5, "Due in 5 hours"],
    ["in_time", 100, "Due 5 June 2026"],
  ] as const)("%s, %s hours left: %s", (target, hours_left, words) => {
    expect(targetText({ target, hours_left, expected_datetime: "2026-06-05T12:00:00Z" })).toBe(words);
  });
});

test("a reason to look says who it comes from, and what that one wrote", () => {
  expect(
    needText({ reason: "could_not", by: "North crew", why: "A car was parked on it" } as Parameters<
      typeof needText
    >[0]),
  ).toMatch(/^.+, North crew: A car was parked on it$/);
  expect(needText({ reason: "could_not", by: null, why: "" } as unknown as Parameters<typeof needText>[0])).not.toMatch(
    /[,:]/,
  );
});

test("counts are said with their thousands", () => {
  expect([countText(1, "case"), countText(1240, "case"), countText(2, "entry", "entries")]).toEqual([
    "1 case",
    "1,240 cases",
    "2 entries",
  ]);
});

describe("a change that is sent", () => {
  const PATH = "/api/cases/7K3M/changes";

  async function desk() {
    const network = newBrowser({ "/api/session/refresh": { access_token: "token", account: {} }, [PATH]: {} });
    const { sendChange } = await import("../../src/features/desk/sending.ts");
    return { network, sendChange, keys: () => network.of(PATH).map(({ headers }) => headers.get("Idempotency-Key")) };
  }

  test("goes under the same key until its answer has come", async () => {
    const { network, sendChange, keys } = await desk();
    network.answer(PATH, null);
    const lost = await sendChange(PATH, { state: "fixed" });
    network.answer(PATH, {});
    const found = await sendChange(PATH, { state: "fixed" });
    expect([lost.outcome.kind, found.outcome.kind]).toEqual(["later", "stored"]);
    expect(new Set(keys()).size).toBe(1);
    expect(found.asked).toBe(lost.asked);
  });

  test("goes under another key when it is another one, or was stored or refused before", async () => {
    const { network, sendChange, keys } = await desk();
    await sendChange(PATH, { state: "fixed" });
    await sendChange(PATH, { state: "fixed" });
    network.answer(PATH, () => problem(409, "Conflict"));
    await sendChange(PATH, { state: "fixed" });
    network.answer(PATH, null);
    await sendChange(PATH, { state: "fixed" });
    await sendChange(PATH, { state: "open" });
    expect(new Set(keys()).size).toBe(5);
  });
});
