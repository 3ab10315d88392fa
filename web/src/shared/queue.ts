/**
 * A queue of residents' reports or crews' operations on this phone, which wait until the service has stored them. It is in
 * IndexedDB, and one sender at a time (Web Locks) sends it: a page or its service worker.
 */
import { isSignedOut, type Outcome, reasonOf } from "./outcome.ts";
import { phoneStore } from "./phone-store.ts";
import { type Policy, upload } from "./upload.ts";
import { say } from "./say.ts";

/** `later` says when to try again; null if there was no answer. */
export type FlushResult =
  { kind: "empty" } | { kind: "signed-out" } | { kind: "later"; retryAfterSeconds: number | null };

export interface QueueItem {
  /** Items are sent in this order. */
  seq: number;
  /** Why the service refused it. It is not sent again until somebody decides. */
  attention: string | null;
}

export interface Queue<Item extends QueueItem> {
  /** Throws if the phone cannot store it, so that the page can say so. */
  save(item: Item): Promise<void>;
  items(): Promise<Item[]>;
  remove(id: string): Promise<void>;
  /** A number after all waiting items, even if the clock was set back. */
  nextSeq(): Promise<number>;
  /** Runs `send` when no other page or worker is sending. */
  withLock<T>(send: () => Promise<T>): Promise<T>;
  /** Changes an item that is not being sent. */
  change(id: string, act: (item: Item) => Promise<void>): Promise<void>;
}

interface QueueOptions {
  open: () => IDBOpenDBRequest;
  store: string;
  keyPath: string;
  lock: string;
  /** Stores something although the phone is full, if other things can be deleted. */
  withRoom?: (act: () => Promise<void>) => Promise<void>;
}

export function createQueue<Item extends QueueItem>({
  open,
  store,
  keyPath,
  lock,
  withRoom,
}: QueueOptions): Queue<Item> {
  const { run } = phoneStore(open, store, keyPath);
  const room = withRoom ?? ((act) => act());
  const withLock = <T>(send: () => Promise<T>): Promise<T> => navigator.locks.request(lock, send) as Promise<T>;

  async function items(): Promise<Item[]> {
    const all = await run<Item[]>("readonly", (kept) => kept.getAll());
    return all.sort((one, other) => one.seq - other.seq);
  }

  return {
    items,
    withLock,
    save: (item) => room(() => run("readwrite", (kept) => kept.put(item))),
    async remove(id) {
      await run("readwrite", (kept) => kept.delete(id));
    },
    async nextSeq() {
      return Math.max(Date.now(), ...(await items()).map(({ seq }) => seq + 1));
    },
    change: (id, act) =>
      withLock(async () => {
        const item = await run<Item | undefined>("readonly", (kept) => kept.get(id));
        if (item) await act(item);
      }),
  };
}

/** Why the photo store refused a photo. */
export const UNUSABLE_PHOTO = say("It is too large, or it is a type of file that we cannot use.");

/** `broke`: the upload was interrupted although the service answers. Without a reason, it is UNUSABLE. */
export type PhotoResult =
  | { kind: "sent"; policy: Policy }
  | { kind: "refused"; reason: string | null }
  | { kind: "broke" }
  | { kind: "signed-out" }
  | { kind: "later"; retryAfterSeconds: number | null };

/** Sends one photo. `ask` gets a policy from the service; each try asks for one, because policies expire. */
export async function sendPhoto(
  picture: Blob,
  ask: (about: { content_type: string; size: number }) => Promise<Outcome<Policy>>,
): Promise<PhotoResult> {
  const asked = await ask({ content_type: picture.type, size: picture.size });
  if (asked.kind === "later") return asked;
  if (isSignedOut(asked)) return { kind: "signed-out" };
  if (asked.kind === "refused") return { kind: "refused", reason: reasonOf(asked.problem) };
  const came = await upload(picture, asked.value);
  if (came === "broke") return { kind: "broke" };
  if (came === "there") return { kind: "sent", policy: asked.value };
  return { kind: "refused", reason: null };
}
