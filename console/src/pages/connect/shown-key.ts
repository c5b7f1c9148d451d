import { newStore } from "../../base/store.ts";

/** A key that was made in this tab, kept in memory alone, so that snippets can have it filled in. */
export const shownKeyStore = newStore<string | undefined>(undefined);

export function keepForConnect(key: string): void {
  shownKeyStore.set(key);
}
