import { expect, test } from "vitest";
import { answersTo, answerText, dangerousAnswer, questionsOf } from "../../src/features/report/answers.ts";
import { newDraft } from "../../src/shared/pending-report.ts";
import { question, SERVICES } from "./council.ts";

const KINDS = question("kinds", {
  datatype: "multivaluelist",
  order: 2,
  values: [
    { key: "sofa", name: "Furniture" },
    { key: "tyre", name: "Tyres" },
    { key: "asbestos", name: "Asbestos", dangerous: true },
  ],
});
const PLATE = question("plate", { order: 1 });
const TIPPING = { ...SERVICES[0]!, attributes: [KINDS, PLATE] };
const answered = (attributes: Record<string, string | string[]>) => ({ ...newDraft(), attributes });

test("questions come in their order", () => {
  expect(questionsOf(TIPPING).map(({ code }) => code)).toEqual(["plate", "kinds"]);
  expect(questionsOf(undefined)).toEqual([]);
});

test("several answers are said by their names, one a line", () => {
  expect(answerText(answered({ kinds: ["sofa", "tyre"] }), KINDS)).toBe("Furniture\nTyres");
  expect(answerText(answered({}), KINDS)).toBe("");
});

test("a time is said with a comma", () => {
  expect(answerText(answered({ seen: "2026-05-03T14:10" }), question("seen", { datatype: "datetime" }))).toBe(
    "2026-05-03, 14:10",
  );
});

test("one dangerous answer among several is found", () => {
  expect(dangerousAnswer(answered({ kinds: ["sofa", "asbestos"] }), [KINDS])).toBe("Asbestos");
  expect(dangerousAnswer(answered({ kinds: ["sofa"] }), [KINDS])).toBeUndefined();
});

test("only answers to the service's own questions are sent, without those left empty", () => {
  expect(answersTo(TIPPING, answered({ plate: " AB12 ", kinds: [], depth: "deep" }))).toEqual({ plate: "AB12" });
});
