import { describe, expect, test } from "vitest";
import type { Draft } from "../../src/shared/pending-report.ts";
import { newBrowser } from "../browser.ts";
import { HERE, SERVICES, WHOLE } from "./council.ts";

/** What is sent of a draft with these values, and of its photos. */
async function sent(changes: Partial<Draft> = {}, photoIds: string[] = []) {
  newBrowser();
  const { newDraft } = await import("../../src/shared/pending-report.ts");
  const { requestBody } = await import("../../src/features/report/body.ts");
  const draft = { ...newDraft(), ...WHOLE, ...changes };
  const service = SERVICES.find(({ service_code }) => service_code === draft.service_code)!;
  return requestBody(draft, service, photoIds);
}

test("a report without more has its place, service and words alone", async () => {
  expect(await sent({ description: "  Bags by the gate\n" })).toEqual({
    service_code: "litter",
    ...HERE,
    description: "Bags by the gate",
  });
});

describe("what was filled in", () => {
  test.each<[string, Partial<Draft>, object]>([
    ["a title", { title: " Bags " }, { title: "Bags" }],
    ["an address on one line", { address: "4\n Market  Place" }, { address: "4 Market Place" }],
    ["a contact without its empty fields", { name: " Ann ", email: "" }, { contact: { name: "Ann" } }],
    ["that no updates are wanted", { no_alerts: true }, { alerts: false }],
    ["how it reached staff", { channel: "phone" }, { channel: "phone" }],
    ["nobody's name when it is anonymous", { name: "Ann", phone: "1", anonymous: true }, { anonymous: true }],
  ])("is sent: %s", async (_, changes, added) => {
    const { service_code, lat, long, description, ...more } = await sent(changes);
    expect(more).toEqual(added);
  });

  test("is sent of photos by their ids", async () => {
    expect(await sent({}, ["p1", "p2"])).toMatchObject({ photo_ids: ["p1", "p2"] });
  });

  test("is left out when it answers another service's question", async () => {
    const attributes = { what: "out", depth: "deep" };
    expect(await sent({ service_code: "light", attributes })).toMatchObject({ attributes: { what: "out" } });
    expect(await sent({ attributes })).not.toHaveProperty("attributes");
  });

  test("is left out when the asset belongs to another service", async () => {
    const asset = { asset_id: "lights-1", name: "L1", service_code: "light" };
    expect(await sent({ asset, service_code: "light" })).toMatchObject({ asset_id: "lights-1" });
    expect(await sent({ asset })).not.toHaveProperty("asset_id");
  });
});
