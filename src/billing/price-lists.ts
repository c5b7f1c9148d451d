import type { Awaitable } from "../base/awaitable.ts";

/** Every price list that was ever in force, by its version; charges name theirs. */
export interface PriceListStore {
  /** The version of this price list: the one it had before, or the next when it is new. */
  versionOf(content: string, now: number): Awaitable<number>;
  /** The newest first. */
  versions(): Awaitable<PriceListVersion[]>;
  /** Its prices as they were given to `versionOf`; undefined where there was no such version. */
  content(version: number): Awaitable<string | undefined>;
}

export interface PriceListVersion {
  readonly version: number;
  /** When it was first in force, milliseconds since the epoch. */
  readonly since: number;
}
