import type { Awaitable } from "../base/awaitable.ts";

/** Every price list that was ever in force, by its version; charges name theirs. */
export interface PriceListStore {
  /** The version of this price list: the one it had before, or the next when it is new. */
  versionOf(content: string, now: number): Awaitable<number>;
}
