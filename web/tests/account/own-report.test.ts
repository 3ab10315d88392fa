import { describe, expect, test } from "vitest";
import { changesIn, type OwnReport } from "../../src/features/account/own-report.ts";
import { newBrowser, problem } from "../browser.ts";

const REPORT = {
  service_request_id: "7K3M2QXV9HTD",
  title: "Hole",
  description: "A deep hole",
  address: null,
  state: "open",
  visibility: "public",
  can_change: true,
  version: 3,
} as OwnReport;
const PATH = "/api/account/reports/7K3M2QXV9HTD";

describe("the changes of a report", () => {
  const words = { title: "Hole", description: "A deep hole", address: "" };

  test.each([
    ["nothing", {}, {}],
    ["a word", { description: "Deeper" }, { description: "Deeper" }],
    ["what was not there", { address: "By the gate" }, { address: "By the gate" }],
    ["what is taken away", { title: "" }, { clear: ["title"] }],
  ])("are what differs: %s", (_, changed, changes) => {
    expect(changesIn({ ...words, ...changed }, REPORT)).toEqual(changes);
  });
});

describe("a change", () => {
  async function saving(elsewhere: object | null) {
    const known = { ...REPORT };
    let version = elsewhere ? 4 : 3;
    const network = newBrowser({
      "/api/session/refresh": {
        access_token: "token",
        account: { account_id: "a", name: null, roles: ["resident"], assurance: "contact" },
      },
      "/api/reports/7K3M2QXV9HTD": () => ({ ...REPORT, version, ...elsewhere }),
      [PATH]: ({ headers, body }) =>
        headers.get("If-Match") === `"${version}"`
          ? { ...REPORT, version: ++version, ...(body as object) }
          : problem(409, "Conflict"),
    });
    const { saveReport } = await import("../../src/features/account/report-save.ts");
    return { known, network, save: () => saveReport(known, { description: "Deeper" }) };
  }

  test("is saved", async () => {
    const { save, network } = await saving(null);
    expect(await save()).toMatchObject({ kind: "stored", value: { description: "Deeper" } });
    expect(network.of(PATH)).toHaveLength(1);
  });

  test("is saved though somebody follows the report meanwhile", async () => {
    const { save, network } = await saving({});
    expect(await save()).toMatchObject({ kind: "stored", value: { description: "Deeper" } });
    expect(network.of(PATH).map(({ headers }) => headers.get("If-Match"))).toEqual(['"3"', '"4"']);
  });

  test("is told, and saved knowingly with the next press, when the report says something else by now", async () => {
    const { save, known } = await saving({ title: "From the other tab" });
    expect(await save()).toMatchObject({
      kind: "refused",
      problem: { status: 409, detail: expect.stringContaining("Select 'Save' again") },
    });
    expect(known).toMatchObject({ title: "From the other tab", version: 4 });
    expect(await save()).toMatchObject({ kind: "stored" });
  });
});
