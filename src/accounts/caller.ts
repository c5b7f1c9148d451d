import type { Role } from "./role.ts";

/** What a user is in one account. */
export interface Membership {
  readonly accountId: string;
  readonly role: Role;
}

/** A person with a session in the console. */
export interface UserCaller {
  readonly kind: "user";
  readonly userId: string;
  readonly sessionId: string;
  /** Runs this installation. */
  readonly operator: boolean;
  readonly memberships: readonly Membership[];
}

/** A program with a management token. */
export interface TokenCaller {
  readonly kind: "token";
  readonly tokenId: string;
  readonly operator: boolean;
  /** The only account it can see; absent for an operator's. */
  readonly accountId?: string | undefined;
  /** Permissions, or groups of them such as `keys:*`. */
  readonly scopes: readonly string[];
}

/** Who calls the management API. */
export type Caller = UserCaller | TokenCaller;
