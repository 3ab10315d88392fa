import { expect, test, vi } from "vitest";
import type { RememberedPremises } from "../../src/shared/collections/saved-address.ts";
import { newBrowser } from "../browser.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const PATH = "/api/premises/990/collections";

async function cacheRounds(days: number, answer: object = { rounds: ["R2"], street: "Mill Lane" }) {
  const network = newBrowser({ [PATH]: answer });
  const { refreshRounds, rememberGardenOffer } = await import("../../src/shared/collections/premises-rounds.ts");
  const { rememberedPremises } = await import("../../src/shared/collections/saved-address.ts");
  const premises: RememberedPremises = {
    premises_id: "990",
    address: "2 Mill Lane",
    street: "Mill Lane",
    rounds: ["R1"],
    checked_at: Date.now() - days * DAY_MS,
  };
  rememberedPremises.write(premises);
  const changed = () => refreshRounds(rememberedPremises.read() ?? premises);
  const { read: kept, forget } = rememberedPremises;
  return { changed, kept, forget, rememberGardenOffer, asked: () => network.of(PATH).length };
}

test("an address asks nobody for a day", async () => {
  const { changed, asked } = await cacheRounds(0.9);
  expect(await changed()).toBeNull();
  expect(asked()).toBe(0);
});

test("after a day the service is asked, and the new rounds are kept", async () => {
  const { changed, kept } = await cacheRounds(1);
  expect(await changed()).toMatchObject({ rounds: ["R2"], checked_at: Date.now() });
  expect(kept()).toMatchObject({ premises_id: "990", rounds: ["R2"], checked_at: Date.now() });
});

test("the same rounds are not drawn again, nor asked for again", async () => {
  const { changed, kept } = await cacheRounds(1, { rounds: ["R1"], street: "Mill Lane" });
  expect(await changed()).toBeNull();
  expect(kept()).toMatchObject({ rounds: ["R1"], checked_at: Date.now() });
});

test("without an answer, the address stays as it is", async () => {
  const { changed, kept } = await cacheRounds(8, () => new Response("", { status: 503 }));
  expect(await changed()).toBeNull();
  expect(kept()).toMatchObject({ rounds: ["R1"] });
});

test("an address that was forgotten meanwhile is not kept again", async () => {
  const { changed, kept, forget } = await cacheRounds(8);
  const answer = changed();
  forget();
  expect([await answer, kept()]).toEqual([null, null]);
});

test("an address that can have garden waste collected is drawn again with its price", async () => {
  const { changed, kept } = await cacheRounds(1, { rounds: ["R1"], street: "Mill Lane", garden_pence: 4800 });
  expect(await changed()).toMatchObject({ garden_pence: 4800 });
  expect(kept()).toMatchObject({ garden_pence: 4800 });
});

test("for a day after the offer of garden waste was followed, each view asks anew", async () => {
  const answer = { rounds: ["R1"], street: "Mill Lane", garden_pence: 4800 };
  const { changed, rememberGardenOffer, asked } = await cacheRounds(0.1, () => Response.json(answer));
  await changed();
  rememberGardenOffer();
  expect(await changed()).toMatchObject({ garden_pence: 4800 });
  Object.assign(answer, { rounds: ["R1", "G1"], garden_pence: null });
  expect(await changed()).toMatchObject({ rounds: ["R1", "G1"], garden_pence: null });
  vi.setSystemTime(Date.now() + DAY_MS - 1);
  await changed();
  expect(asked()).toBe(3);
  vi.setSystemTime(Date.now() + 1);
  expect([await changed(), asked()]).toEqual([null, 3]);
});
