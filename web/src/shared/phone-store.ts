/** One store of a database in the browser (IndexedDB). */

export interface PhoneStore {
  work<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T>;
}

/** Opened at first use; `opened` happens once it is open. */
export function phoneStore(open: () => IDBOpenDBRequest, name: string, keyPath: string, opened: () => Promise<unknown> = async () => undefined): PhoneStore {
  let database: Promise<IDBDatabase> | undefined;

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
      const store = (await opening()).transaction(name, mode).objectStore(name);
      return settled<T>(act(store) as IDBRequest<T>);
    },
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The phone's store failed"));
  });
}
