import type { Awaitable } from "../base/awaitable.ts";
import type { PromptRule } from "../core/transcript.ts";

/** An account as the management API knows it. */
export interface AccountRow {
  readonly accountId: string;
  readonly walletId: string;
  /** Unique, and what commands call it. */
  readonly name: string;
  /** What people call it; the name where nobody said. */
  readonly displayName: string;
  /** The plan of its new keys; undefined: nobody said. */
  readonly planId: string | undefined;
  readonly createdAt: number;
  /** From when on its keys are refused. */
  readonly suspendedAt: number | undefined;
}

export interface AccountsAsked {
  /** Part of the name. */
  readonly text?: string | undefined;
  /** Accounts older than the one of this id. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** All accounts of the installation. */
export interface AccountDirectory {
  /** By id, or by name. */
  find(by: { readonly accountId: string } | { readonly name: string }): Awaitable<AccountRow | undefined>;
  /** The newest first. */
  list(asked: AccountsAsked): Awaitable<AccountRow[]>;
  /** How many keys that are not revoked, and how many accounts, have the plan, or pay for it from the next month on. */
  planUse(planId: string): Awaitable<{ readonly keys: number; readonly accounts: number }>;
  setPlan(accountId: string, planId: string): Awaitable<void>;
  /** What the account says about keeping prompts. */
  promptRule(accountId: string): Awaitable<PromptRule>;
  setPromptRule(accountId: string, rule: PromptRule): Awaitable<void>;
}
