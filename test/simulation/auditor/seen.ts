/**
 * What an audit sees: the logs of clients, upstream, gateway and network, and a dump of the tables.
 * This folder imports nothing from outside itself, so that a mistake cannot be on both sides.
 */

export interface Dump {
  readonly nowMs: number;
  /** Of the nodes that are not ended; everything of any other epoch is over. */
  readonly epochs: readonly number[];
  readonly wallets: readonly WalletSeen[];
  readonly lots: readonly LotSeen[];
  readonly leases: readonly LeaseSeen[];
  readonly charges: readonly ChargeSeen[];
  readonly transfers: readonly TransferSeen[];
}

export interface WalletSeen {
  readonly walletId: string;
  readonly frozen: boolean;
}

export interface LotSeen {
  readonly lotId: string;
  readonly walletId: string;
  readonly granted: bigint;
  readonly taken: bigint;
  readonly expiresAtMs: number | null;
  readonly spendRank: number;
  /** Paid for, so that it pays debts. */
  readonly bought: boolean;
  readonly grantKey: string;
}

export interface LeaseSeen {
  readonly lotId: string;
  readonly epoch: number;
  readonly granted: bigint;
  readonly spent: bigint;
  readonly returned: bigint;
}

export interface ChargeSeen {
  readonly requestId: string;
  readonly leg: number;
  readonly state: string;
  readonly walletId: string;
  readonly epoch: number;
  readonly lotId: string | null;
  readonly amount: bigint;
  readonly priced: bigint;
}

export interface TransferSeen {
  readonly key: string;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  readonly ref: string | null;
}

/** A hold that the gateway says it has, per lot. */
export interface HoldSeen {
  readonly requestId: string;
  readonly epoch: number;
  readonly legs: readonly { readonly lotId: string; readonly nanos: bigint }[];
}

type Rates = Readonly<Record<string, bigint>>;

/** Nanos for a million of each kind; a tier's rates hold for the whole request once its input is larger. */
interface PriceSeen {
  readonly rates: Rates;
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly rates: Rates }[];
  readonly perRequest: bigint;
}

export type Units = Readonly<Record<string, number>>;

export interface RequestSeen {
  readonly requestId: string;
  readonly walletId: string;
  readonly price: PriceSeen;
  /** Undefined while nothing was reserved for it; grows with the hold. */
  readonly holdNanos: bigint | undefined;
  /** With less than this it was to be refused. */
  readonly leastNanos: bigint;
  /** Input as the upstream counted it. */
  readonly input: Units;
  /** What the upstream reported at its end, whether or not it came to that. */
  readonly usage: Units;
  /** Output tokens of every piece that the gateway passed on. */
  readonly tokensRelayed: number;
  /** What the gateway did in the end; undefined when a crash ended it. */
  readonly ending: "refused" | "released" | "cut" | "finished" | undefined;
  readonly client: "terminator" | "error" | "left" | "cut" | "waiting";
  readonly arrivedMs: number;
  /** When the upstream's last event reached the gateway. */
  readonly upstreamEndedMs: number | undefined;
  readonly clientEndedMs: number | undefined;
  /** Faults that hit its path. */
  readonly crashed: boolean;
  readonly storeFaults: number;
  /** Faults of the store that hit anything while this request was on its way. */
  readonly nearFaults: number;
  /** How long its node stood still between the upstream's end and the client's. */
  readonly pausedMs: number;
  readonly refusal: { readonly kind: string; readonly atMs: number } | undefined;
}

export interface GrantSeen {
  readonly grantKey: string;
  readonly walletId: string;
  readonly nanos: bigint;
}

/** What a payment came to in the end, as its provider says. */
export interface PaymentSeen {
  readonly objectId: string;
  readonly walletId: string;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly disputed: bigint;
}

/** Money that is there once, whoever asks for it: a code's, a month's. */
export interface OfferSeen {
  readonly grantKey: string;
  readonly nanos: bigint;
  /** It was asked for until it was given. */
  readonly taken: boolean;
}

export interface EndSeen {
  readonly payments: readonly PaymentSeen[];
  readonly offers: readonly OfferSeen[];
  readonly requests: readonly RequestSeen[];
  readonly grants: readonly GrantSeen[];
  readonly dump: Dump;
  /** What the node still holds, long after the last request. */
  readonly heldNanos: bigint;
  readonly running: number;
  /** Whether what is free in expired lots is swept. */
  readonly expires: boolean;
  /** How long a finished answer may wait for its charge. */
  readonly settleWaitMs: number;
}

class AuditFailure extends Error {
  override readonly name = "AuditFailure";
}

export function fail(sentence: string): never {
  throw new AuditFailure(sentence);
}
