import type { Awaitable } from "../../base/awaitable.ts";
import type { Nanos } from "../../core/money.ts";
import type { Role } from "../role.ts";
import type {
  Invitation,
  Member,
  OauthProvider,
  Origin,
  OwnAccount,
  Passkey,
  Session,
  User,
} from "./user.ts";

/** What can be proven once: a code, a link, an answer to a question. */
export interface Challenge {
  readonly purpose: string;
  /** Whose it is; undefined: nobody's yet. */
  readonly userId: string | undefined;
  /** Of the code that belongs to it; undefined: to know it is enough. */
  readonly codeHash: Uint8Array | undefined;
  readonly triesLeft: number;
  /** Sealed. */
  readonly content: Uint8Array | undefined;
  readonly sentAt: number;
  readonly expiresAt: number;
}

/** At most `max` attempts of this kind on this target within any time of this length. */
export interface AttemptRule {
  readonly kind: string;
  /** A keyed hash. */
  readonly target: Uint8Array;
  readonly windowMs: number;
  readonly max: number;
}

export interface TrialCredit {
  readonly nanos: Nanos;
  /** Keyed hashes of the address and the number that it is for: each gets one, ever. */
  readonly targets: readonly Uint8Array[];
}

export interface NewAccount {
  readonly accountId: string;
  readonly walletId: string;
  readonly name: string;
  readonly displayName: string;
  readonly planId: string;
  readonly trial: TrialCredit | undefined;
}

/** All of a sign-up. */
export interface SignUp {
  readonly user: User;
  /** Hashes of the challenges that it is proven by: each counts once. */
  readonly proofs: readonly Uint8Array[];
  readonly account: NewAccount | undefined;
  /** The invitation that is accepted with it. */
  readonly invitationId: string | undefined;
  readonly identity: { readonly provider: OauthProvider; readonly subject: string } | undefined;
  /** What trial accounts of this person were claimed under: those without an owner become the user's. */
  readonly trialAccounts?: readonly Uint8Array[] | undefined;
}

/** An account for somebody who proved an address or a number, and has no user. */
export interface TrialAccount {
  readonly account: Omit<NewAccount, "trial">;
  /** Keyed hashes of what was proven: each gets one account, ever. */
  readonly targets: readonly Uint8Array[];
  /** Hashes of the challenges that it is proven by: each counts once. */
  readonly proofs: readonly Uint8Array[];
  /** The user who has what was proven; undefined: nobody yet. */
  readonly ownerId: string | undefined;
  readonly at: number;
}

/** used: a proof or the invitation was used before · full: the account that invites has no seat left. */
export type SignUpOutcome = "made" | "email_taken" | "phone_taken" | "used" | "full";

export type UserChange = Partial<
  Pick<User, "displayName" | "locale" | "passwordHash" | "operator" | "disabledAt">
>;

export type UserKey = { readonly userId: string } | { readonly email: string } | { readonly phone: string };

export interface UsersAsked {
  /** Part of the e-mail address or the name. */
  readonly text?: string | undefined;
  /** Users older than the one of this id. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** Users themselves. Every call is one transaction. */
export interface UserStore {
  signUp(signUp: SignUp): Awaitable<SignUpOutcome>;
  /** taken: a target has its account; used: a proof was used before. Both change nothing. */
  openTrial(trial: TrialAccount): Awaitable<"made" | "taken" | "used">;
  find(key: UserKey): Awaitable<User | undefined>;
  /** The newest first. */
  list(asked: UsersAsked): Awaitable<User[]>;
  /** Absent fields stay as they are; false when there is no such user. */
  change(userId: string, change: UserChange): Awaitable<boolean>;
  setEmail(userId: string, email: string, at: number): Awaitable<"set" | "taken">;
  /** Grants the trial credit, where there is one due, into the user's oldest own account; answers that wallet. */
  setPhone(
    userId: string,
    phone: string,
    at: number,
    trial: TrialCredit | undefined,
  ): Awaitable<{ readonly kind: "set"; readonly credited: string | undefined } | { readonly kind: "taken" }>;
  hasOperator(): Awaitable<boolean>;
  identities(userId: string): Awaitable<OauthProvider[]>;
  findIdentity(provider: OauthProvider, subject: string): Awaitable<User | undefined>;
  /** False when the identity is another user's, or the user has another one there. */
  addIdentity(provider: OauthProvider, subject: string, userId: string, at: number): Awaitable<boolean>;
  removeIdentity(userId: string, provider: OauthProvider): Awaitable<boolean>;
}

export interface NewSession extends Session {
  readonly hash: Uint8Array;
}

/** Who is signed in. */
export interface SignedIn {
  readonly session: Session;
  readonly user: User;
  readonly accounts: readonly OwnAccount[];
}

export interface SessionStore {
  add(session: NewSession): Awaitable<void>;
  /** Undefined for unknown and expired ones, and where the user is disabled. */
  find(hash: Uint8Array, now: number): Awaitable<SignedIn | undefined>;
  touch(sessionId: string, origin: Origin, seenAt: number, expiresAt: number): Awaitable<void>;
  /** Those that hold, the last seen first. */
  list(userId: string, now: number): Awaitable<Session[]>;
  end(userId: string, sessionId: string): Awaitable<boolean>;
  /** All of a user but one; answers how many. */
  endAll(userId: string, exceptId: string | undefined): Awaitable<number>;
}

export interface ChallengeStore {
  add(hash: Uint8Array, challenge: Challenge): Awaitable<void>;
  /** Undefined when there is none, or it has expired. */
  find(hash: Uint8Array, purpose: string, now: number): Awaitable<Challenge | undefined>;
  /** One try less; undefined where none was left. */
  spendTry(hash: Uint8Array, purpose: string, now: number): Awaitable<Challenge | undefined>;
  /** Takes it away: of all that ask, one gets it. */
  take(hash: Uint8Array, purpose: string, now: number): Awaitable<Challenge | undefined>;
  /** Another code in its place, with all tries. */
  renew(
    hash: Uint8Array,
    codeHash: Uint8Array,
    tries: number,
    sentAt: number,
    expiresAt: number,
  ): Awaitable<boolean>;
  /** Whatever of this purpose the user has open. */
  dropOf(userId: string, purpose: string): Awaitable<void>;
  /** Milliseconds to wait where a rule refuses; otherwise the attempt counts, and it is 0. */
  attempt(rules: readonly AttemptRule[], now: number): Awaitable<number>;
  forgive(rules: readonly Pick<AttemptRule, "kind" | "target">[]): Awaitable<void>;
  /** Deletes what has expired, and attempts from before `attemptsBefore`. */
  sweep(now: number, attemptsBefore: number): Awaitable<void>;
}

export interface Totp {
  readonly sealed: Uint8Array;
  readonly confirmedAt: number | undefined;
}

export interface FactorStore {
  totp(userId: string): Awaitable<Totp | undefined>;
  /** An unconfirmed one; a confirmed one stays, and it is false. */
  setTotp(userId: string, sealed: Uint8Array): Awaitable<boolean>;
  /** Turns it on with these recovery codes. */
  confirmTotp(userId: string, at: number, recoveryHashes: readonly Uint8Array[]): Awaitable<boolean>;
  removeTotp(userId: string): Awaitable<void>;
  /** A time step counts once: false for it and all before it from then on. */
  useStep(userId: string, step: number): Awaitable<boolean>;
  recoveryCodesLeft(userId: string): Awaitable<number>;
  setRecoveryCodes(userId: string, hashes: readonly Uint8Array[]): Awaitable<void>;
  useRecoveryCode(userId: string, hash: Uint8Array): Awaitable<boolean>;
  addPasskey(passkey: Passkey): Awaitable<boolean>;
  passkeys(userId: string): Awaitable<Passkey[]>;
  findPasskey(credential: string): Awaitable<Passkey | undefined>;
  /** False where its counter went back: a copy of it is in use. */
  usePasskey(passkeyId: string, counter: number, at: number): Awaitable<boolean>;
  removePasskey(userId: string, passkeyId: string): Awaitable<boolean>;
}

export interface NewInvitation extends Omit<Invitation, "accountName" | "invitedBy"> {
  readonly hash: Uint8Array;
  readonly inviterId: string | undefined;
}

export type MemberChange = {
  readonly role?: Role | undefined;
  /** null: no limit any more. */
  readonly monthlyCapNanos?: Nanos | null | undefined;
};

/** An account always has an owner. */
export type MemberOutcome = "done" | "unknown" | "last_owner";

/** Seats of a plan, and what takes them. */
export interface SeatsTaken {
  readonly seats: number;
  readonly members: number;
  /** Open invitations. */
  readonly invited: number;
}

/** used: it was accepted or revoked before · full: the account has no seat left. */
export type AcceptOutcome = "accepted" | "used" | "full";

export interface OrganisationStore {
  /** With an empty wallet and its owner. */
  create(account: NewAccount, ownerId: string, at: number): Awaitable<void>;
  rename(accountId: string, displayName: string): Awaitable<boolean>;
  find(accountId: string): Awaitable<Omit<OwnAccount, "role" | "monthlyCapNanos"> | undefined>;
  members(accountId: string): Awaitable<Member[]>;
  changeMember(accountId: string, userId: string, change: MemberChange): Awaitable<MemberOutcome>;
  removeMember(accountId: string, userId: string): Awaitable<MemberOutcome>;
  invite(invitation: NewInvitation): Awaitable<void>;
  /** Those that can be accepted, the newest first; undefined: those of the operator. */
  invitations(accountId: string | undefined, now: number): Awaitable<Invitation[]>;
  findInvitation(hash: Uint8Array, now: number): Awaitable<Invitation | undefined>;
  revokeInvitation(accountId: string | undefined, invitationId: string, at: number): Awaitable<boolean>;
  /** What the account's plan is paid for; undefined: any number of members. */
  seats(accountId: string, now: number): Awaitable<SeatsTaken | undefined>;
  /** Makes the user a member. */
  accept(invitationId: string, userId: string, at: number): Awaitable<AcceptOutcome>;
}

/** Everything that is kept of people. */
export interface PeopleStore {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly challenges: ChallengeStore;
  readonly factors: FactorStore;
  readonly organisations: OrganisationStore;
}
