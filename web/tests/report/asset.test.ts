import { describe, expect, test } from "vitest";
import type { Draft } from "../../src/shared/pending-report.ts";
import { type Answer, newBrowser } from "../browser.ts";
import { documents, HERE, lights } from "./council.ts";

async function openDraft(written: Partial<Draft>, changes: Record<string, Answer>) {
  const network = newBrowser(documents(changes));
  const draft = await import("../../src/features/report/draft.ts");
  await draft.loadDraft();
  draft.changeDraft(written);
  const search = await import("../../src/features/report/asset-search.ts");
  const { startFromAsset } = await import("../../src/features/report/asset-link.ts");
  return { ...draft, ...search, startFromAsset, network };
}

const AT_LIGHT = { ...HERE, service_code: "light" };

describe("what there is to choose from", () => {
  test("is the nearest eight within 250 m, nearest first", async () => {
    const { findAssets } = await openDraft(AT_LIGHT, lights(200, 10, 249, 90, 80, 70, 60, 50, 40, 30, 251));
    const names = (await findAssets())!.near.map(({ facility }) => facility.name);
    expect(names).toEqual([2, 10, 9, 8, 7, 6, 5, 4].map((number) => `Light ${number}`));
  });

  test("is loaded once, early", async () => {
    const { preloadAssets, findAssets, network } = await openDraft(AT_LIGHT, lights(10));
    await preloadAssets();
    await findAssets();
    expect(network.of("/data/facilities/lights.json")).toHaveLength(1);
  });
});

describe("the choice", () => {
  test("moves the report to what it is about, and shows the same choice again", async () => {
    const { findAssets, chooseAsset, currentDraft, hasNewAssets } = await openDraft(AT_LIGHT, lights(20, 40));
    const choice = (await findAssets())!;
    chooseAsset(choice.near[1], choice);
    expect(currentDraft()).toMatchObject({
      lat: choice.near[1]!.facility.lat,
      asset: { asset_id: "lights-2", service_code: "light" },
    });
    expect(await findAssets()).toBe(choice);
    expect(await hasNewAssets()).toBe(false);
  });

  test("of none leaves the place as it is", async () => {
    const { findAssets, chooseAsset, currentDraft, hasNewAssets } = await openDraft(AT_LIGHT, lights(20));
    chooseAsset(undefined, (await findAssets())!);
    expect(currentDraft()).toMatchObject({ ...HERE, asset: null });
    expect(await hasNewAssets()).toBe(false);
  });
});

describe("a link from a thing's own page", () => {
  test("begins a report about it, where it is", async () => {
    const { startFromAsset, currentDraft } = await openDraft({}, lights(20));
    expect(await startFromAsset("lights-1")).toBe("details");
    expect(currentDraft()).toMatchObject({
      service_code: "light",
      place_label: "Light 1",
      asset: { asset_id: "lights-1" },
    });
  });

  test.each([
    { description: "A hole" },
    { title: "Hole" },
    { address: "By the gate" },
    { attributes: { depth: "deep" } },
    { service_code: "litter" },
  ])("asks first, and changes nothing, when another report is begun: %o", async (written) => {
    const { startFromAsset, currentDraft } = await openDraft(written, lights(20));
    const before = currentDraft();
    expect(await startFromAsset("lights-1")).toBe("begun");
    expect(currentDraft()).toBe(before);
  });

  test("goes on with the report that is about the same thing", async () => {
    const { startFromAsset, changeDraft, currentDraft } = await openDraft({}, lights(20));
    await startFromAsset("lights-1");
    changeDraft({ description: "It is dark" });
    expect(await startFromAsset("lights-1")).toBe("details");
    expect(currentDraft().description).toBe("It is dark");
  });

  test("leads to the place when there is no such thing", async () => {
    const { startFromAsset } = await openDraft({}, lights(20));
    expect(await startFromAsset("lights-99")).toBe("where");
  });
});
