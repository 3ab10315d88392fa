/** Copies of what can be fetched again. Above a number of them, the oldest half is deleted. */
import { phoneStore } from "./phone-store.ts";

export interface Copy<T> {
  url: string;
  value: T;
  at: number;
}

export interface StoredCopies {
  find<T>(url: string): Promise<Copy<T> | undefined>;
  keep(url: string, value: unknown, at: number): Promise<void>;
  forget(url: string): Promise<void>;
}

/** Never fails: a browser that stores nothing has no copies. */
export function storedCopies(open: () => IDBOpenDBRequest, name: string, most: number): StoredCopies {
  const { run } = phoneStore(open, name, "url");

  async function forget(url: string): Promise<void> {
    await run("readwrite", (store) => store.delete(url)).catch(() => undefined);
  }

  async function makeRoom(): Promise<void> {
    if ((await run<number>("readonly", (store) => store.count())) <= most) return;
    const all = await run<Copy<unknown>[]>("readonly", (store) => store.getAll());
    all.sort((one, other) => one.at - other.at);
    for (const { url } of all.slice(0, most / 2)) await forget(url);
  }

  return {
    find: <T>(url: string) => run<Copy<T> | undefined>("readonly", (store) => store.get(url)).catch(() => undefined),
    async keep(url, value, at) {
      await run("readwrite", (store) => store.put({ url, value, at } satisfies Copy<unknown>))
        .then(makeRoom)
        .catch(() => undefined);
    },
    forget,
  };
}
