import type { Awaitable } from "../base/awaitable.ts";
import type { AccountHost } from "../core/offering.ts";

/** The domain of an account and what it wears there, as its owner wrote it down. */
export interface AccountBrand {
  readonly accountId: string;
  readonly host: AccountHost;
  /** What proves that the domain is theirs: it stands in its DNS, or at a path of it. */
  readonly proof: string;
  /** Since when it is in force; undefined: it waits for a proof or for the operator's word. */
  readonly approvedAt: number | undefined;
  readonly updatedAt: number;
}

/** Where a proof stands: as a TXT record of this name, or as the text at this address. */
export const proofPlaces = (host: string) => ({
  record: `_quoin.${host}`,
  file: `https://${host}/.well-known/quoin-domain.txt`,
});

/** Where brands of accounts are kept, one for each. */
export interface AccountBrandStore {
  find(accountId: string): Awaitable<AccountBrand | undefined>;
  /** All, those that wait first. */
  list(): Awaitable<readonly AccountBrand[]>;
  /** In the place of the account's earlier one. False where another account's is in force at that host. */
  put(brand: AccountBrand): Awaitable<boolean>;
  /** False where there is none. */
  remove(accountId: string): Awaitable<boolean>;
}
