/** A value that the browser keeps under a key of its storage. */

export interface KeptValue<T> {
  /** Null where none is kept, or none that can be read. */
  read(): T | null;
  write(value: T): void;
  forget(): void;
}

/**
 * Never throws: where the browser keeps nothing, the value lasts as long as the page. `isWhole` says whether what
 * was read is one; where it throws, it is none.
 */
export function keptValue<T>(storage: () => Storage, key: string, isWhole: (value: T) => boolean): KeptValue<T> {
  let here: T | null = null;

  function tried<Answer>(act: (storage: Storage) => Answer, otherwise: Answer): Answer {
    try {
      return act(storage());
    } catch {
      return otherwise;
    }
  }

  return {
    read() {
      const kept = tried((place) => JSON.parse(place.getItem(key) ?? "null") as T | null, null);
      return kept !== null && tried(() => isWhole(kept), false) ? kept : here;
    },
    write(value) {
      here = value;
      tried((place) => place.setItem(key, JSON.stringify(value)), undefined);
    },
    forget() {
      here = null;
      tried((place) => place.removeItem(key), undefined);
    },
  };
}
