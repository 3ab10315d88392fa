import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Network, newBrowser } from "../browser.ts";
import { memoryCache } from "./memory-cache.ts";

const ORIGIN = "https://council.example";
/** Not in the program of the pages: its global object is another one. */
const MODULE = "../../src/sw/app-cache.ts";

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);
const filesOf = (contents: Record<string, string>) =>
  Object.entries(contents).map(([address, text]) => `${address}?${digestOf(text)}`);

let network: Network;
let cache: ReturnType<typeof memoryCache>;

const publish = (contents: Record<string, string>) => {
  for (const [address, text] of Object.entries(contents)) network.answer(address, () => new Response(text));
};

/** A version of the worker, with the events that the browser sends to it. */
async function version(files: string[], others: Record<string, string[]> = {}, ...open: string[]) {
  const listeners: Record<string, (event: object) => void> = {};
  const skipWaiting = vi.fn(async () => undefined);
  vi.stubGlobal("self", {
    addEventListener: (kind: string, listener: (event: object) => void) => (listeners[kind] = listener),
    clients: { claim: async () => undefined, matchAll: async () => open.map((path) => ({ url: ORIGIN + path })) },
    skipWaiting,
  });
  const { installApp } = await import(/* @vite-ignore */ MODULE);
  const app = installApp(async () => cache, files, others);
  async function happens(kind: string, event: object = {}): Promise<void> {
    let done: Promise<unknown> = Promise.resolve();
    listeners[kind]!({ waitUntil: (work: Promise<unknown>) => (done = work), ...event });
    await done;
  }
  const read = async (address: string) => (await app.respond(address, new Request(`${ORIGIN}${address}`))).text();
  return { app, happens, read, skipWaiting };
}

beforeEach(() => {
  network = newBrowser();
  cache = memoryCache();
});

describe("the files of an app", () => {
  const first = { "/map/": "the map", "/assets/map.js": "map()" };

  test("are answered without a signal once they are installed", async () => {
    publish(first);
    const { happens, read, app } = await version(filesOf(first));
    await happens("install");
    network.answer("/map/", null);
    expect(await read("/map/")).toBe("the map");
    expect([app.has("/map/"), app.has("/desk/")]).toEqual([true, false]);
  });

  test("are fetched if the browser has deleted them", async () => {
    publish(first);
    const { happens, read } = await version(filesOf(first));
    await happens("install");
    cache = memoryCache();
    expect(await read("/map/")).toBe("the map");
  });

  test("are taken as they come if their names say what they contain", async () => {
    const [map, chunk] = ["/map/", "/assets/chunks/map-BSv6RSgz.js"];
    publish({ [map]: "the map", [chunk]: "map()" });
    const { happens, read, app } = await version([...filesOf({ [map]: "the map" }), chunk]);
    await happens("install");
    network.answer(chunk, null);
    expect([app.has(chunk), await read(chunk)]).toEqual([true, "map()"]);
  });

  test("stay those of the running version until a new one takes over", async () => {
    publish(first);
    const old = await version(filesOf(first));
    await old.happens("install");
    const changed = { ...first, "/map/": "a better map" };
    publish(changed);
    const next = await version(filesOf(changed));
    await next.happens("install");
    expect([await old.read("/map/"), await next.read("/map/")]).toEqual(["the map", "a better map"]);
    await next.happens("activate");
    expect(await cache.keys()).toHaveLength(2);
  });

  test("are fetched again only if they have changed", async () => {
    publish(first);
    await (await version(filesOf(first))).happens("install");
    const changed = { ...first, "/map/": "a better map" };
    publish(changed);
    await (await version(filesOf(changed))).happens("install");
    expect(network.asked.map(({ path }) => path)).toEqual(["/map/", "/assets/map.js", "/map/"]);
  });

  test.each([
    ["is missing", () => new Response("", { status: 404 })],
    ["is still that of an earlier version", () => new Response("the map")],
    ["does not arrive", null],
  ])("are not installed if one %s, and continue with the others later", async (_, answer) => {
    const changed = { ...first, "/map/": "a better map" };
    publish(changed);
    network.answer("/map/", answer);
    const { happens } = await version(filesOf(changed));
    await expect(happens("install")).rejects.toThrow();
    publish(changed);
    await happens("install");
    expect(network.of("/assets/map.js")).toHaveLength(1);
    expect(await cache.keys()).toHaveLength(2);
  });

  test("take over when the page says so, and not before", async () => {
    const { happens, skipWaiting } = await version([]);
    await happens("install");
    await happens("message", { data: "something else" });
    expect(skipWaiting).not.toHaveBeenCalled();
    await happens("message", { data: "take-over" });
    expect(skipWaiting).toHaveBeenCalledOnce();
  });
});

describe("the files of another language", () => {
  const english = { "/map/": "the map" };
  const welsh = { "/cy/map/": "y map", "/assets/cy/map.js": "map()" };
  const stored = async () => (await cache.keys()).map(({ url }) => new URL(url).pathname).sort();

  beforeEach(() => publish({ ...english, ...welsh }));

  test("are stored from the first visit of one of its pages on", async () => {
    const { app, happens, read } = await version(filesOf(english), { cy: filesOf(welsh) });
    await happens("install");
    expect(await stored()).toEqual(["/map/"]);
    expect(await read("/cy/map/")).toBe("y map");
    await app.useFolder("cy");
    network.answer("/cy/map/", null);
    expect(await read("/cy/map/")).toBe("y map");
    expect(await stored()).toHaveLength(3);
  });

  test("are stored with the others when one of its pages is open", async () => {
    const { happens } = await version(filesOf(english), { cy: filesOf(welsh) }, "/cy/cookies/");
    await happens("install");
    expect(await stored()).toHaveLength(3);
  });

  test("are updated with the others once they are stored", async () => {
    const old = await version(filesOf(english), { cy: filesOf(welsh) });
    await old.app.useFolder("cy");
    const changed = { ...welsh, "/cy/map/": "map gwell" };
    publish(changed);
    const next = await version(filesOf(english), { cy: filesOf(changed) });
    await next.happens("install");
    network.answer("/cy/map/", null);
    expect(await next.read("/cy/map/")).toBe("map gwell");
  });

  test("are tried again after a failure, and never asked for in other folders", async () => {
    const { app } = await version(filesOf(english), { cy: filesOf(welsh) });
    network.answer("/assets/cy/map.js", null);
    await app.useFolder("cy");
    publish(welsh);
    await app.useFolder("cy");
    await app.useFolder("map");
    expect(await stored()).toEqual(["/assets/cy/map.js", "/cy/map/"]);
  });
});
