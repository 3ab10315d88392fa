import { describe, expect, test, vi } from "vitest";
import { newBrowser, nextPage } from "../browser.ts";

const DAY_MS = 24 * 3600_000;

describe("a value that the browser keeps", () => {
  async function kept() {
    const { storedValue } = await import("../../src/shared/stored-value.ts");
    return storedValue<{ kind: string }>(
      () => localStorage,
      "test",
      ({ kind }) => typeof kind === "string",
    );
  }

  test("is read by the next page, until it is forgotten", async () => {
    newBrowser();
    (await kept()).write({ kind: "toilets" });
    nextPage({ isSameTab: false });
    expect((await kept()).read()).toEqual({ kind: "toilets" });
    (await kept()).forget();
    expect((await kept()).read()).toBeNull();
  });

  test.each(["{bad", "5", "null", '{"kind": 5}', '"toilets"'])("is none when it cannot be read: %s", async (text) => {
    newBrowser();
    localStorage.setItem("test", text);
    expect((await kept()).read()).toBeNull();
  });

  test("lasts as long as the page when the browser keeps nothing", async () => {
    newBrowser();
    Object.defineProperty(globalThis, "localStorage", {
      configurable: true,
      get: () => {
        throw new DOMException("no");
      },
    });
    const value = await kept();
    value.write({ kind: "toilets" });
    expect(value.read()).toEqual({ kind: "toilets" });
    value.forget();
    expect(value.read()).toBeNull();
  });

  test.each(["last-search", "my-area"])("is none where the phone kept nonsense as its %s", async (name) => {
    newBrowser();
    localStorage.setItem(`ginnel.${name}`, '{"kind": "toilets"}');
    const { lastSearch } = await import("../../src/features/nearest/last-search.ts");
    const { myArea } = await import("../../src/shared/places/my-area.ts");
    expect((name === "my-area" ? myArea : lastSearch).read()).toBeNull();
  });
});

describe("a draft", () => {
  const open = async () => (await import("../../src/shared/stored-draft.ts")).openDraft<string>("report");

  /** A visit that is over: its pages hold nothing any more. */
  async function writtenBefore(words: string, days: number): Promise<void> {
    vi.stubGlobal("navigator", {
      locks: {
        request: async (_: string, __: object, act: (lock: object) => unknown) => void act({}),
        query: async () => ({}),
      },
    });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() - days * DAY_MS);
    await (await open()).save(words);
    vi.mocked(Date.now).mockRestore();
    nextPage({ isSameTab: false });
  }

  const count = async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const asked = indexedDB.open("begun");
      asked.onsuccess = () => resolve(asked.result);
    });
    const counted = database.transaction("drafts").objectStore("drafts").count();
    return new Promise<number>((resolve) => (counted.onsuccess = () => resolve(counted.result)));
  };

  test.each([
    [6, "Words of last week", 1],
    [8, null, 0],
  ])("that nobody wrote on for %i days is there or forgotten", async (days, words, left) => {
    newBrowser();
    await writtenBefore("Words of last week", days);
    const draft = await open();
    expect([draft.value, draft.isResumed]).toEqual([words, words !== null]);
    await expect.poll(count).toBe(left);
  });

  test("goes on in its tab, which does not ask", async () => {
    newBrowser();
    await (await open()).save("A hole");
    nextPage({ isSameTab: true });
    vi.stubGlobal("navigator", {
      locks: {
        request: async (_: string, __: object, act: (lock: object) => unknown) => void act({}),
        query: async () => ({}),
      },
    });
    expect(await open()).toMatchObject({ value: "A hole", isResumed: false });
  });

  test("of a tab that is open is left alone by another one", async () => {
    newBrowser();
    await (await open()).save("Of the one tab");
    nextPage({ isSameTab: false });
    const other = await open();
    expect(other.value).toBeNull();
    await other.save("Of the other tab");
    expect(await count()).toBe(2);
  });

  test("that was sent is gone, and what is written then is another one", async () => {
    newBrowser();
    const draft = await open();
    await draft.save("Sent");
    draft.drop();
    await draft.save("The next one");
    await expect.poll(count).toBe(1);
  });

  test("is kept by the tab when the browser has no database", async () => {
    newBrowser();
    vi.stubGlobal("indexedDB", undefined);
    const draft = await open();
    await draft.save("A hole");
    expect(draft.savedText()).toContain("until you close this tab");
    nextPage({ isSameTab: true });
    expect((await open()).value).toBe("A hole");
  });

  test("is said not to be kept when the browser keeps nothing", async () => {
    newBrowser();
    vi.stubGlobal("indexedDB", undefined);
    Object.defineProperty(globalThis, "sessionStorage", {
      configurable: true,
      get: () => {
        throw new DOMException("no");
      },
    });
    expect((await open()).savedText()).toContain("not saved");
  });
});

describe("a document that the phone keeps", () => {
  const open = async () =>
    (await import("../../src/shared/places/cached-documents.ts")).loadDocument<{ items: number[] }>(
      "/data/places.json",
    );

  test("stands in when the network fails, and says so", async () => {
    const network = newBrowser({ "/data/places.json": { items: [1] } });
    const ages: number[] = [];
    vi.stubGlobal("dispatchEvent", ({ detail }: CustomEvent<number>) => ages.push(detail));
    const before = Date.now();
    expect(await open()).toEqual({ items: [1] });
    expect(ages).toEqual([]);
    network.answer("/data/places.json", null);
    nextPage({ isSameTab: true });
    await expect.poll(open).toEqual({ items: [1] });
    expect(ages[0]).toBeGreaterThanOrEqual(before);
  });

  test("is forgotten once it is no longer published", async () => {
    const network = newBrowser({ "/data/places.json": { items: [1] } });
    await open();
    network.answer("/data/places.json", () => new Response("", { status: 410 }));
    expect(await open()).toBeNull();
    network.answer("/data/places.json", null);
    await expect(open()).rejects.toThrow();
  });

  test("is one of a bounded number, of which the oldest are forgotten", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    newBrowser();
    const { storedCopies } = await import("../../src/shared/stored-copies.ts");
    const copies = storedCopies(() => indexedDB.open("test", 1), "kept", 4);
    for (let number = 0; number < 6; number++) await copies.keep(`/data/${number}`, number, number);
    const found = await Promise.all([0, 1, 2, 3, 4, 5].map((number) => copies.find(`/data/${number}`)));
    expect(found.map((copy) => copy?.value)).toEqual([undefined, undefined, 2, 3, 4, 5]);
    vi.useRealTimers();
  });

  test("is none where there is none, though one is kept", async () => {
    const network = newBrowser({ "/data/places.json": { items: [1] } });
    await open();
    network.answer("/data/places.json", () => new Response("", { status: 404 }));
    expect(await open()).toBeNull();
  });

  test("cannot be had when none is kept and the network fails", async () => {
    newBrowser({ "/data/places.json": null });
    await expect(open()).rejects.toThrow();
  });
});

describe("a report that this browser follows", () => {
  test("is counted by what the service answered for ten minutes", async () => {
    newBrowser();
    const { isFollowed, recentFollowers, rememberFollow } = await import("../../src/shared/follows.ts");
    expect([isFollowed("7K3M"), recentFollowers("7K3M")]).toEqual([false, null]);
    rememberFollow("7K3M", 4);
    expect([isFollowed("7K3M"), recentFollowers("7K3M")]).toEqual([true, 4]);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 10 * 60_000 + 1);
    expect([isFollowed("7K3M"), recentFollowers("7K3M")]).toEqual([true, null]);
  });
});
