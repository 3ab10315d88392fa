/** The stored days: each document as last read. */
import { phoneStore } from "../../shared/phone-store.ts";
import type { CrewDocument } from "./model.ts";

const DATABASE = "crew_days";
const STORE = "days";
/** A day is kept until the end of the next day, which is this long after its noon. */
const KEPT_MS = 36 * 3600 * 1000;

/** A change by the office that the crew has not confirmed yet. */
export interface Change {
  job_id: string;
  title: string;
  what: "new" | "gone";
  because: string;
}

export interface StoredDay {
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

export async function readDay(crew: string, day: string): Promise<StoredDay | null> {
  return (
    (await run<StoredDay | undefined>("readonly", (store) => store.get(keyOf(crew, day))).catch(() => undefined)) ??
    null
  );
}

export async function storeDay(kept: Omit<StoredDay, "key">): Promise<void> {
  const key = keyOf(kept.document.crew, kept.document.date);
  await run("readwrite", (store) => store.put({ ...kept, key } satisfies StoredDay)).catch(() => undefined);
}

export async function deleteDays(): Promise<void> {
  await run("readwrite", (store) => store.clear());
}

export async function readDays(): Promise<StoredDay[]> {
  return run("readonly", (store) => store.getAll());
}

export async function deleteOldDays(): Promise<void> {
  const isOld = ({ document }: StoredDay) => Date.now() - Date.parse(`${document.date}T12:00Z`) > KEPT_MS;
  for (const { key } of (await readDays()).filter(isOld)) await run("readwrite", (store) => store.delete(key));
}
