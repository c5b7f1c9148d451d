import type { Awaitable } from "../base/awaitable.ts";

/** What a management token begins with: told apart from keys for models at a glance. */
export const TOKEN_PREFIX = "qn_mgmt_";

export interface TokenRow {
  readonly tokenId: string;
  /** Undefined: an operator's, for the whole installation. */
  readonly accountId: string | undefined;
  readonly name: string;
  /** Enough of the token to recognise it by. */
  readonly hint: string;
  readonly scopes: readonly string[];
  /** Who made it, as the audit names people. */
  readonly createdBy: string;
  readonly createdAt: number;
  /** Milliseconds since the epoch, from when on it is refused; undefined: never. */
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** Within a minute. */
  readonly lastUsedAt: number | undefined;
}

export type NewToken = Omit<TokenRow, "revokedAt" | "lastUsedAt"> & { readonly hash: Uint8Array };

/** Where management tokens are kept, by their keyed hash. */
export interface TokenStore {
  add(token: NewToken): Awaitable<void>;
  /** Expired and revoked ones too. */
  find(hash: Uint8Array): Awaitable<TokenRow | undefined>;
  /** The newest first; of one account, or of the operators. */
  list(accountId: string | undefined): Awaitable<TokenRow[]>;
  /** False where there is no such live token in the account, or among the operators'. */
  revoke(tokenId: string, accountId: string | undefined, now: number): Awaitable<boolean>;
  touch(tokenId: string, now: number): Awaitable<void>;
}
