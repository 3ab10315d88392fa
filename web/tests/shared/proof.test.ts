import { describe, expect, test } from "vitest";
import { findProof } from "../../src/shared/proof.ts";
import { newBrowser, problem } from "../browser.ts";

/** The server accepts it (tests/unit/kernel/test_proof_of_work.py). */
const KEY = "proof-of-work-00000000000000000000000000000008";
const PROOF = "256";
const PATH = "/api/reports";

describe("a proof of work", () => {
  test("is the first number whose digest begins with enough zeros", async () => {
    expect(await findProof(KEY, 16)).toBe(PROOF);
  });

  test.each([0, Number.NaN, 21])("is not looked for with %s bits", async (bits) => {
    expect(await findProof(KEY, bits)).toBeNull();
  });
});

describe("a request that is asked for a proof", () => {
  const crowded = (more = {}) => problem(429, "Many people share your network", { "Retry-After": "600", ...more });

  test("is sent again with it", async () => {
    const network = newBrowser({
      [PATH]: ({ headers }) =>
        headers.get("X-Ginnel-Proof") ? { stored: true } : crowded({ "X-Ginnel-Proof-Bits": "16" }),
    });
    const { post } = await import("../../src/shared/send.ts");
    expect(await post(PATH, {}, KEY)).toEqual({ kind: "stored", value: { stored: true } });
    expect(network.of(PATH).map(({ headers }) => headers.get("X-Ginnel-Proof"))).toEqual([null, PROOF]);
  });

  test("is sent later if the proof does not help either", async () => {
    const network = newBrowser({ [PATH]: () => crowded({ "X-Ginnel-Proof-Bits": "16" }) });
    const { post } = await import("../../src/shared/send.ts");
    expect(await post(PATH, {}, KEY)).toMatchObject({ kind: "later", retryAfterSeconds: 600 });
    expect(network.of(PATH)).toHaveLength(2);
  });

  test("is sent once if none is asked for", async () => {
    const network = newBrowser({ [PATH]: () => crowded() });
    const { post } = await import("../../src/shared/send.ts");
    await post(PATH, {}, KEY);
    expect(network.of(PATH)).toHaveLength(1);
  });
});
