import { describe, expect, test, vi } from "vitest";
import type { Elsewhere } from "../../src/shared/council.ts";
import type { Draft } from "../../src/shared/pending-report.ts";
import { type Answer, newBrowser, problem, silence } from "../browser.ts";
import { around, documents, HERE, lights, WHOLE } from "./council.ts";

async function openFlow(
  written: Partial<Draft>,
  changes: Record<string, Answer> = {},
  elsewhere: Elsewhere[] = [],
  address = "/report/",
) {
  const network = newBrowser(documents(changes, elsewhere), address);
  const draft = await import("../../src/features/report/draft.ts");
  await draft.loadDraft();
  draft.changeDraft(written);
  const { allowedStep, stepAfter } = await import("../../src/features/report/flow.ts");
  return { ...draft, allowedStep, stepAfter, network };
}

const NEARBY = {
  "/api/reports/nearby": { items: [{ service_request_id: "7K3M2QXV9HTD", title: null, distance_m: 3 }] },
};

describe("the place", () => {
  test("is asked for first", async () => {
    const { stepAfter } = await openFlow({});
    expect(await stepAfter("begun")).toBe("where");
  });

  test("may be words instead of a pin", async () => {
    const { stepAfter } = await openFlow({ in_words: true, address: "Behind the third bench" });
    expect(await stepAfter("where")).toBe("service");
  });

  test("has to be in one of the council's wards", async () => {
    const { stepAfter } = await openFlow({ lat: 54.5, long: -1 });
    expect(await stepAfter("where")).toBe("where");
  });

  test.each([
    ["lost", null],
    ["none yet", { items: [] }],
  ])("is left to the server to judge when the wards are %s", async (_, wards) => {
    const { stepAfter } = await openFlow({ lat: 54.5, long: -1 }, { "/data/wards.json": wards });
    expect(await stepAfter("where")).toBe("service");
  });
});

describe("a place that another body looks after", () => {
  const trunk: Elsewhere = {
    name: "Trunk roads",
    services: ["pothole"],
    polygons: [around(HERE, 0.001)],
    advice: null,
    phone: null,
    url: null,
  };

  test.each([
    ["its service", { service_code: "pothole" }, "elsewhere"],
    ["another service", { service_code: "litter" }, "details"],
    ["west of it", { service_code: "pothole", long: HERE.long - 0.0015 }, "details"],
    ["east of it", { service_code: "pothole", long: HERE.long + 0.0015 }, "details"],
  ])("stops only its own services within its edges: %s", async (_, changes, step) => {
    const { stepAfter } = await openFlow({ ...HERE, ...changes }, {}, [trunk]);
    expect(await stepAfter("service")).toBe(step);
  });

  test("stops every service when it names none", async () => {
    const { stepAfter } = await openFlow({ ...HERE, service_code: "litter" }, {}, [{ ...trunk, services: null }]);
    expect(await stepAfter("service")).toBe("elsewhere");
  });
});

describe("reports nearby", () => {
  test("are shown before the details, and once", async () => {
    const { stepAfter, changeDraft, draftSubject } = await openFlow({ ...HERE, service_code: "pothole" }, NEARBY);
    expect(await stepAfter("service")).toBe("nearby");
    changeDraft({ nearby_for: draftSubject() });
    expect(await stepAfter("service")).toBe("details");
  });

  test("are shown again when the problem becomes another", async () => {
    const { stepAfter, changeDraft, draftSubject } = await openFlow({ ...HERE, service_code: "pothole" }, NEARBY);
    changeDraft({ nearby_for: draftSubject() });
    changeDraft({ service_code: "litter" });
    expect(await stepAfter("service")).toBe("nearby");
  });

  test.each([
    ["there are none", { items: [] }],
    ["the answer is lost", null],
    ["the service fails", () => problem(500, "Broken")],
  ])("are left out when %s", async (_, answer) => {
    const { stepAfter } = await openFlow({ ...HERE, service_code: "pothole" }, { "/api/reports/nearby": answer });
    expect(await stepAfter("service")).toBe("details");
  });

  test("are left out after four seconds without an answer", async () => {
    const { stepAfter } = await openFlow({ ...HERE, service_code: "pothole" }, { "/api/reports/nearby": silence });
    const patience = vi.spyOn(globalThis, "setTimeout").mockImplementation(((
      act: (value: unknown) => void,
      ms: number,
      value: unknown,
    ) => {
      if (ms === 4000) act(value);
      return 0;
    }) as unknown as typeof setTimeout);
    expect(await stepAfter("service")).toBe("details");
    expect(patience.mock.calls.some(([, ms]) => ms === 4000)).toBe(true);
  });

  test("are not looked for without a pin", async () => {
    const { stepAfter, allowedStep, network } = await openFlow(
      { in_words: true, address: "By the bench", service_code: "pothole" },
      NEARBY,
    );
    expect(await stepAfter("service")).toBe("details");
    expect(await allowedStep("nearby")).toBe("service");
    expect(network.of("/api/reports/nearby")).toEqual([]);
  });
});

describe("which one it is", () => {
  test("is asked before the reports nearby when there are some around", async () => {
    const { stepAfter } = await openFlow({ ...HERE, service_code: "light" }, { ...lights(20, 300), ...NEARBY });
    expect(await stepAfter("service")).toBe("asset");
    expect(await stepAfter("asset")).toBe("nearby");
  });

  test.each([
    ["none is within 250 m", "light", lights(260)],
    ["the kind is another service's", "litter", lights(20)],
    ["the list cannot be had", "light", { ...lights(20), "/data/facilities/lights.json": null }],
  ])("is not asked when %s", async (_, service_code, changes) => {
    const { stepAfter } = await openFlow({ ...HERE, service_code }, changes);
    expect(await stepAfter("service")).not.toBe("asset");
  });

  test("is not asked again of the same report", async () => {
    const { stepAfter, changeDraft, draftSubject } = await openFlow({ ...HERE, service_code: "light" }, lights(20));
    changeDraft({ asset_for: draftSubject() });
    expect(await stepAfter("service")).toBe("details");
  });
});

describe("the service's own questions", () => {
  test.each<Draft["attributes"]>([{}, { what: "" }, { what: "  " }])(
    "hold up the report while a required answer is missing: %o",
    async (attributes) => {
      const { allowedStep } = await openFlow({ ...WHOLE, service_code: "light", attributes });
      expect(await allowedStep("check")).toBe("details");
    },
  );

  test("do not hold it up without the answers that nobody has to give", async () => {
    const { allowedStep } = await openFlow({ ...WHOLE, service_code: "pothole" });
    expect(await allowedStep("check")).toBe("check");
  });

  test("are those of another service when the problem is changed after the check", async () => {
    const { stepAfter } = await openFlow({ ...WHOLE, service_code: "pothole", asked_for: "litter", checked: true });
    expect(await stepAfter("service")).toBe("details");
  });
});

describe("a dangerous answer", () => {
  test("stops the report", async () => {
    const { stepAfter, allowedStep } = await openFlow({
      ...WHOLE,
      service_code: "light",
      attributes: { what: "wires" },
    });
    expect(await stepAfter("details")).toBe("danger");
    expect(await allowedStep("check")).toBe("danger");
  });

  test("stops it no more when it is changed", async () => {
    const { stepAfter, allowedStep } = await openFlow({ ...WHOLE, service_code: "light", attributes: { what: "out" } });
    expect(await stepAfter("details")).toBe("check");
    expect(await allowedStep("danger")).toBe("service");
  });
});

describe("words about a person", () => {
  const words = { ...WHOLE, description: "Mr Smith fell over it" };

  test("are asked about before the check", async () => {
    expect(await (await openFlow(words)).stepAfter("details")).toBe("personal");
  });

  test("are asked about in the title and the address, too", async () => {
    expect(await (await openFlow({ ...WHOLE, title: "For Mrs Jones" })).stepAfter("details")).toBe("personal");
    expect(await (await openFlow({ ...WHOLE, address: "Next to Mrs Jones" })).stepAfter("details")).toBe("personal");
  });

  test("are not asked about when nobody but the council reads them", async () => {
    expect(await (await openFlow({ ...words, service_code: "noise" })).stepAfter("details")).toBe("check");
  });

  test("are not asked about again once they are kept, until they change", async () => {
    const { stepAfter, changeDraft, currentDraft } = await openFlow(words);
    const { publicWords } = await import("../../src/features/report/personal-data.ts");
    changeDraft({ kept_words: publicWords(currentDraft()) });
    expect(await stepAfter("details")).toBe("check");
    changeDraft({ title: "For Mrs Jones" });
    expect(await stepAfter("details")).toBe("personal");
  });

  test("lead back to the details when they are gone", async () => {
    expect(await (await openFlow(WHOLE)).allowedStep("personal")).toBe("details");
  });
});

describe("a report that was checked", () => {
  test.each(["where", "service", "details"] as const)("goes back to the check after a change of: %s", async (step) => {
    const { stepAfter } = await openFlow({ ...WHOLE, checked: true, asked_for: "litter" });
    expect(await stepAfter(step)).toBe("check");
  });

  test("stops again at what the change leaves open", async () => {
    const { stepAfter } = await openFlow({ ...WHOLE, checked: true, service_code: "light", asked_for: "litter" });
    expect(await stepAfter("service")).toBe("details");
  });
});

describe("a step that the address asks for", () => {
  test.each([
    [{}, "where"],
    [{ ...HERE }, "service"],
    [{ ...HERE, service_code: "no-such-service" }, "service"],
    [{ ...HERE, service_code: "litter" }, "details"],
    [{ ...HERE, service_code: "permit" }, "sign-in"],
    [WHOLE, "check"],
  ])("is not shown before what it needs: %o", async (written, step) => {
    expect(await (await openFlow(written)).allowedStep("check")).toBe(step);
  });

  test("is the beginning when nothing was begun", async () => {
    expect(await (await openFlow({})).allowedStep("begun")).toBe("where");
    expect(await (await openFlow({ description: "A hole" })).allowedStep("begun")).toBe("begun");
    expect(await (await openFlow({}, {}, [], "/report/?asset=lights-1")).allowedStep("begun")).toBe("begun");
  });

  test("is left to the server to judge when the services cannot be had", async () => {
    expect(await (await openFlow(WHOLE, { "/data/services.json": null })).allowedStep("check")).toBe("check");
  });
});
