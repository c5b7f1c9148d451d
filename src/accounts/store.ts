import type { Awaitable } from "../base/awaitable.ts";
import type { LossPolicy } from "../core/generation/loss.ts";
import type { Limits } from "../core/limits.ts";
import type { Principal } from "../core/principal.ts";

/** What holds for one key beside its plan; an absent member: nothing. */
export interface KeyTerms {
  /** What it wants of losses in translation. */
  readonly lossPolicy?: LossPolicy | undefined;
  readonly limits?: Limits | undefined;
  /** Addresses and CIDR blocks that it may be used from. */
  readonly networks?: readonly string[] | undefined;
  /** Ids of the models that it may use, within its plan. */
  readonly models?: readonly string[] | undefined;
  /** Milliseconds since the epoch, from when on it is refused. */
  readonly expiresAt?: number | undefined;
  /** A label that its requests are summed by. */
  readonly project?: string | undefined;
  /** What its requests say and are answered is kept. */
  readonly keepPrompts?: true | undefined;
}

/** What of a key can be changed, whole: what is absent is taken away. */
export interface KeyChange extends KeyTerms {
  readonly name: string;
}

export interface KeyRow extends KeyTerms {
  readonly keyId: string;
  /** Who made it in the console. */
  readonly userId?: string | undefined;
  readonly account: string;
  readonly planId: string;
  readonly name: string;
  /** Enough of the key to recognise it by: its prefix and last four characters. */
  readonly hint: string;
  /** The id under which its requests are counted: that of the first key that it was rotated from, or its own. */
  readonly countedAs: string;
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

export interface NewKey extends KeyTerms {
  readonly hash: Uint8Array;
  readonly keyId: string;
  readonly accountId: string;
  readonly planId: string;
  readonly name: string;
  readonly hint: string;
  readonly userId?: string | undefined;
  /** Absent: its own id. */
  readonly countedAs?: string | undefined;
  readonly createdAt: number;
}

export interface AccountIds {
  readonly accountId: string;
  readonly walletId: string;
}

/** Where accounts and keys are kept. Keys are known by their keyed hash only. */
export interface AccountStore {
  /** Who a key belongs to, with when it expires; undefined for unknown and revoked ones. */
  findPrincipal(hash: Uint8Array): Awaitable<Principal | undefined>;
  findAccount(name: string): Awaitable<AccountIds | undefined>;
  accountName(accountId: string): Awaitable<string | undefined>;
  /** What people call those that are there, by their ids: the display name, or the name where there is none. */
  accountNames(accountIds: readonly string[]): Awaitable<ReadonlyMap<string, string>>;
  /** The account of this name, made with an empty wallet when there is none. */
  ensureAccount(name: string, now: number): Awaitable<AccountIds & { readonly made: boolean }>;
  /** Whether there is any key at all, revoked ones included. */
  hasKeys(): Awaitable<boolean>;
  addKey(key: NewKey): Awaitable<void>;
  listKeys(account: string | undefined): Awaitable<KeyRow[]>;
  findKey(keyId: string): Awaitable<KeyRow | undefined>;
  /** Those that are there. */
  findKeys(keyIds: readonly string[]): Awaitable<KeyRow[]>;
  /** False when there is no such live key. */
  revokeKey(keyId: string, now: number): Awaitable<boolean>;
  /** False when there is no such live key. */
  changeKey(keyId: string, change: KeyChange): Awaitable<boolean>;
  /** What holds for a key has changed elsewhere (its member's cap): no node serves it from memory any more. */
  announceKey(keyId: string): Awaitable<void>;
  /** From `at` on all keys of the account are refused; undefined: they work again. */
  suspendAccount(accountId: string, at: number | undefined): Awaitable<void>;
  /** A live key is refused from `at` on, or from when it was to expire anyway if that is earlier. */
  expireKey(keyId: string, at: number): Awaitable<void>;
}
