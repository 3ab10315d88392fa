/**
 * A draft that is stored in the browser's database until it is sent, even if the browser is closed.
 * Each tab locks its own draft, so that no tab overwrites another tab's draft (ADR 42).
 */
import { keptValue } from "./kept-value.ts";
import { phoneStore } from "./phone-store.ts";
import { say } from "./say.ts";

const DATABASE = "begun";
const STORE = "drafts";
const KEPT_DAYS = 7;
const PATIENCE_MS = 1_000;

interface Stored<T> {
  id: string;
  /** `report`, or `update-` and the report's id. */
  about: string;
  at: number;
  value: T;
}

export interface KeptDraft<T> {
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
  words(): string;
}

const { work } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "id", forgetOld);

/**
 * Never throws. If the browser has no database, as in some private windows, the draft is kept in the tab. With
 * `isOwnAlone`, drafts of other tabs and visits are ignored.
 */
export async function openDraft<T>(about: string, isOwnAlone = false): Promise<KeptDraft<T>> {
  const inTab = keptValue<T>(() => sessionStorage, `ginnel.draft.${about}`, Boolean);
  const ownId = keptValue<string>(() => sessionStorage, `ginnel.draft-id.${about}`, Boolean);
  const stored = await inTime(storedAbout<T>(about));
  let isInDatabase = stored !== null;
  // Present only if the database has failed, and then newer than the stored draft.
  const newest = inTab.read();
  const found = stored && (await firstFree(stored, ownId.read(), isOwnAlone || newest !== null));
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
        void hold(id);
      }
      try {
        await put({ id, about, at: Date.now(), value });
        inTab.forget();
      } catch {
        isInDatabase = false;
        inTab.write(value);
      }
    },
    drop() {
      const sent = id;
      if (sent) void work("readwrite", (store) => store.delete(sent)).catch(() => undefined);
      putAside();
      inTab.forget();
    },
    putAside,
    words() {
      if (isInDatabase)
        return say("What you wrote is saved in this browser for up to {days} days.", { days: KEPT_DAYS });
      return tabKeeps()
        ? say("What you wrote is saved until you close this tab.")
        : say("What you wrote is not saved, so keep this page open.");
    },
  };
}

/** Whether there is a draft that no other tab has locked. */
export async function hasDraft(about: string): Promise<boolean> {
  const stored = await inTime(storedAbout(about));
  if (stored === null) return keptValue(() => sessionStorage, `ginnel.draft.${about}`, Boolean).read() !== null;
  const { held = [] } = await navigator.locks.query();
  return stored.some(({ id }) => !held.some(({ name }) => name === lockOf(id)));
}

/** Changes all drafts about that subject, including those of other tabs. */
export async function changeDrafts<T>(about: string, change: (value: T) => T): Promise<void> {
  const inTab = keptValue<T>(() => sessionStorage, `ginnel.draft.${about}`, Boolean);
  const value = inTab.read();
  if (value) inTab.write(change(value));
  for (const each of (await inTime(storedAbout<T>(about))) ?? [])
    await put({ ...each, value: change(each.value) }).catch(() => undefined);
}

const put = (stored: Stored<unknown>) => work("readwrite", (store) => store.put(stored));

/** Whether sessionStorage is available. */
function tabKeeps(): boolean {
  try {
    return Boolean(sessionStorage);
  } catch {
    return false;
  }
}

const lockOf = (id: string) => `ginnel-draft-${id}`;

/** Drafts that are not too old, newest first. Throws if the browser has no locks to keep tabs apart. */
async function storedAbout<T>(about: string): Promise<Stored<T>[]> {
  if (!navigator.locks) throw new Error("This browser has no locks");
  const all = await work<Stored<T>[]>("readonly", (store) => store.getAll());
  return all.filter((each) => each.about === about && !isOld(each)).sort((one, other) => other.at - one.at);
}

const isOld = ({ at }: Stored<unknown>) => Date.now() - at > KEPT_DAYS * 24 * 3600_000;

async function forgetOld(): Promise<void> {
  const all = await work<Stored<unknown>[]>("readonly", (store) => store.getAll());
  for (const { id } of all.filter(isOld)) await work("readwrite", (store) => store.delete(id));
}

/** The tab's own draft, otherwise the newest one that no other tab has locked. */
async function firstFree<T>(stored: Stored<T>[], own: string | null, isOwnAlone: boolean): Promise<Stored<T> | null> {
  const mine = stored.find(({ id }) => id === own);
  // The tab's previous page may still hold the lock for a moment.
  if (mine && (await hold(mine.id, { signal: AbortSignal.timeout(PATIENCE_MS) }))) return mine;
  if (isOwnAlone) return null;
  for (const each of stored) if (each !== mine && (await hold(each.id))) return each;
  return null;
}

/** Locks the draft until the page closes. Returns false if another tab has the lock. */
function hold(id: string, options: LockOptions = { ifAvailable: true }): Promise<boolean> {
  return new Promise((resolve) => {
    const held = navigator.locks.request(lockOf(id), options, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => undefined) : undefined;
    });
    held.catch(() => resolve(false));
  });
}

/** Null on failure or after the time limit. */
function inTime<T>(wanted: Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([wanted.catch(() => null), late]);
}
