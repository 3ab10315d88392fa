/** One store of a database in the browser (IndexedDB). */

export interface PhoneStore {
  work<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T>;
}

/** Opened at first use; `opened` happens once it is open. */
export function phoneStore(open: () => IDBOpenDBRequest, name: string, keyPath: string, opened: () => Promise<unknown> = async () => undefined): PhoneStore {
  let database: Promise<IDBDatabase> | undefined;

  /** Once more where the browser let go of it, as phones do to a page that was put away. */
  async function begun(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const options = { durability: "strict" } as const;
    try {
      return (await opening()).transaction(name, mode, options);
    } catch {
      database = undefined;
      return (await opening()).transaction(name, mode, options);
    }
  }

  function opening(): Promise<IDBDatabase> {
    if (!database) {
      const request = open();
      request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath });
      database = settled(request);
      void database.then(opened).catch(() => undefined);
    }
    return database;
  }

  return {
    async work<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest) {
      const transaction = await begun(mode);
      const request = act(transaction.objectStore(name)) as IDBRequest<T>;
      // Else it would be thrown away with a page that is left right now.
      if (mode === "readwrite") transaction.commit();
      // What was written is there only at the end: that is where a phone that is full says so.
      return new Promise<T>((resolve, reject) => {
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    },
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
