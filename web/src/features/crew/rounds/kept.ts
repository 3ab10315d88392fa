/** Rounds on the phone: those of a day, the streets of a round, and the addresses that it left. */
import { phoneStore } from "../../../shared/phone-store.ts";
import type { LeftPremises, RoundDay, RoundStreet } from "./model.ts";

const DATABASE = "crew_rounds";
const STORE = "rounds";
const OLD_MS = 36 * 3600 * 1000;

interface Kinds {
  /** By day. */
  day: RoundDay[];
  /** By round. */
  streets: RoundStreet[];
  /** By round and day. */
  left: LeftPremises[];
}

interface Kept<Value> {
  /** `<kind>/<which>`. */
  key: string;
  value: Value;
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "key");

/** A full phone is no error: rounds can be read again. */
export async function keepRounds<Kind extends keyof Kinds>(
  kind: Kind,
  which: string,
  value: Kinds[Kind],
): Promise<void> {
  const kept: Kept<Kinds[Kind]> = { key: `${kind}/${which}`, value, at: Date.now() };
  await run("readwrite", (store) => store.put(kept)).catch(() => undefined);
}

/** All of a kind, by what they are of. */
export async function keptRounds<Kind extends keyof Kinds>(kind: Kind): Promise<Map<string, Kinds[Kind]>> {
  const all = await run<Kept<Kinds[Kind]>[]>("readonly", (store) => store.getAll()).catch(() => []);
  return new Map(
    all
      .filter(({ key }) => key.startsWith(`${kind}/`))
      .map(({ key, value }) => [key.slice(kind.length + 1), value] as const),
  );
}

export async function forgetRounds(): Promise<void> {
  await run("readwrite", (store) => store.clear());
}

export async function forgetOldRounds(): Promise<void> {
  const all = await run<Kept<unknown>[]>("readonly", (store) => store.getAll());
  for (const { key } of all.filter(({ at }) => Date.now() - at > OLD_MS))
    await run("readwrite", (store) => store.delete(key));
}
