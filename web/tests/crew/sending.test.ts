import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Item } from "../../src/features/crew/model.ts";
import type { Transport } from "../../src/features/crew/sending.ts";
import { item, job, Office } from "./office.ts";

let office: Office;

beforeEach(() => {
  office = new Office(job(1), job(2), job(3));
});

async function setUpPhone(...waiting: Item[]) {
  const outbox = await import("../../src/features/crew/outbox.ts");
  const photos = await import("../../src/features/crew/photos.ts");
  const { send } = await import("../../src/shared/send.ts");
  const { flush } = await import("../../src/features/crew/sending.ts");
  for (const each of waiting) {
    await outbox.save(each);
    for (const { id } of each.photos)
      await photos.storePhoto({ id, blob: new Blob([id], { type: "image/jpeg" }), name: id, raw: false });
  }
  const line: Transport = {
    account: "crew-1",
    call: (_, method, path, body, headers) => send(method, path, body, headers),
    shrink: null,
    onChange: () => undefined,
  };
  return { ...outbox, ...photos, flush: (changes: Partial<Transport> = {}) => flush({ ...line, ...changes }) };
}

const photo = (id: string, n = 1) => ({ id, n, broke: 0 });
const said = () => office.taken.map(({ op_id }) => op_id);

describe("what a crew did", () => {
  test("is sent in its order, all at once, and then gone from the phone", async () => {
    const { flush, items } = await setUpPhone(
      item("b", { seq: 2 }),
      item("c", { seq: 3, job_id: "JOB2" }),
      item("a", { seq: 1, kind: "start" }),
    );
    expect(await flush()).toEqual({ kind: "empty" });
    expect([said(), office.batches]).toEqual([["a", "b", "c"], [3]]);
    expect(await items()).toEqual([]);
  });

  test("is told to the phone as it is now", async () => {
    const { flush } = await setUpPhone(item("a"));
    await flush();
    const { readJobs } = await import("../../src/features/crew/jobs.ts");
    expect((await readJobs()).get("JOB1")).toMatchObject({ state: "done", version: 2 });
  });

  test("is taken once when the reply to it was lost", async () => {
    const { flush, items } = await setUpPhone(item("a"));
    office.losesReplies = true;
    expect(await flush()).toEqual({ kind: "later", retryAfterSeconds: null });
    expect(await items()).toMatchObject([{ op_id: "a", tries: 1 }]);
    office.losesReplies = false;
    expect(await flush()).toEqual({ kind: "empty" });
    expect([said(), await items()]).toEqual([["a"], []]);
  });

  test("keeps the photos that it was first sent with", async () => {
    const { flush } = await setUpPhone(
      item("a", {
        sent_photos: ["FIRST"],
        photos: [{ ...photo("p1"), uploaded: { photo_id: "SECOND", at: Date.now() } }],
      }),
    );
    await flush();
    expect(office.taken).toMatchObject([{ photo_ids: ["FIRST"] }]);
  });

  test("waits where nobody is signed in", async () => {
    const { flush, items } = await setUpPhone(item("a"));
    office.network.answer("/api/jobs/operations", () =>
      Response.json({ title: "Unauthorized", status: 401 }, { status: 401 }),
    );
    expect(await flush()).toEqual({ kind: "signed-out" });
    expect(await items()).toMatchObject([{ op_id: "a", attention: null }]);
  });

  test("waits until its own account is signed in", async () => {
    const { flush, items } = await setUpPhone(item("a", { account: "crew-2" }));
    expect(await flush()).toEqual({ kind: "empty" });
    expect([said(), (await items()).length]).toEqual([[], 1]);
  });

  test("says when to try again when the service is busy", async () => {
    const { flush } = await setUpPhone(item("a"));
    office.network.answer("/api/jobs/operations", () =>
      Response.json({ title: "Too many", status: 429 }, { status: 429, headers: { "Retry-After": "90" } }),
    );
    expect(await flush()).toMatchObject({ kind: "later", retryAfterSeconds: 90 });
  });

  test("stays with the reason when it is rejected, and is not sent again", async () => {
    office.rejects.done = "This job is not yours.";
    const { flush, items } = await setUpPhone(item("a"), item("b", { job_id: "JOB2", kind: "start", seq: 2 }));
    await flush();
    expect(await items()).toMatchObject([{ op_id: "a", attention: "This job is not yours." }]);
    office.rejects = {};
    await flush();
    expect(said()).toEqual(["b"]);
  });

  test("is not kept back by another that the service cannot read", async () => {
    office.cannotRead = "note";
    const { flush, items } = await setUpPhone(
      item("a"),
      item("b", { kind: "note", seq: 2 }),
      item("c", { job_id: "JOB2", seq: 3 }),
    );
    expect(await flush()).toEqual({ kind: "empty" });
    expect(said()).toEqual(["a", "c"]);
    expect(await items()).toMatchObject([{ op_id: "b", attention: "It cannot be read" }]);
  });

  test("is sent in parts of fifty", async () => {
    const { flush } = await setUpPhone(
      ...Array.from({ length: 60 }, (_, seq) => item(`op-${seq}`, { seq, kind: "note" })),
    );
    await flush();
    expect(office.batches).toEqual([50, 10]);
  });
});

describe("a photo", () => {
  test("goes before what it belongs to, under its own key, and is then gone from the phone", async () => {
    const { flush, findPhoto } = await setUpPhone(item("a", { photos: [photo("p1"), photo("p2", 2)] }));
    expect(await flush()).toEqual({ kind: "empty" });
    expect(office.uploads).toEqual(["a/1", "a/2"]);
    expect(office.taken).toMatchObject([{ op_id: "a", photo_ids: ["PHOTO-a/1", "PHOTO-a/2"] }]);
    expect(await findPhoto("p1")).toBeNull();
  });

  test("holds back what came after it on the same job alone", async () => {
    const { flush, items } = await setUpPhone(
      item("a", { seq: 1, kind: "start", photos: [photo("p1")] }),
      item("b", { seq: 2 }),
      item("c", { seq: 3, job_id: "JOB2" }),
    );
    office.network.answer("/api/photos", null);
    expect(await flush()).toMatchObject({ kind: "later" });
    expect([said(), (await items()).map(({ op_id }) => op_id)]).toEqual([["c"], ["a", "b"]]);
  });

  test("is sent again by itself when it came too slowly", async () => {
    const { flush } = await setUpPhone(item("a", { photos: [photo("p1")] }));
    office.breaks = ["RequestTimeout"];
    expect(await flush()).toEqual({ kind: "empty" });
    expect(said()).toEqual([]);
    expect(await flush()).toEqual({ kind: "empty" });
    expect(office.taken).toMatchObject([{ op_id: "a", photo_ids: ["PHOTO-a/1"] }]);
  });

  test("goes alone from the third time that it breaks off, so that what was done is known", async () => {
    const { flush, items } = await setUpPhone(item("a", { photos: [{ ...photo("p1"), broke: 2 }] }));
    office.breaks = ["RequestTimeout"];
    await flush();
    const [done, alone] = office.taken;
    expect([done, alone]).toMatchObject([
      { op_id: "a", kind: "done", photo_ids: [] },
      { kind: "photo", job_id: "JOB1" },
    ]);
    expect(alone!.photo_ids).toEqual([`PHOTO-${alone!.op_id}/1`]);
    expect(await items()).toEqual([]);
  });

  test("that cannot be used stays with the reason, and what was done is sent without it", async () => {
    const { flush, items, findPhoto } = await setUpPhone(item("a", { photos: [photo("p1"), photo("p2", 2)] }));
    office.breaks = ["EntityTooLarge"];
    await flush();
    expect(office.taken).toMatchObject([{ op_id: "a", photo_ids: ["PHOTO-a/2"] }]);
    expect(await items()).toMatchObject([
      { kind: "photo", photos: [{ id: "p1" }], attention: expect.stringContaining("too large") },
    ]);
    expect(await findPhoto("p1")).not.toBeNull();
  });

  test("is sent anew when it lay with the service for half a day", async () => {
    const { flush } = await setUpPhone(
      item("a", { photos: [{ ...photo("p1"), uploaded: { photo_id: "OLD", at: Date.now() - 12 * 3600_000 } }] }),
    );
    await flush();
    expect(office.taken).toMatchObject([{ photo_ids: ["PHOTO-a/1"] }]);
  });

  test("is not sent twice when it lies with the service", async () => {
    const { flush } = await setUpPhone(
      item("a", { photos: [{ ...photo("p1"), uploaded: { photo_id: "THERE", at: Date.now() } }] }),
    );
    await flush();
    expect([office.uploads, office.taken[0]!.photo_ids]).toEqual([[], ["THERE"]]);
  });

  test("as the camera made it waits where nothing can make it small", async () => {
    const { flush, storePhoto, items } = await setUpPhone(item("a", { photos: [photo("p1")] }));
    await storePhoto({ id: "p1", blob: new Blob(["raw"]), name: "p1", raw: true });
    expect(await flush()).toEqual({ kind: "empty" });
    expect([office.uploads, (await items()).length]).toEqual([[], 1]);
    await flush({ shrink: async () => new Blob(["small"]) });
    expect([office.uploads, said()]).toEqual([["a/1"], ["a"]]);
  });

  test("that the phone lost does not hold up what was done", async () => {
    const { flush, deletePhoto, items } = await setUpPhone(item("a", { photos: [photo("p1")] }));
    await deletePhoto("p1");
    await flush();
    expect(said()).toEqual(["a"]);
    expect(await items()).toMatchObject([{ attention: expect.stringContaining("It is no longer on this phone") }]);
  });
});

describe("what is said", () => {
  async function saying() {
    const { recordOperation, asNote } = await import("../../src/features/crew/record.ts");
    return { recordOperation, asNote, ...(await setUpPhone()) };
  }

  test("keeps its order when the clock was put back", async () => {
    const { recordOperation, items, flush } = await saying();
    await recordOperation(job(2), { kind: "start" }, "crew-1");
    vi.setSystemTime(Date.now() - 2 * 24 * 3600_000);
    await recordOperation(job(2), { kind: "could_not", reason: "unsafe" }, "crew-1");
    const [first, second] = await items();
    expect([first!.kind, second!.kind]).toEqual(["start", "could_not"]);
    expect(second!.at >= first!.at).toBe(true);
    await flush();
    expect(office.taken.map(({ kind }) => kind)).toEqual(["start", "could_not"]);
  });

  test("and was not taken stays with the job as a note, with its photos", async () => {
    const { asNote } = await saying();
    const refused = item("a", {
      photos: [{ ...photo("p1"), refused: "no" }],
      tries: 3,
      attention: "This job is not yours.",
      sent_photos: ["X"],
    });
    const note = asNote(refused, "Done", "This job is not yours.");
    expect(note).toMatchObject({
      kind: "note",
      photos: [{ id: "p1", n: 1, broke: 0 }],
      tries: 0,
      attention: null,
      sent_photos: null,
    });
    expect(note.text).toBe("Done. Recorded on site on 2026-05-01 08:00 UTC, but not accepted: This job is not yours.");
    expect(note.op_id).not.toBe("a");
  });
});
