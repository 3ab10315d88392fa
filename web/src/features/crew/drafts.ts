/** What a crew is just writing of a job, kept at each change: a phone that rings or restarts loses nothing. */
import { phoneStore } from "../../shared/phone-store.ts";
import type { DeedKind, Reason } from "./model.ts";
import { whoSpeaks } from "./state.ts";

const DATABASE = "crew_drafts";
const STORE = "drafts";
const OLD_MS = 7 * 24 * 3600 * 1000;

export interface Draft {
  /** `<account>/<job_id>/<kind>`: nobody goes on with what somebody else began. */
  key: string;
  text: string;
  reason: Reason | null;
  /** Ids of photos in the phone's store. */
  photos: string[];
  /** When it was written last. */
  at: number;
}

const { work } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "key");

const keyOf = (jobId: string, kind: DeedKind) => `${whoSpeaks()}/${jobId}/${kind}`;

export async function readDraft(jobId: string, kind: DeedKind): Promise<Draft> {
  const key = keyOf(jobId, kind);
  const known = await work<Draft | undefined>("readonly", (store) => store.get(key)).catch(() => undefined);
  return known ?? { key, text: "", reason: null, photos: [], at: 0 };
}

export async function saveDraft(draft: Draft): Promise<void> {
  const written: Draft = { ...draft, at: Date.now() };
  await work("readwrite", (store) => store.put(written));
}

export async function dropDraft({ key }: Draft): Promise<void> {
  await work("readwrite", (store) => store.delete(key));
}

/** Those that somebody may still go on with. */
export async function openDrafts(): Promise<Draft[]> {
  const all = await work<Draft[]>("readonly", (store) => store.getAll());
  for (const old of all.filter(({ at }) => Date.now() - at > OLD_MS)) await dropDraft(old);
  return all.filter(({ at }) => Date.now() - at <= OLD_MS);
}
