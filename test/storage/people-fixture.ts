import type { NewAccount, PeopleStore, SignUp } from "../../src/accounts/people/store.ts";
import type { User } from "../../src/accounts/people/user.ts";
import { newId } from "../../src/base/id.ts";
import type { Nanos } from "../../src/core/money.ts";

/** A store of people under test. */
export interface PeopleFixture {
  readonly people: PeopleStore;
  /** What a wallet holds. */
  balance(walletId: string): Promise<Nanos>;
  /** Everything that lies at rest, to search it for secrets. */
  bytesAtRest(): Promise<Buffer>;
  dispose(): Promise<void>;
}

export const NOW = 1_800_000_000_000;

/** Any 32 bytes that this text stands for. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256").update(text).digest());
}

export function userOf(email: string, more: Partial<User> = {}): User {
  return {
    userId: newId(),
    email,
    emailVerifiedAt: NOW,
    passwordHash: "$argon2id$…",
    phone: undefined,
    phoneVerifiedAt: undefined,
    displayName: "",
    locale: undefined,
    operator: false,
    createdAt: NOW,
    disabledAt: undefined,
    ...more,
  };
}

export function accountOf(name: string, more: Partial<NewAccount> = {}): NewAccount {
  const ids = { accountId: newId(), walletId: newId() };
  return { ...ids, name, displayName: name.toUpperCase(), planId: "default", trial: undefined, ...more };
}

export function signUpOf(email: string, more: Partial<SignUp> = {}): SignUp {
  const account = accountOf(email.split("@")[0] ?? "");
  const wish = { user: userOf(email), proofs: [], account, invitationId: undefined, identity: undefined };
  return { ...wish, ...more };
}
