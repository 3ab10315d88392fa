import { expect, test } from "vitest";
import type { RememberedPremises } from "../../src/shared/collections/remembered.ts";
import { newBrowser } from "../browser.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const PATH = "/api/premises/990/collections";

async function remembered(days: number, answer: object = { rounds: ["R2"], street: "Mill Lane" }) {
  const network = newBrowser({ [PATH]: answer });
  const { changedRounds } = await import("../../src/shared/collections/premises-rounds.ts");
  const { rememberedPremises } = await import("../../src/shared/collections/remembered.ts");
  const premises: RememberedPremises = {
    premises_id: "990",
    address: "2 Mill Lane",
    street: "Mill Lane",
    rounds: ["R1"],
    checked_at: Date.now() - days * DAY_MS,
  };
  rememberedPremises.write(premises);
  const changed = (published: string[]) => changedRounds(premises, published);
  const { read: kept, forget } = rememberedPremises;
  return { changed, kept, forget, asked: () => network.of(PATH).length };
}

test("an address whose rounds are published asks nobody for a week", async () => {
  const { changed, asked } = await remembered(6.9);
  expect(await changed(["R1"])).toBeNull();
  expect(asked()).toBe(0);
});

test("after a week the service is asked, and the new rounds are kept", async () => {
  const { changed, kept } = await remembered(7);
  expect(await changed(["R1"])).toMatchObject({ rounds: ["R2"], checked_at: Date.now() });
  expect(kept()).toMatchObject({ premises_id: "990", rounds: ["R2"], checked_at: Date.now() });
});

test("the same rounds are not drawn again, nor asked for again", async () => {
  const { changed, kept } = await remembered(7, { rounds: ["R1"], street: "Mill Lane" });
  expect(await changed(["R1"])).toBeNull();
  expect(kept()).toMatchObject({ rounds: ["R1"], checked_at: Date.now() });
});

test.each([
  [0.9, 0],
  [1, 1],
])("an address whose round is not published asks after a day: %d days, %i times", async (days, times) => {
  const { changed, asked } = await remembered(days);
  await changed(["R2"]);
  expect(asked()).toBe(times);
});

test("without an answer, the address stays as it is", async () => {
  const { changed, kept } = await remembered(8, () => new Response("", { status: 503 }));
  expect(await changed(["R1"])).toBeNull();
  expect(kept()).toMatchObject({ rounds: ["R1"] });
});

test("an address that was forgotten meanwhile is not kept again", async () => {
  const { changed, kept, forget } = await remembered(8);
  const answer = changed(["R1"]);
  forget();
  expect([await answer, kept()]).toEqual([null, null]);
});
