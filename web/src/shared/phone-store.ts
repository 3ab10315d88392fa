/** One store of a database in the browser (IndexedDB). */

export interface PhoneStore {
  run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T>;
}

/** Opens at first use; `afterOpening` runs once it is open. */
export function phoneStore(
  open: () => IDBOpenDBRequest,
  name: string,
  keyPath: string,
  afterOpening: () => Promise<unknown> = async () => undefined,
): PhoneStore {
  let database: Promise<IDBDatabase> | undefined;

  /** Opens the database again if the browser closed it, as phones do with a page in the background. */
  async function beginTransaction(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const options = { durability: "strict" } as const;
    try {
      return (await openDatabase()).transaction(name, mode, options);
    } catch {
      database = undefined;
      return (await openDatabase()).transaction(name, mode, options);
    }
  }

  function openDatabase(): Promise<IDBDatabase> {
    if (!database) {
      const request = open();
      request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath });
      database = resultOf(request);
      void database.then(afterOpening).catch(() => undefined);
    }
    return database;
  }

  return {
    async run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest) {
      const transaction = await beginTransaction(mode);
      const request = act(transaction.objectStore(name)) as IDBRequest<T>;
      // Otherwise it would be lost if the page is closed right now.
      if (mode === "readwrite") transaction.commit();
      // The data is stored only when the transaction completes; a full disk fails it.
      return new Promise<T>((resolve, reject) => {
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    },
  };
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
