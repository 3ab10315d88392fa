import { describe, expect, test, vi } from "vitest";
import type { Draft } from "../../src/shared/pending-report.ts";
import { newBrowser } from "../browser.ts";
import { HERE } from "./council.ts";

async function openDraft(written: Partial<Draft> = {}) {
  newBrowser();
  const draft = await import("../../src/features/report/draft.ts");
  await draft.loadDraft();
  draft.changeDraft(written);
  return draft;
}

describe("the address", () => {
  test.each([
    ["4", "Market Place", "4 Market Place"],
    ["4b,", "Market Place", "4b Market Place"],
    ["12-14", "9 Market Place", "12-14 Market Place"],
    ["Outside 4", "Market Place", "Outside 4"],
    ["4", "", "4"],
    [" By the bench ", "Market Place", "By the bench"],
  ])("of “%s” on %s is “%s”", async (address, suggested_address, whole) => {
    const { addressOf, currentDraft } = await openDraft({ address, suggested_address });
    expect(addressOf(currentDraft())).toBe(whole);
  });

  test("is left alone while the resident types it", async () => {
    const { movePin, suggestStreet, currentDraft } = await openDraft();
    movePin(HERE);
    suggestStreet("Dial Row", true);
    expect(currentDraft()).toMatchObject({ address: "", suggested_address: "Dial Row" });
  });

  test("that the search wrote goes with its place", async () => {
    const { movePin, currentDraft } = await openDraft();
    movePin(HERE, "Market Place", "Market Place");
    movePin({ lat: 53, long: -1 });
    expect(currentDraft()).toMatchObject({ lat: 53, long: -1, address: "", place_label: "" });
  });

  test.each([
    ["Dial Row", "Dial Row"],
    ["", ""],
    ["Market Place", "4 Market Place"],
  ])("that is suggested follows the pin to “%s”", async (street, address) => {
    const { movePin, suggestStreet, currentDraft } = await openDraft();
    movePin(HERE, "Market Place", "4 Market Place");
    suggestStreet(street, false);
    expect(currentDraft()).toMatchObject({ address, suggested_address: address });
  });

  test("is near the nearest house, which follows the pin", async () => {
    const { movePin, suggestStreet, setNearestHouse, lastingSuggestion, addressOf, currentDraft } = await openDraft();
    movePin(HERE);
    suggestStreet("Market Place", false);
    setNearestHouse("12 Market Place", false);
    expect(currentDraft().address).toBe("12 Market Place");
    expect(addressOf(currentDraft())).toBe("Near 12 Market Place");
    movePin({ lat: 53, long: -1 }, "", lastingSuggestion());
    expect(addressOf(currentDraft())).toBe("Market Place");
    setNearestHouse("18 Market Place", false);
    expect(addressOf(currentDraft())).toBe("Near 18 Market Place");
  });

  test.each([
    ["typed stays", "Outside 4", "Market Place", "Outside 4"],
    ["typed stays in full", "4 Market Place", "Market Place", "4 Market Place"],
    ["searched for goes", "", "4 Market Place", "Near 18 Market Place"],
  ])("that was %s when the pin moves to another house", async (_, address, searched, whole) => {
    const { movePin, setNearestHouse, lastingSuggestion, addressOf, currentDraft } = await openDraft({ address });
    movePin(HERE, "Market Place", searched);
    movePin({ lat: 53, long: -1 }, "", lastingSuggestion());
    setNearestHouse("18 Market Place", false);
    expect(addressOf(currentDraft())).toBe(whole);
  });

  test("keeps the house that was searched for until the pin moves", async () => {
    const { movePin, setNearestHouse, addressOf, currentDraft } = await openDraft();
    movePin(HERE, "Market Place", "4 Market Place");
    setNearestHouse("12 Market Place", false);
    expect(addressOf(currentDraft())).toBe("4 Market Place");
  });

  test("is not changed by a house while the resident types it", async () => {
    const { movePin, setNearestHouse, currentDraft } = await openDraft();
    movePin(HERE, "", "Market Place");
    setNearestHouse("12 Market Place", true);
    expect(currentDraft()).toMatchObject({ address: "Market Place", nearest_house: "12 Market Place" });
  });

  test("that the reporter wrote stays", async () => {
    const { movePin, suggestStreet, currentDraft } = await openDraft({ address: "By the bench" });
    movePin(HERE, "Market Place", "Market Place");
    suggestStreet("Dial Row", false);
    expect(currentDraft().address).toBe("By the bench");
  });
});

test.each([
  ["nothing was begun", {}, null],
  ["somebody wrote something", { description: "A hole" }, "A hole"],
])("a pin that the page proposes is saved only with a report: %s", async (_, written, saved) => {
  vi.stubGlobal("navigator", {});
  const { proposePin, suggestStreet, currentDraft, changeDraft } = await openDraft({});
  if (saved) changeDraft(written);
  else sessionStorage.removeItem("ginnel.draft.report");
  proposePin(HERE);
  suggestStreet("Market Place", false);
  expect(currentDraft()).toMatchObject({ ...HERE, address: "Market Place" });
  const kept = JSON.parse(sessionStorage.getItem("ginnel.draft.report") ?? "null") as Draft | null;
  expect(kept?.description ?? null).toBe(saved);
});

test("another pin is a place without words, and about nothing that stands elsewhere", async () => {
  const { movePin, currentDraft } = await openDraft({
    in_words: true,
    asset: { asset_id: "lights-1", name: "L1", service_code: "light" },
  });
  movePin(HERE);
  expect(currentDraft()).toMatchObject({ in_words: false, asset: null });
});

test("what it is about changes with the problem, the place and the report", async () => {
  const { draftSubject, changeDraft, renewKey } = await openDraft({ ...HERE, service_code: "light" });
  const seen = [draftSubject()];
  for (const act of [() => changeDraft({ service_code: "litter" }), () => changeDraft({ lat: 53 }), renewKey]) {
    act();
    seen.push(draftSubject());
  }
  expect(new Set(seen).size).toBe(4);
});

test("an asset belongs to the service that it was chosen for", async () => {
  const asset = { asset_id: "lights-1", name: "L1", service_code: "light" };
  const { assetOf, currentDraft, changeDraft } = await openDraft({ asset, service_code: "light" });
  expect(assetOf(currentDraft())).toEqual(asset);
  changeDraft({ service_code: "litter" });
  expect(assetOf(currentDraft())).toBeNull();
});

test.each([
  ["somebody signed in", {}, "account-1"],
  ["somebody who wants to be unknown", { anonymous: true }, ""],
  ["an officer, for a resident who wants to be unknown", { anonymous: true, channel: "phone" }, "account-1"],
  ["an officer who wants to be unknown", { anonymous: true, channel: "online" }, ""],
])("the account that sends it is that of %s", async (_, changes, sender) => {
  const { senderOf, currentDraft } = await openDraft({ account: "account-1", ...changes });
  expect(senderOf(currentDraft())).toBe(sender);
});

test("the next report holds nothing of the one that is finished", async () => {
  const { finishDraft, currentDraft } = await openDraft({ description: "A hole", name: "Ann" });
  const { key } = currentDraft();
  finishDraft();
  expect(currentDraft()).toMatchObject({ description: "", name: "" });
  expect(currentDraft().key).not.toBe(key);
});

test("signing out in another tab takes the sender's details away", async () => {
  const { currentDraft } = await openDraft({
    account: "account-1",
    name: "Ann",
    email: "ann@example.org",
    description: "A hole",
  });
  const { SIGNED_OUT } = await import("../../src/shared/pending-report.ts");
  const { key } = currentDraft();
  new BroadcastChannel(SIGNED_OUT).postMessage("out");
  await expect.poll(() => currentDraft().account).toBe("");
  expect(currentDraft()).toMatchObject({ name: "", email: "", description: "A hole" });
  expect(currentDraft().key).not.toBe(key);
});
