/** Rounds on the phone: those of a day, the streets of a round, and the addresses where bins were not emptied. */
import { phoneStore } from "../../../shared/phone-store.ts";
import type { LeftPremises, RoundDay, RoundStreet } from "./model.ts";

const DATABASE = "crew_rounds";
const STORE = "rounds";
const OLD_MS = 36 * 3600 * 1000;

interface RoundData {
  /** By day. */
  day: RoundDay[];
  /** By round. */
  streets: RoundStreet[];
  /** By round and day. */
  left: LeftPremises[];
}

interface StoredRounds<Value> {
  /** `<kind>/<which>`. */
  key: string;
  value: Value;
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "key");

/** A full phone is no error: rounds can be read again. */
export async function storeRounds<Kind extends keyof RoundData>(
  kind: Kind,
  which: string,
  value: RoundData[Kind],
): Promise<void> {
  const kept: StoredRounds<RoundData[Kind]> = { key: `${kind}/${which}`, value, at: Date.now() };
  await run("readwrite", (store) => store.put(kept)).catch(() => undefined);
}

/** All stored values of a kind, by their day or round (see `RoundData`). */
export async function loadRounds<Kind extends keyof RoundData>(kind: Kind): Promise<Map<string, RoundData[Kind]>> {
  const all = await run<StoredRounds<RoundData[Kind]>[]>("readonly", (store) => store.getAll()).catch(() => []);
  return new Map(
    all
      .filter(({ key }) => key.startsWith(`${kind}/`))
      .map(({ key, value }) => [key.slice(kind.length + 1), value] as const),
  );
}

export async function deleteRounds(): Promise<void> {
  await run("readwrite", (store) => store.clear());
}

export async function deleteOldRounds(): Promise<void> {
  const all = await run<StoredRounds<unknown>[]>("readonly", (store) => store.getAll());
  for (const { key } of all.filter(({ at }) => Date.now() - at > OLD_MS))
    await run("readwrite", (store) => store.delete(key));
}
