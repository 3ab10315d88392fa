/**
 * A draft that is stored in the browser's database until it is sent, even if the browser is closed.
 * Each tab locks its own draft, so that no tab overwrites another tab's draft (ADR 42).
 */
import { storedValue } from "./stored-value.ts";
import { phoneStore } from "./phone-store.ts";
import { say } from "./say.ts";

const DATABASE = "begun";
const STORE = "drafts";
const KEPT_DAYS = 7;
const PATIENCE_MS = 1_000;

interface DraftRecord<T> {
  id: string;
  /** `report`, or `update-` and the report's id. */
  about: string;
  at: number;
  value: T;
}

export interface StoredDraft<T> {
  /** The stored draft, or null. */
  value: T | null;
  /** Whether it comes from another tab, or from before the browser was closed. */
  isResumed: boolean;
  /** Settles when the draft is stored; never fails. */
  save(value: T): Promise<void>;
  drop(): void;
  /** Leaves the stored draft as it is; the next one gets a new id. */
  putAside(): void;
  /** A sentence that says where the draft is saved, and for how long. */
  savedText(): string;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id", deleteOldDrafts);

/**
 * Never throws. If the browser has no database, as in some private windows, the draft is kept in the tab. With
 * `isOwnAlone`, drafts of other tabs and visits are ignored.
 */
export async function openDraft<T>(about: string, isOwnAlone = false): Promise<StoredDraft<T>> {
  const inTab = storedValue<T>(() => sessionStorage, `ginnel.draft.${about}`, Boolean);
  const ownId = storedValue<string>(() => sessionStorage, `ginnel.draft-id.${about}`, Boolean);
  const stored = await withTimeLimit(readDrafts<T>(about));
  let isInDatabase = stored !== null;
  // Present only if the database has failed, and then newer than the stored draft.
  const newest = inTab.read();
  const found = stored && (await claimDraft(stored, ownId.read(), isOwnAlone || newest !== null));
  const isResumed = Boolean(found && found.id !== ownId.read());
  let id = found?.id ?? "";
  if (id) ownId.write(id);

  function putAside(): void {
    id = "";
    ownId.forget();
  }

  return {
    value: newest ?? found?.value ?? null,
    isResumed,
    async save(value) {
      if (!isInDatabase) return inTab.write(value);
      if (!id) {
        id = crypto.randomUUID();
        ownId.write(id);
        void lockDraft(id);
      }
      try {
        await writeDraft({ id, about, at: Date.now(), value });
        inTab.forget();
      } catch {
        isInDatabase = false;
        inTab.write(value);
      }
    },
    drop() {
      const sent = id;
      if (sent) void run("readwrite", (store) => store.delete(sent)).catch(() => undefined);
      putAside();
      inTab.forget();
    },
    putAside,
    savedText() {
      if (isInDatabase)
        return say("What you wrote is saved in this browser for up to {days} days.", { days: KEPT_DAYS });
      return hasTabStorage()
        ? say("What you wrote is saved until you close this tab.")
        : say("What you wrote is not saved, so keep this page open.");
    },
  };
}

/** Whether there is a draft that no other tab has locked. */
export async function hasDraft(about: string): Promise<boolean> {
  const stored = await withTimeLimit(readDrafts(about));
  if (stored === null) return storedValue(() => sessionStorage, `ginnel.draft.${about}`, Boolean).read() !== null;
  const { held = [] } = await navigator.locks.query();
  return stored.some(({ id }) => !held.some(({ name }) => name === lockOf(id)));
}

/** Changes all drafts about that subject, including those of other tabs. */
export async function changeDrafts<T>(about: string, change: (value: T) => T): Promise<void> {
  const inTab = storedValue<T>(() => sessionStorage, `ginnel.draft.${about}`, Boolean);
  const value = inTab.read();
  if (value) inTab.write(change(value));
  for (const each of (await withTimeLimit(readDrafts<T>(about))) ?? [])
    await writeDraft({ ...each, value: change(each.value) }).catch(() => undefined);
}

const writeDraft = (stored: DraftRecord<unknown>) => run("readwrite", (store) => store.put(stored));

/** Whether sessionStorage is available. */
function hasTabStorage(): boolean {
  try {
    return Boolean(sessionStorage);
  } catch {
    return false;
  }
}

const lockOf = (id: string) => `ginnel-draft-${id}`;

/** Drafts that are not too old, newest first. Throws if the browser has no locks to keep tabs apart. */
async function readDrafts<T>(about: string): Promise<DraftRecord<T>[]> {
  if (!navigator.locks) throw new Error("This browser has no locks");
  const all = await run<DraftRecord<T>[]>("readonly", (store) => store.getAll());
  return all.filter((each) => each.about === about && !isOld(each)).sort((one, other) => other.at - one.at);
}

const isOld = ({ at }: DraftRecord<unknown>) => Date.now() - at > KEPT_DAYS * 24 * 3600_000;

async function deleteOldDrafts(): Promise<void> {
  const all = await run<DraftRecord<unknown>[]>("readonly", (store) => store.getAll());
  for (const { id } of all.filter(isOld)) await run("readwrite", (store) => store.delete(id));
}

/** The tab's own draft, otherwise the newest one that no other tab has locked. */
async function claimDraft<T>(
  stored: DraftRecord<T>[],
  own: string | null,
  isOwnAlone: boolean,
): Promise<DraftRecord<T> | null> {
  const mine = stored.find(({ id }) => id === own);
  // The tab's previous page may still hold the lock for a moment.
  if (mine && (await lockDraft(mine.id, { signal: AbortSignal.timeout(PATIENCE_MS) }))) return mine;
  if (isOwnAlone) return null;
  for (const each of stored) if (each !== mine && (await lockDraft(each.id))) return each;
  return null;
}

/** Locks the draft until the page closes. Returns false if another tab has the lock. */
function lockDraft(id: string, options: LockOptions = { ifAvailable: true }): Promise<boolean> {
  return new Promise((resolve) => {
    const held = navigator.locks.request(lockOf(id), options, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => undefined) : undefined;
    });
    held.catch(() => resolve(false));
  });
}

/** Null on failure or after the time limit. */
function withTimeLimit<T>(wanted: Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([wanted.catch(() => null), late]);
}
