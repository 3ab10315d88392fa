/** Drafts of operations, stored at each change, so that nothing is lost if the phone restarts. */
import { phoneStore } from "../../shared/phone-store.ts";
import type { JobEventKind, Reason } from "./model.ts";
import { recordingAccount } from "./state.ts";

const DATABASE = "crew_drafts";
const STORE = "drafts";
const OLD_MS = 7 * 24 * 3600 * 1000;

export interface Draft {
  /** `<account>/<job_id>/<kind>`: a draft belongs to one account. */
  key: string;
  text: string;
  reason: Reason | null;
  /** Of a new date. A draft from an older version of the app has none. */
  day?: string;
  /** Ids of stored photos. */
  photos: string[];
  /** When it was last changed. */
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "key");

const keyOf = (jobId: string, kind: JobEventKind) => `${recordingAccount()}/${jobId}/${kind}`;

export async function readDraft(jobId: string, kind: JobEventKind): Promise<Draft> {
  const key = keyOf(jobId, kind);
  const known = await run<Draft | undefined>("readonly", (store) => store.get(key)).catch(() => undefined);
  return known ?? { key, text: "", reason: null, photos: [], at: 0 };
}

export async function saveDraft(draft: Draft): Promise<void> {
  const written: Draft = { ...draft, at: Date.now() };
  await run("readwrite", (store) => store.put(written));
}

export async function deleteDraft({ key }: Draft): Promise<void> {
  await run("readwrite", (store) => store.delete(key));
}

/** Drafts that can still be continued. */
export async function readDrafts(): Promise<Draft[]> {
  const all = await run<Draft[]>("readonly", (store) => store.getAll());
  for (const old of all.filter(({ at }) => Date.now() - at > OLD_MS)) await deleteDraft(old);
  return all.filter(({ at }) => Date.now() - at <= OLD_MS);
}
