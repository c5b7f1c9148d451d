import { useSyncExternalStore } from "react";

/** One value outside of React that components can follow. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function newStore<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);

/** What this browser remembers of the reader's choices; nothing where it may not be stored. */
export const remembered = {
  get(name: string): string | undefined {
    try {
      return localStorage.getItem(`quoin.${name}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(name: string, value: string | undefined): void {
    try {
      if (value === undefined) localStorage.removeItem(`quoin.${name}`);
      else localStorage.setItem(`quoin.${name}`, value);
    } catch {
      // Storage is forbidden here: the choice holds until the page is left.
    }
  },
};
