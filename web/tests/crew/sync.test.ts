import { beforeEach, describe, expect, test, vi } from "vitest";
import { item, job, Office } from "./office.ts";

const DAY_MS = 24 * 3600_000;
let office: Office;

beforeEach(() => {
  office = new Office(job(1), job(2), job(3));
});

/** A phone that shows the crew's list of today. */
async function setUpPhone() {
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", { visibilityState: "hidden" });
  vi.stubGlobal("dispatchEvent", () => true);
  const state = await import("../../src/features/crew/state.ts");
  const { sync, confirmChanges } = await import("../../src/features/crew/sync.ts");
  await state.saveChoice({ account: "crew-1", crew: "north", name: "North crew", day: null, time_zone: "UTC" });
  return {
    ...state,
    sync,
    confirmChanges,
    outbox: await import("../../src/features/crew/outbox.ts"),
    days: await import("../../src/features/crew/days.ts"),
    jobs: await import("../../src/features/crew/jobs.ts"),
  };
}

type Phone = Awaited<ReturnType<typeof setUpPhone>>;
const listed = ({ state }: Phone) =>
  state.jobs.map(({ job: { job_id }, number, state: now, gone }) => [job_id, number, now, gone]);

describe("the day's list", () => {
  test("is read with the jobs in the office's order", async () => {
    const here = await setUpPhone();
    await here.sync();
    expect(listed(here)).toEqual([
      ["JOB1", 1, "planned", null],
      ["JOB2", 2, "planned", null],
      ["JOB3", 3, "planned", null],
    ]);
    expect(here.state).toMatchObject({ isOffline: false, isSyncing: false, problem: null });
  });

  test("stays without a signal, and says so", async () => {
    const here = await setUpPhone();
    await here.sync();
    office.isAway = true;
    await here.sync();
    expect([here.state.jobs.length, here.state.isOffline]).toEqual([3, true]);
  });

  test("is not sent again when nothing changed, and counts as read", async () => {
    const here = await setUpPhone();
    await here.sync();
    const { at, etag } = here.state.storedDay!;
    vi.setSystemTime(Date.now() + 5000);
    await here.sync();
    expect(here.state.storedDay!.at).toBeGreaterThan(at);
    expect(office.network.of("/_office/day.json").map(({ headers }) => headers.get("If-None-Match"))).toEqual([
      null,
      etag,
    ]);
  });

  test("tells what is new and what went until the crew has seen it", async () => {
    const here = await setUpPhone();
    await here.sync();
    office.jobs = [job(1), job(3), job(4)];
    office.gone = [{ job_id: "JOB2", because: "Another crew does it." }];
    await here.sync();
    expect(here.state.storedDay!.changes).toEqual([
      { job_id: "JOB2", title: "Pothole 2", what: "gone", because: "Another crew does it." },
      { job_id: "JOB4", title: "Pothole 4", what: "new", because: "" },
    ]);
    expect(listed(here).at(-1)).toEqual(["JOB2", null, "planned", "Another crew does it."]);
    await here.confirmChanges();
    expect(here.state.storedDay!.changes).toEqual([]);
  });

  test("tells no change of the first list", async () => {
    const here = await setUpPhone();
    await here.sync();
    expect(here.state.storedDay!.changes).toEqual([]);
  });

  test("stays with the reason when the crew may not read it any more", async () => {
    const here = await setUpPhone();
    await here.sync();
    office.refusesList = "You are in this crew no more.";
    vi.setSystemTime(Date.now() + 2 * 3600_000);
    await here.sync();
    expect(here.state.problem).toBe("You are in this crew no more.");
    expect(here.state.jobs).toHaveLength(3);
  });

  test("is nobody's when somebody else is signed in", async () => {
    const here = await setUpPhone();
    await here.sync();
    office.account = "crew-2";
    await import("../../src/shared/session.ts").then(({ signOut }) => {
      office.network.answer("/api/session", {});
      return signOut();
    });
    await here.sync();
    expect([here.state.choice, await here.days.readDays()]).toEqual([null, []]);
    expect((await here.jobs.readJobs()).size).toBe(0);
  });

  test("waits for signing in when nobody is signed in", async () => {
    office.isSignedOut = true;
    const here = await setUpPhone();
    await here.sync();
    expect(here.state.who).toBe("signed-out");
  });
});

describe("what waits on the phone", () => {
  test("is shown over the list before the office knows of it", async () => {
    const here = await setUpPhone();
    await here.sync();
    office.isAway = true;
    await here.outbox.save(item("a", { kind: "start" }));
    await here.outbox.save(item("b", { seq: 2, kind: "note" }));
    await here.outbox.save(item("c", { seq: 3, job_id: "JOB2", attention: "This job is not yours." }));
    await here.sync();
    expect(here.state.jobs.map(({ state, waiting }) => [state, waiting.length])).toEqual([
      ["started", 2],
      ["planned", 1],
      ["planned", 0],
    ]);
    expect(here.itemsNeedingAttention().map(({ op_id }) => op_id)).toEqual(["c"]);
    expect(here.jobsToDo()).toHaveLength(3);
  });

  test("is sent first, and the list shows it as done though the day's document is late", async () => {
    const here = await setUpPhone();
    await here.sync();
    const late = office.jobs;
    await here.outbox.save(item("a"));
    office.network.answer("/_office/day.json", new Response(null, { status: 304 }));
    await here.sync();
    expect(late[0]!.state).toBe("planned");
    expect([here.state.items, here.state.jobs[0]!.state]).toEqual([[], "done"]);
    expect(here.jobsToDo()).toHaveLength(2);
  });

  test("of a job that went is still told with the job", async () => {
    const here = await setUpPhone();
    await here.sync();
    office.jobs = [job(1)];
    office.rejects = { done: "Too late." };
    await here.outbox.save(item("a", { job_id: "JOB2" }));
    await here.sync();
    expect(here.findJobView("JOB2")).toMatchObject({
      gone: "The office removed it from your list.",
      waiting: [{ op_id: "a" }],
    });
  });
});

describe("the day before", () => {
  test("is there after midnight, for a crew that works on", async () => {
    const here = await setUpPhone();
    await here.outbox.save(item("a", { kind: "start", job_id: "JOB2" }));
    await here.sync();
    office.isAway = true;
    vi.setSystemTime(Date.now() + DAY_MS);
    await here.sync();
    expect(here.state.jobs).toEqual([]);
    expect(here.findJobView("JOB2")).toMatchObject({ state: "started" });
  });

  test("is forgotten a day later, with pictures and jobs, and what waits is not", async () => {
    const here = await setUpPhone();
    const before = { photo_id: "BEFORE", url: "/_office/whole.svg", thumbnail_url: "/_office/small.svg" };
    office.jobs = [job(1, { photos_before: [before] })];
    office.network.answer("/_office/whole.svg", () => new Response("whole"));
    office.network.answer("/_office/small.svg", () => new Response("small"));
    const { readFile } = await import("../../src/features/crew/stored-files.ts");
    await here.sync();
    await expect.poll(() => readFile("photo/BEFORE")).not.toBeNull();
    await here.outbox.save(item("waits", { account: "crew-2" }));
    const { storePhoto, findPhoto } = await import("../../src/features/crew/photos.ts");
    await storePhoto({ id: "nobody's", blob: new Blob(["x"]), name: "x", raw: false });
    office.isAway = true;
    vi.setSystemTime(Date.now() + 2.5 * DAY_MS);
    await here.sync();
    expect([
      await here.days.readDays(),
      await readFile("photo/BEFORE"),
      await readFile("small/BEFORE"),
      await findPhoto("nobody's"),
    ]).toEqual([[], null, null, null]);
    expect(await here.outbox.items()).toMatchObject([{ op_id: "waits" }]);
  });

  test("keeps pictures of drafts and of what waits", async () => {
    const here = await setUpPhone();
    await here.sync();
    const { saveDraft, readDraft, readDrafts } = await import("../../src/features/crew/drafts.ts");
    const { storePhoto, findPhoto } = await import("../../src/features/crew/photos.ts");
    for (const id of ["begun", "waits"]) await storePhoto({ id, blob: new Blob([id]), name: id, raw: false });
    await saveDraft({ ...(await readDraft("JOB1", "done")), text: "Half of it.", photos: ["begun"] });
    await here.outbox.save(item("a", { account: "crew-2", photos: [{ id: "waits", n: 1, broke: 0 }] }));
    vi.setSystemTime(Date.now() + 2 * DAY_MS);
    await (await import("../../src/features/crew/cleanup.ts")).deleteOldData();
    expect([(await findPhoto("begun"))?.id, (await findPhoto("waits"))?.id]).toEqual(["begun", "waits"]);
    vi.setSystemTime(Date.now() + 6 * DAY_MS);
    expect(await readDrafts()).toEqual([]);
  });
});

test("a draft is its writer's alone", async () => {
  const here = await setUpPhone();
  await here.sync();
  const { saveDraft, readDraft } = await import("../../src/features/crew/drafts.ts");
  await saveDraft({ ...(await readDraft("JOB1", "done")), text: "Half of it." });
  here.updateState({ who: { account_id: "crew-2", name: null, roles: ["crew"], assurance: "staff" } });
  expect((await readDraft("JOB1", "done")).text).toBe("");
});

test("jobs close by are those within 150 m, nearest first", async () => {
  const { jobsNear } = await import("../../src/features/crew/nearby.ts");
  expect(
    jobsNear(job(2), [job(4), job(3), job(1), job(2, { job_id: "here" })]).map(({ job: { job_id }, distance_m }) => [
      job_id,
      distance_m,
    ]),
  ).toEqual([
    ["here", 0],
    ["JOB3", 111],
    ["JOB1", 111],
  ]);
});

test("room for what was done is made from what can be fetched again", async () => {
  const { fetchFile, readFile, retryWithRoom } = await import("../../src/features/crew/stored-files.ts");
  office.network.answer("/_office/map", () => new Response("map"));
  await fetchFile("map", "/_office/map");
  let tries = 0;
  await retryWithRoom(async () => {
    if (++tries === 1) throw new DOMException("full", "QuotaExceededError");
  });
  expect([tries, await readFile("map")]).toEqual([2, null]);
  await expect(retryWithRoom(async () => Promise.reject(new Error("disk")))).rejects.toThrow("disk");
});
