import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Nanos } from "../../core/money.ts";
import type { Role } from "../role.ts";
import type { OauthProviders } from "./oauth-provider.ts";
import type { PasskeyCeremonies } from "./passkey-ceremonies.ts";
import type { PeopleStore } from "./store.ts";

export const SIGN_UP_MODES = ["open", "invitation", "closed"] as const;
export const PHONE_RULES = ["required", "optional", "off"] as const;

/** Who may sign up, and what they get. */
export interface SignUpPolicy {
  readonly mode: (typeof SIGN_UP_MODES)[number];
  readonly phone: (typeof PHONE_RULES)[number];
  /** Nanos of USD; 0: none. */
  readonly creditNanos: Nanos;
  readonly planId: string;
  /** ISO 3166 codes of the numbers that are taken; undefined: all. */
  readonly countriesAllow: readonly string[] | undefined;
  readonly countriesDeny: readonly string[];
  /** Text messages to one country in an hour. */
  readonly countryMessagesPerHour: number;
  /** Undefined: nobody gets a key without signing up. */
  readonly trial: TrialPolicy | undefined;
}

/** Who gets a trial key, and how many an address may get. */
export interface TrialPolicy {
  readonly planId: string;
  readonly verify: "email" | "phone" | "none";
  readonly perAddressPerDay: number;
}

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** For so long it is worth sending; absent: some days. */
  readonly goodForMs?: number | undefined;
}

/** Ways to people. */
export interface Senders {
  /** @throws Error when it was not taken. */
  readonly mail: (letter: Letter) => Promise<void>;
  /** A text message to a number in E.164. @throws Error when it was not taken. */
  readonly text: (to: string, text: string) => Promise<void>;
}

export interface PhoneNumber {
  readonly e164: string;
  /** ISO 3166; undefined for numbers of no country. */
  readonly country: string | undefined;
}

/** Codes of authenticator apps (RFC 6238: SHA-1, 6 digits, 30 s). */
export interface TimeCodes {
  newSecret(): Promise<string>;
  /** For a QR code. */
  uri(issuer: string, label: string, secret: string): Promise<string>;
  /** The time step whose code it is, one step early or late allowed; undefined: of none. */
  stepOf(secret: string, code: string, nowMs: number): Promise<number | undefined>;
}

/** What everything about people works with. */
export interface PeopleDeps {
  readonly store: PeopleStore;
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: () => SignUpPolicy;
  /** How the service is called. */
  readonly brand: () => string;
  /** Where the console is reached, without a slash at the end: `https://example.com/console`. */
  readonly consoleUrl: () => string;
  /** At an account's own domain: people sign up into it, by invitation or with this role. */
  readonly organisation?: { readonly accountId: string; readonly joinRole: Role | undefined };
  readonly senders: Senders;
  /** Undefined where it is no number that can be called. */
  readonly readPhone: (text: string) => Promise<PhoneNumber | undefined>;
  readonly timeCodes: TimeCodes;
  readonly passkeys: PasskeyCeremonies;
  readonly oauth: OauthProviders;
  /** Money was added to a wallet. */
  readonly recall: (walletId: string) => Promise<void>;
}
