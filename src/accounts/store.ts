import type { LossPolicy } from "../core/generation/loss.ts";
import type { Principal } from "../core/principal.ts";

export interface KeyRow {
  readonly keyId: string;
  readonly account: string;
  readonly planId: string;
  readonly name: string;
  /** Enough of the key to recognise it by: its prefix and last four characters. */
  readonly hint: string;
  /** What it wants of losses in translation; undefined: it does not say. */
  readonly lossPolicy: LossPolicy | undefined;
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

export interface NewKey {
  readonly hash: Uint8Array;
  readonly keyId: string;
  readonly accountId: string;
  readonly planId: string;
  readonly name: string;
  readonly hint: string;
  readonly lossPolicy: LossPolicy | undefined;
  readonly createdAt: number;
}

export interface AccountIds {
  readonly accountId: string;
  readonly walletId: string;
}

/** Where accounts and keys are kept. Keys are known by their keyed hash only. */
export interface AccountStore {
  /** Who a live key belongs to; undefined for unknown and revoked ones. */
  findPrincipal(hash: Uint8Array): Principal | undefined | Promise<Principal | undefined>;
  findAccount(name: string): AccountIds | undefined;
  accountName(accountId: string): string | undefined;
  /** The account of this name, made with an empty wallet when there is none. */
  ensureAccount(name: string, now: number): AccountIds & { readonly made: boolean };
  /** Whether there is any key at all, revoked ones included. */
  hasKeys(): boolean;
  addKey(key: NewKey): void;
  listKeys(account: string | undefined): KeyRow[];
  findKey(keyId: string): KeyRow | undefined;
  /** False when there is no such live key. */
  revokeKey(keyId: string, now: number): boolean;
}
