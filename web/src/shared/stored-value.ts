/** A value that the browser keeps under a key of its storage. */

export interface StoredValue<T> {
  /** Null if there is no value, or it cannot be read. */
  read(): T | null;
  write(value: T): void;
  forget(): void;
}

/**
 * Never throws: if the browser stores nothing, the value lasts as long as the page. `isValid` checks a stored value;
 * if it returns false or throws, the value is ignored.
 */
export function storedValue<T>(storage: () => Storage, key: string, isValid: (value: T) => boolean): StoredValue<T> {
  let fallback: T | null = null;

  function tryStorage<Answer>(act: (storage: Storage) => Answer, otherwise: Answer): Answer {
    try {
      return act(storage());
    } catch {
      return otherwise;
    }
  }

  return {
    read() {
      const kept = tryStorage((place) => JSON.parse(place.getItem(key) ?? "null") as T | null, null);
      return kept !== null && tryStorage(() => isValid(kept), false) ? kept : fallback;
    },
    write(value) {
      fallback = value;
      tryStorage((place) => place.setItem(key, JSON.stringify(value)), undefined);
    },
    forget() {
      fallback = null;
      tryStorage((place) => place.removeItem(key), undefined);
    },
  };
}
