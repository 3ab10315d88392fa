/** The stored days: each document as last read. */
import { phoneStore } from "../../shared/phone-store.ts";
import type { CrewDocument } from "./model.ts";

const DATABASE = "crew_days";
const STORE = "days";
/** A day is kept until the end of the next day, which is this long after its noon. */
const HOLDS_MS = 36 * 3600 * 1000;

/** A change by the office that the crew has not confirmed yet. */
export interface Change {
  job_id: string;
  title: string;
  what: "new" | "gone";
  because: string;
}

export interface KeptDay {
  /** `<crew>/<day>`. */
  key: string;
  document: CrewDocument;
  etag: string | null;
  /** When it was last read. */
  at: number;
  changes: Change[];
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "key");

const keyOf = (crew: string, day: string) => `${crew}/${day}`;

export async function readDay(crew: string, day: string): Promise<KeptDay | null> {
  return (
    (await run<KeptDay | undefined>("readonly", (store) => store.get(keyOf(crew, day))).catch(() => undefined)) ?? null
  );
}

export async function keepDay(kept: Omit<KeptDay, "key">): Promise<void> {
  const key = keyOf(kept.document.crew, kept.document.date);
  await run("readwrite", (store) => store.put({ ...kept, key } satisfies KeptDay)).catch(() => undefined);
}

export async function forgetDays(): Promise<void> {
  await run("readwrite", (store) => store.clear());
}

export async function keptDays(): Promise<KeptDay[]> {
  return run("readonly", (store) => store.getAll());
}

export async function forgetOldDays(): Promise<void> {
  const isOld = ({ document }: KeptDay) => Date.now() - Date.parse(`${document.date}T12:00Z`) > HOLDS_MS;
  for (const { key } of (await keptDays()).filter(isOld)) await run("readwrite", (store) => store.delete(key));
}
