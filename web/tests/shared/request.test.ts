import { describe, expect, test, vi } from "vitest";
import { type Answer, newBrowser, problem } from "../browser.ts";

const PATH = "/api/reports";
const ACCOUNT = { account_id: "account-1", name: null, roles: ["resident"], assurance: "contact" };
const signedIn = (access_token: string) => ({ access_token, account: ACCOUNT });
const nobody = () => problem(401, "Unauthorized");

async function page(answers: Record<string, Answer>) {
  const network = newBrowser(answers);
  const api = await import("../../src/shared/send.ts");
  const posts = await import("../../src/shared/post.ts");
  const { upload } = await import("../../src/shared/upload.ts");
  return { network, ...api, ...posts, upload, session: await import("../../src/shared/session.ts") };
}

describe("what is sent", () => {
  test("says which request it is, under which key and from which device", async () => {
    const { post, network } = await page({ [PATH]: { stored: true } });
    expect(await post(PATH, { words: "A hole" }, "key-1")).toEqual({ kind: "stored", value: { stored: true } });
    await post(PATH, { words: "A hole" }, "key-1");
    const [one, other] = network.of(PATH);
    expect(one).toMatchObject({ method: "POST", body: { words: "A hole" } });
    expect(one!.headers.get("Idempotency-Key")).toBe("key-1");
    expect(one!.headers.get("Content-Type")).toBe("application/json");
    expect(one!.headers.get("X-Ginnel-Device")).toBe(other!.headers.get("X-Ginnel-Device"));
    expect(one!.headers.get("X-Request-Id")).not.toBe(other!.headers.get("X-Request-Id"));
  });

  test("may be answered with a page", async () => {
    const { post } = await page({
      [PATH]: () => new Response("<p>Stored</p>", { headers: { "Content-Type": "text/html; charset=utf-8" } }),
    });
    expect(await post(PATH, {}, "key")).toEqual({ kind: "stored", value: "<p>Stored</p>" });
  });

  test.each<[string, Answer, object]>([
    ["no connection", null, { retryAfterSeconds: null }],
    [
      "an answer that breaks off",
      () => new Response("{", { headers: { "Content-Type": "application/json" } }),
      { retryAfterSeconds: null },
    ],
    ["a service that fails", () => problem(503, "Busy", { "Retry-After": "90" }), { retryAfterSeconds: 90 }],
    ["a service that fails without saying for how long", () => problem(500, "Broken"), { retryAfterSeconds: 60 }],
    ["a time-out on the way", () => problem(408, "Too slow"), { retryAfterSeconds: 60 }],
    [
      "too many at once",
      () => problem(429, "Too many updates came from here", { "Retry-After": "600" }),
      { retryAfterSeconds: 600, why: "Too many updates came from here" },
    ],
  ])("is worth repeating after %s", async (_, answer, later) => {
    const { post } = await page({ [PATH]: answer });
    expect(await post(PATH, {}, "key")).toEqual({ kind: "later", ...later });
  });

  test.each([400, 401, 403, 404, 409, 410, 422])("is refused with %i, and why", async (status) => {
    const { post } = await page({ [PATH]: () => problem(status, "No") });
    expect(await post(PATH, {}, "key")).toEqual({ kind: "refused", problem: { title: "No", status } });
  });

  test("is refused with the status alone when nobody can read why", async () => {
    const { post } = await page({ [PATH]: () => new Response("<html>", { status: 403, statusText: "Forbidden" }) });
    expect(await post(PATH, {}, "key")).toEqual({ kind: "refused", problem: { title: "Forbidden", status: 403 } });
  });

  test("is given up after half a minute, a picture after two", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    const { post, upload } = await page({ [PATH]: {}, "/store": {} });
    await post(PATH, {}, "key");
    await upload(new Blob(["x"]), { photo_id: "P", url: "/store", fields: {} });
    expect(timeout.mock.calls).toEqual([[30_000], [120_000]]);
  });
});

test.each([
  [null, "check your connection and try again"],
  [30, "the service is busy, so try again in a minute"],
  [61, "the service is busy, so try again in 2 minutes"],
])("when to try again is said in words: %s", async (seconds, words) => {
  expect((await page({})).whenToRetry(seconds)).toBe(words);
});

describe("a picture", () => {
  const POLICY = { photo_id: "P1", url: "https://photos.example/", fields: { key: "7K3M/P1" } };
  const broken =
    (code: string, status = 400) =>
    () =>
      new Response(`<Error><Code>${code}</Code></Error>`, { status });

  test("goes to the store as a form, without headers of ours", async () => {
    const { upload, network } = await page({ "/": () => new Response(null, { status: 204 }) });
    expect(await upload(new Blob(["x"]), POLICY)).toBe("there");
    const { body, headers } = network.asked[0]!;
    expect([...headers]).toEqual([]);
    expect([...(body as FormData).keys()]).toEqual(["key", "file"]);
  });

  test.each<[string, Answer, string]>([
    ["it is too large", broken("EntityTooLarge"), "refused"],
    ["it came too slowly", broken("RequestTimeout"), "broke"],
    ["it came in part", broken("IncompleteBody"), "broke"],
    ["its policy ran out", broken("AccessDenied", 403), "broke"],
    ["the store fails", broken("InternalError", 500), "broke"],
    ["there is no connection", null, "broke"],
  ])("is refused or may be tried again when %s", async (_, answer, came) => {
    const { upload } = await page({ "/": answer });
    expect(await upload(new Blob(["x"]), POLICY)).toBe(came);
  });
});

describe("what is sent as somebody", () => {
  test("goes with the token of the account that is signed in", async () => {
    const { postAsSignedIn, network } = await page({ "/api/session/refresh": signedIn("token"), [PATH]: {} });
    expect(await postAsSignedIn(PATH, {}, "key")).toMatchObject({ kind: "stored" });
    expect(network.of(PATH)[0]!.headers.get("Authorization")).toBe("Bearer token");
    expect(network.of(PATH)[0]!.headers.get("Idempotency-Key")).toBe("key");
  });

  test("goes as nobody's when nobody is signed in", async () => {
    const { postAsSignedIn, network } = await page({ "/api/session/refresh": nobody, [PATH]: {} });
    expect(await postAsSignedIn(PATH, {}, "key")).toMatchObject({ kind: "stored" });
    expect(network.of(PATH).map(({ headers }) => headers.get("Authorization"))).toEqual([null]);
  });

  test("waits when nobody can say who is signed in", async () => {
    const { postAsSignedIn, network } = await page({ "/api/session/refresh": null, [PATH]: {} });
    expect(await postAsSignedIn(PATH, {}, "key")).toMatchObject({ kind: "later" });
    expect(network.of(PATH)).toEqual([]);
  });

  test("goes as nobody's, unasked, when it belongs to no account", async () => {
    const { postAs, network } = await page({ [PATH]: {} });
    expect(await postAs("", PATH, {}, "key")).toMatchObject({ kind: "stored" });
    expect(network.asked).toHaveLength(1);
  });

  test.each([
    ["another account", () => ({ access_token: "token", account: { ...ACCOUNT, account_id: "account-2" } })],
    ["nobody", nobody],
  ])("is refused when it belongs to an account and %s is signed in", async (_, session) => {
    const { postAs, network } = await page({ "/api/session/refresh": session, [PATH]: {} });
    expect(await postAs("account-1", PATH, {}, "key")).toMatchObject({ kind: "refused", problem: { status: 401 } });
    expect(network.of(PATH)).toEqual([]);
  });

  test("goes with a new token when the old one has run out, and the tokens are asked for once", async () => {
    let tokens = 0;
    const { session, network } = await page({
      "/api/session/refresh": () => signedIn(`token-${++tokens}`),
      [PATH]: ({ headers }) => (headers.get("Authorization") === "Bearer token-2" ? {} : nobody()),
    });
    expect(await session.call("POST", PATH, {})).toMatchObject({ kind: "stored" });
    await Promise.all([session.call("POST", PATH, {}), session.whoIsSignedIn()]);
    expect(network.of("/api/session/refresh")).toHaveLength(2);
  });
});
