import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Transport } from "../../src/features/report/delivery.ts";
import type { WaitingReport } from "../../src/features/report/outbox.ts";
import { newDraft } from "../../src/shared/pending-report.ts";
import { type Asked, type Network, newBrowser, problem } from "../browser.ts";

const DAY_MS = 24 * 3600_000;
const receipt = { service_request_id: "7K3M2QXV9HTD", tracking_url: "/reports/7K3M2QXV9HTD" };

/** What the service has stored, by key. */
let stored: Map<string, object>;
let network: Network;

function take({ headers, body }: Asked): object {
  const key = headers.get("Idempotency-Key")!;
  const known = stored.get(key);
  if (known && JSON.stringify(known) !== JSON.stringify(body)) return problem(409, "Already used");
  stored.set(key, body as object);
  return receipt;
}

beforeEach(() => {
  stored = new Map();
  network = newBrowser({
    "/api/reports": take,
    "/api/reports/7K3M2QXV9HTD/updates": take,
    "/api/photos": ({ headers }) => ({
      photo_id: `PHOTO-${headers.get("Idempotency-Key")}`,
      url: "/_store",
      fields: {},
    }),
    "/_store": () => new Response(null, { status: 204 }),
  });
});

const photo = (n: number) => ({ id: `photo-${n}`, n });

function item(key: string, changes: Partial<WaitingReport> = {}, photos = [] as ReturnType<typeof photo>[]) {
  const content = { draft: { ...newDraft(), key }, body: { description: key }, photos };
  const plain = { title: "Pothole", where: "", account: "", device: "phone-1", for_other: false };
  return { key, seq: 1, at: Date.now(), ...plain, attention: null, sent: null, content, ...changes };
}

async function setUpOutbox(...waiting: WaitingReport[]) {
  const outbox = await import("../../src/features/report/outbox.ts");
  const photos = await import("../../src/features/report/photo-store.ts");
  const delivery = await import("../../src/features/report/delivery.ts");
  const { post } = await import("../../src/shared/send.ts");
  for (const each of waiting) {
    await outbox.save(each);
    for (const { id } of each.content?.photos ?? [])
      await photos.storePhoto(id, new Blob([id], { type: "image/jpeg" }));
  }
  const line: Transport = {
    account: async () => ({ kind: "stored", value: "me" }),
    post: (_, path, body, key) => post(path, body, key),
    onChange: () => undefined,
  };
  return { ...outbox, ...photos, flush: (changes: Partial<Transport> = {}) => delivery.flush({ ...line, ...changes }) };
}

describe("a waiting report", () => {
  test("is sent with its photos, and its answer kept until it is seen", async () => {
    const { flush, items, areStored } = await setUpOutbox(item("a", {}, [photo(0), photo(1)]));
    expect(await flush()).toEqual({ kind: "empty" });
    expect(stored.get("a")).toEqual({ description: "a", photo_ids: ["PHOTO-a/0", "PHOTO-a/1"] });
    expect(await items()).toMatchObject([{ key: "a", content: null, sent: receipt }]);
    expect(await areStored(["photo-0"])).toBe(false);
    await flush();
    expect(network.of("/api/reports")).toHaveLength(1);
  });

  const answer = {
    ...receipt,
    service_code: "noise",
    requested_datetime: "2026-06-01T12:00:00Z",
    tracking_url: "/forms/reports/7K3M2QXV9HTD?token=secret",
  };
  const listed = { id: "7K3M2QXV9HTD", service_code: "noise", at: answer.requested_datetime, url: answer.tracking_url };

  test.each([
    ["is listed on this phone with its private link", {}, [listed]],
    ["is not listed on this phone when it has an account", { account: "me" }, []],
    ["is not listed on this phone when it was sent for somebody else", { for_other: true }, []],
    ["is not listed on this phone when it is an update", { update_of: "7K3M2QXV9HTD" }, []],
  ])("%s", async (_, changes, expected) => {
    const { flush } = await setUpOutbox(item("a", changes));
    const { readOwnReports } = await import("../../src/shared/own-reports.ts");
    network.answer("/api/reports", answer);
    await flush();
    expect(await readOwnReports()).toEqual(expected);
  });

  test("is stored once when its reply was lost", async () => {
    const { flush, items } = await setUpOutbox(item("a", {}, [photo(0)]));
    network.answer("/api/reports", (asked: Asked) => take(asked) && null);
    expect(await flush()).toEqual({ kind: "later", retryAfterSeconds: null });
    network.answer("/api/reports", take);
    expect(await flush()).toEqual({ kind: "empty" });
    expect([stored.size, (await items())[0]!.sent]).toEqual([1, receipt]);
    expect(network.of("/api/photos")).toHaveLength(1);
  });

  test("is sent once when a page and the worker send at the same time", async () => {
    const { flush } = await setUpOutbox(item("a"), item("b", { seq: 2 }));
    await Promise.all([flush(), flush()]);
    expect(network.of("/api/reports").map(({ headers }) => headers.get("Idempotency-Key"))).toEqual(["a", "b"]);
  });

  test("stays, and those after it, while the service cannot be reached", async () => {
    const { flush, items } = await setUpOutbox(item("a"), item("b", { seq: 2 }));
    network.answer("/api/reports", () => problem(503, "Busy", { "Retry-After": "30" }));
    expect(await flush()).toEqual({ kind: "later", retryAfterSeconds: 30 });
    expect(network.of("/api/reports")).toHaveLength(1);
    expect(await items()).toMatchObject([{ attention: null }, { attention: null }]);
  });

  test("that is refused says why, and does not stop the next one", async () => {
    const { flush, items } = await setUpOutbox(item("a"), item("b", { seq: 2 }));
    stored.set("a", { description: "other words" });
    expect(await flush()).toEqual({ kind: "empty" });
    expect(await items()).toMatchObject([
      { key: "a", attention: "Already used", sent: null },
      { key: "b", sent: receipt },
    ]);
    await flush();
    expect(network.of("/api/reports")).toHaveLength(2);
  });

  test("waits for its sender to sign in", async () => {
    const { flush, items } = await setUpOutbox(item("a", { account: "me" }));
    network.answer("/api/reports", () => problem(401, "Unauthorized"));
    await flush();
    expect((await items())[0]!.attention).toContain("Sign in");
  });

  test("says so when a photo is gone from the device", async () => {
    const { flush, items, deletePhotos } = await setUpOutbox(item("a", {}, [photo(0)]));
    await deletePhotos(["photo-0"]);
    await flush();
    expect((await items())[0]!.attention).toContain("no longer saved");
    expect(stored.size).toBe(0);
  });

  test.each([
    [1, 0],
    [13, 1],
  ])("sends a photo again if it was uploaded %i hours ago: %i times", async (hours, times) => {
    const uploaded = { photo_id: "PHOTO-a/0", at: Date.now() - hours * 3600_000 };
    const { flush } = await setUpOutbox(item("a", {}, [{ ...photo(0), uploaded } as ReturnType<typeof photo>]));
    await flush();
    expect(network.of("/api/photos")).toHaveLength(times);
    expect(stored.get("a")).toMatchObject({ photo_ids: ["PHOTO-a/0"] });
  });

  test.each([
    ["sent", 13, 1],
    ["forgotten, with its photos,", 15, 0],
  ])("is %s after %i days", async (_, days, sent) => {
    const { flush, areStored } = await setUpOutbox(item("a", { at: Date.now() - days * DAY_MS }, [photo(0)]));
    await flush();
    expect([stored.size, await areStored(["photo-0"])]).toEqual([sent, false]);
  });

  test("has no sender's details and is not sent after its sender signed out", async () => {
    const { flush, items, removeSenders } = await setUpOutbox(
      item("mine", { account: "me" }),
      item("nobody's", { seq: 2 }),
    );
    await removeSenders((draft) => ({ ...draft, email: "" }));
    await flush();
    expect([...stored.keys()]).toEqual(["nobody's"]);
    expect((await items())[0]).toMatchObject({ account: "", content: { body: {} } });
  });
});

describe("a waiting update", () => {
  const about = { update_of: "7K3M2QXV9HTD", account: null };

  test("is sent with its photos, as the account that is signed in, and its report named", async () => {
    const senders: string[] = [];
    const { post } = await import("../../src/shared/send.ts");
    const { flush, items } = await setUpOutbox(item("a", about, [photo(0)]));
    expect(
      await flush({
        post: ({ account }, path, body, key) => {
          senders.push(account);
          return post(path, body, key);
        },
      }),
    ).toEqual({ kind: "empty" });
    expect(stored.get("a")).toEqual({ description: "a", photo_ids: ["PHOTO-a/0"] });
    expect(network.of("/api/photos")[0]!.body).toMatchObject({ service_request_id: "7K3M2QXV9HTD" });
    expect(senders).toEqual(["me", "me"]);
    expect(await items()).toMatchObject([{ content: null, sent: { service_request_id: "7K3M2QXV9HTD" } }]);
  });

  test("is sent as the same account when its reply was lost and its sender signed out", async () => {
    const { flush, items } = await setUpOutbox(item("a", about));
    network.answer("/api/reports/7K3M2QXV9HTD/updates", (asked: Asked) => take(asked) && null);
    await flush();
    await flush({ account: async () => ({ kind: "stored", value: "" }) });
    expect(await items()).toMatchObject([{ account: "me", sent: null }]);
  });

  test("waits until it is known who is signed in", async () => {
    const { flush } = await setUpOutbox(item("a", about));
    const later = { kind: "later", retryAfterSeconds: null } as const;
    expect(await flush({ account: async () => later })).toEqual(later);
    expect(stored.size).toBe(0);
  });
});

describe("the draft of a report", () => {
  async function enqueued(photosStored: boolean) {
    vi.stubGlobal("BroadcastChannel", class extends EventTarget {});
    const draft = await import("../../src/features/report/draft.ts");
    const photos = await import("../../src/features/report/photo-store.ts");
    await draft.loadDraft();
    draft.changeDraft({ description: " Deep hole ", photos: [{ id: "p", n: 0, name: "p.jpg" }], account: "me" });
    if (photosStored) await photos.storePhoto("p", new Blob(["p"], { type: "image/jpeg" }));
    const { enqueue } = await import("../../src/features/report/enqueue.ts");
    const { items } = await import("../../src/features/report/outbox.ts");
    const service = { service_code: "pothole", service_name: "Pothole" } as never;
    return { isStored: await enqueue(service), items, draft: draft.currentDraft() };
  }

  test("waits under its own key, for its own account", async () => {
    const { isStored, items, draft } = await enqueued(true);
    expect(isStored).toBe(true);
    expect(await items()).toMatchObject([
      { key: draft.key, account: "me", title: "Pothole", content: { body: { description: "Deep hole" } } },
    ]);
  });

  test("does not wait if one of its photos could not be stored", async () => {
    const { isStored, items } = await enqueued(false);
    expect([isStored, await items()]).toEqual([false, []]);
  });

  test("does not wait in a browser without a database", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { isStored } = await enqueued(true);
    expect(isStored).toBe(false);
  });
});
