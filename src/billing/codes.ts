import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";

export interface NewCode {
  readonly codeId: string;
  /** The code itself is not kept. */
  readonly hash: Uint8Array;
  /** Its last characters, to recognise it by. */
  readonly hint: string;
  readonly batch: string;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch; from then on it is worth nothing. Undefined: never. */
  readonly expiresAt: number | undefined;
  readonly createdAt: number;
}

export interface CodeRow extends Omit<NewCode, "hash"> {
  readonly revokedAt: number | undefined;
  readonly redeemedAt: number | undefined;
  /** The name of the account that redeemed it. */
  readonly account: string | undefined;
}

/** used: by whom does not matter, its money was granted once. */
export type Redemption =
  | { readonly kind: "redeemed"; readonly nanos: Nanos }
  | { readonly kind: "unknown" | "used" | "expired" | "revoked" };

/** Where redemption codes are kept, by their keyed hash. */
export interface CodeStore {
  /** All of a batch or none, durably. */
  add(codes: readonly NewCode[]): Awaitable<void>;
  /** The newest first. */
  list(filter: { readonly batch?: string | undefined; readonly limit: number }): Awaitable<CodeRow[]>;
  /** Answers how many became void; those redeemed stay as they are. */
  revoke(which: { readonly codeId: string } | { readonly batch: string }, now: number): Awaitable<number>;
  /** Turns a code into a lot of the wallet: once, whoever asks at the same time. */
  redeem(hash: Uint8Array, walletId: string, now: number): Awaitable<Redemption>;
}

/** Crockford's base 32: no I, L, O or U, so that a code can be read out loud. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 4;
const GROUP_LENGTH = 5;
const PREFIX = "QC";

/** A new code such as `QC-7Q2MD-…`: 100 random bits, beyond guessing. */
export function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH));
  const letters = Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return [PREFIX, ...(letters.match(/.{5}/g) ?? [])].join("-");
}

/** A code as people type it, in the one form that is hashed; undefined where it cannot be one. */
export function readCode(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  const letters = plain.startsWith(PREFIX) ? plain.slice(PREFIX.length) : plain;
  return /^[0-9A-HJKMNP-TV-Z]{20}$/.test(letters) ? letters : undefined;
}

/** The keyed hash under which a code is kept; `code` as `readCode` gives it. */
export function hashCode(secret: string, code: string): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256", secret).update(`code:${code}`).digest());
}
