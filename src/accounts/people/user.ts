import type { Nanos } from "../../core/money.ts";
import type { Role } from "../role.ts";

/** Somebody who can sign in. Times are milliseconds since the epoch. */
export interface User {
  readonly userId: string;
  /** As `readEmail` writes it. */
  readonly email: string;
  readonly emailVerifiedAt: number | undefined;
  /** Argon2id, with its salt; undefined: signs in otherwise. */
  readonly passwordHash: string | undefined;
  /** E.164. */
  readonly phone: string | undefined;
  readonly phoneVerifiedAt: number | undefined;
  readonly displayName: string;
  /** A language tag such as `zh-CN`; undefined: the browser's. */
  readonly locale: string | undefined;
  /** Runs this installation. */
  readonly operator: boolean;
  readonly createdAt: number;
  /** From then on nothing signs this user in. */
  readonly disabledAt: number | undefined;
}

/** What a user is in one account, as the user sees it. */
export interface OwnAccount {
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  readonly role: Role;
  readonly monthlyCapNanos: Nanos | undefined;
}

/** A user in an account, as the account sees it. */
export interface Member {
  readonly accountId: string;
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
  /** The most that the member's keys may spend in a month (UTC); undefined: no limit of its own. */
  readonly monthlyCapNanos: Nanos | undefined;
  readonly joinedAt: number;
}

/** Where a request comes from, as far as it is known. */
export interface Origin {
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

export interface Session extends Origin {
  readonly sessionId: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
}

export interface Invitation {
  readonly invitationId: string;
  /** Undefined: into an account of their own. */
  readonly accountId: string | undefined;
  /** How the account is called. */
  readonly accountName: string | undefined;
  readonly email: string;
  readonly role: Role;
  /** The e-mail address of who invited; undefined: the operator, by a command. */
  readonly invitedBy: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A WebAuthn credential. */
export interface Passkey {
  readonly passkeyId: string;
  /** The credential's id in base64url. */
  readonly credential: string;
  readonly userId: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt: number | undefined;
}

export const OAUTH_PROVIDERS = ["github", "google"] as const;
export type OauthProvider = (typeof OAUTH_PROVIDERS)[number];
