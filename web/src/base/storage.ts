// Storage that never throws. Browsers may refuse to store (blocked, full, private mode): then values live in memory, and
// set() returns false.

import { parseJson } from './json';

export interface Store {
  get(key: string): string | undefined;
  /** False: stored in memory only, until the page is closed. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
}

/** `find` may throw: with storage blocked, the mere property does. */
export function storeOver(find: () => Storage): Store {
  const memory = new Map<string, string>();
  const attempt = <T>(what: (storage: Storage) => T): T | undefined => {
    try {
      return what(find());
    } catch {
      return undefined; // blocked or full; the memory has it
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? undefined,
    set(key, value) {
      const isStored = attempt((storage) => (storage.setItem(key, value), true)) ?? false;
      if (isStored) memory.delete(key);
      else memory.set(key, value);
      return isStored;
    },
    remove(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key));
    },
  };
}

/** Stays with the device: a wall display comes back after a power cut. */
export const deviceStore: Store = storeOver(() => window.localStorage);
/** Ends with the tab. */
export const tabStore: Store = storeOver(() => window.sessionStorage);

/** The stored value, or nothing if it is missing or not what `isValid` wants. */
export function readJson<T>(store: Store, key: string, isValid: (value: unknown) => value is T): T | undefined {
  const text = store.get(key);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  return isValid(value) ? value : undefined;
}
