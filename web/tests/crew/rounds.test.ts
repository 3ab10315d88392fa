import { beforeEach, describe, expect, test } from "vitest";
import type { Item } from "../../src/features/crew/model.ts";
import type { RoundDay } from "../../src/features/crew/rounds/model.ts";
import { NO_ROUNDS, toRoundView } from "../../src/features/crew/rounds/state.ts";
import { item, job, Office } from "./office.ts";

const DAY = "2026-12-21";
const ROUND: RoundDay = {
  round: "R1",
  container: "rubbish",
  name: "Black bin",
  colour: "#000000",
  day: DAY,
  version: 3,
  state: "to_come",
  closes_at: `${DAY}T20:00:00Z`,
  finished_at: null,
  reason: null,
  text: "",
  streets: [],
  disputes: [],
};

function roundOperation(op_id: string, kind: Item["kind"], changes: Partial<Item> = {}): Item {
  return item(op_id, { kind, job_id: `round/R1/${DAY}`, reason: null, round: { code: "R1", day: DAY }, ...changes });
}

describe("what a crew says of a round", () => {
  let office: Office;
  let sent: Record<string, unknown>[];

  beforeEach(() => {
    office = new Office(job(1));
    sent = [];
    office.network.answer("/api/rounds/operations", ({ body }) => {
      const { operations } = body as { operations: Record<string, unknown>[] };
      sent.push(...operations);
      return {
        items: operations.map(({ op_id, kind }) =>
          kind === "off"
            ? { op_id, result: "rejected", reason: "reason: choose one" }
            : { op_id, result: "applied", round_day: { ...ROUND, version: 4, state: "out" } },
        ),
      };
    });
  });

  async function flushed(...waiting: Item[]): Promise<Item[]> {
    const outbox = await import("../../src/features/crew/outbox.ts");
    const { send } = await import("../../src/shared/send.ts");
    const { flush } = await import("../../src/features/crew/sending.ts");
    for (const each of waiting) await outbox.save(each);
    const done = await flush({
      account: "crew-1",
      call: (_, method, path, body, headers) => send(method, path, body, headers),
      shrink: null,
      onChange: () => undefined,
    });
    expect(done).toEqual({ kind: "empty" });
    return outbox.items();
  }

  test("waits in the queue of jobs, and goes to its own address", async () => {
    const missed = roundOperation("c", "street_missed", {
      seq: 3,
      reason: "weather",
      round: { code: "R1", day: DAY, street: "Dial Row" },
    });
    expect(await flushed(roundOperation("a", "out", { seq: 1 }), item("b", { seq: 2 }), missed)).toEqual([]);
    expect(office.taken.map(({ op_id }) => op_id)).toEqual(["b"]);
    expect(sent).toMatchObject([
      { op_id: "a", round: "R1", day: DAY, kind: "out" },
      { op_id: "c", street: "Dial Row", reason: "weather" },
    ]);
    expect(sent[0]).not.toHaveProperty("job_id");
  });

  test("updates the round on the phone", async () => {
    const { storeRounds, loadRounds } = await import("../../src/features/crew/rounds/stored-rounds.ts");
    await storeRounds("day", DAY, [ROUND, { ...ROUND, round: "R2" }]);
    await flushed(roundOperation("a", "out"));
    const days = (await loadRounds("day")).get(DAY)!;
    expect(days.map(({ round, state }) => [round, state])).toEqual([
      ["R1", "out"],
      ["R2", "to_come"],
    ]);
  });

  test("stays with the reason when it is rejected", async () => {
    expect(await flushed(roundOperation("a", "off"))).toMatchObject([{ op_id: "a", attention: "reason: choose one" }]);
  });
});

describe("a round on the phone", () => {
  const shown = (...waiting: Item[]) => toRoundView(ROUND, NO_ROUNDS, waiting);

  test("shows what is not sent yet", () => {
    const missed = roundOperation("b", "street_missed", {
      reason: "weather",
      round: { code: "R1", day: DAY, street: "Dial Row" },
    });
    const left = roundOperation("c", "not_emptied", {
      reason: "not_out",
      round: { code: "R1", day: DAY, premises_id: "1", address: "1 Dial Row" },
    });
    expect(shown(roundOperation("a", "out"), missed, left)).toMatchObject({
      state: "out",
      missed: [{ street: "Dial Row", reason: "weather" }],
      left: [{ premises_id: "1", address: "1 Dial Row" }],
    });
  });

  test("no longer shows a street that was reached later", () => {
    const round = { code: "R1", day: DAY, street: "Dial Row" };
    const missed = roundOperation("b", "street_missed", { reason: "weather", round });
    expect(shown(missed, roundOperation("c", "street_reached", { round })).missed).toEqual([]);
  });

  test("does not count what was rejected, nor what is of another day", () => {
    const rejected = roundOperation("a", "out", { attention: "no" });
    const other = roundOperation("b", "out", { round: { code: "R1", day: "2026-12-22" } });
    expect(shown(rejected, other)).toMatchObject({ state: "to_come", waiting: [{ op_id: "a" }] });
  });
});
