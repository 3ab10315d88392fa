import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Network, newBrowser } from "../browser.ts";
import { memoryCache } from "./memory-cache.ts";

const ORIGIN = "https://council.example";
const PUBLIC = { "Cache-Control": "public, max-age=0" };
/** Not in the program of the pages: its global object is another one. */
const MODULE = "../../src/sw/report-pages.ts";

let network: Network;
let cache: ReturnType<typeof memoryCache>;

beforeEach(() => {
  network = newBrowser();
  cache = memoryCache();
  vi.stubGlobal("caches", { open: async () => cache });
});

async function open(path: string): Promise<Response> {
  const { reportPage } = await import(/* @vite-ignore */ MODULE);
  return reportPage({ url: `${ORIGIN}${path}` });
}

const page =
  (text: string, headers: Record<string, string> = PUBLIC) =>
  () =>
    new Response(`<head>${text}`, { headers });

describe("a report's page", () => {
  test("comes from the network, and without a signal from its copy with its time", async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ["Date"] });
    network.answer("/reports/A", page("first"));
    expect(await (await open("/reports/A")).text()).toBe("<head>first");
    network.answer("/reports/A", null);
    expect(await (await open("/reports/A")).text()).toBe('<head><meta name="saved-at" content="1700000000000">first');
    vi.useRealTimers();
  });

  test("comes from its copy if the service fails", async () => {
    network.answer("/reports/A", page("first"));
    await open("/reports/A");
    network.answer("/reports/A", () => new Response("", { status: 503 }));
    expect(await (await open("/reports/A")).text()).toContain("first");
  });

  test("has no copy after it is no longer public", async () => {
    network.answer("/reports/A", page("first"));
    await open("/reports/A");
    network.answer("/reports/A", () => new Response("", { status: 404 }));
    expect((await open("/reports/A")).status).toBe(404);
    network.answer("/reports/A", null);
    await expect(open("/reports/A")).rejects.toThrow();
  });

  test("has no copy if it is not for everybody", async () => {
    network.answer("/reports/A", page("private", { "Cache-Control": "no-store" }));
    await open("/reports/A");
    expect(await cache.keys()).toEqual([]);
  });

  test("is one of the last 20 that are stored", async () => {
    for (let number = 0; number < 25; number++) {
      network.answer(`/reports/R${number}`, page("some"));
      await open(`/reports/R${number}`);
    }
    const stored = (await cache.keys()).map(({ url }) => url);
    expect(stored).toHaveLength(20);
    expect([stored[0], stored.at(-1)]).toEqual([`${ORIGIN}/reports/R5`, `${ORIGIN}/reports/R24`]);
  });

  test.each([
    ["/reports/7K3M2QXV9HTD", true],
    ["/reports/7K3M2QXV9HTD?key=secret", false],
    ["/map/", false],
  ])("is recognised by its address: %s", async (address, expected) => {
    const { isReportPage } = await import(/* @vite-ignore */ MODULE);
    expect(isReportPage(new URL(address, ORIGIN))).toBe(expected);
  });
});
