/** A value that the browser keeps under a key of its storage. */

export interface KeptValue<T> {
  /** Null if there is no value, or it cannot be read. */
  read(): T | null;
  write(value: T): void;
  forget(): void;
}

/**
 * Never throws: if the browser stores nothing, the value lasts as long as the page. `isWhole` checks a stored value;
 * if it returns false or throws, the value is ignored.
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
