import type { Nanos } from "../core/money.ts";
import type { KeptAnswer } from "../core/request-record.ts";
import type { Usage } from "../core/usage.ts";

export type ChargeState = "posted" | "void" | "quarantined";

/** The durable row of a finished request; leg 0 decides, further legs are further lots. */
export interface ChargeRow {
  readonly requestId: string;
  readonly leg: number;
  readonly state: ChargeState;
  readonly walletId: string;
  /** The node's epoch when the money was reserved; a charge of an ended epoch is never written. */
  readonly epoch: number;
  /** Null where nothing was paid: a free model, or a void. */
  readonly lotId: string | null;
  readonly amountNanos: Nanos;
  /** What the usage would have cost; above the amount: the operator's shortfall. */
  readonly pricedNanos: Nanos;
  readonly priceVersion: number;
  readonly usage: Usage;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of leg 0: what later requests may build on, for the record when that is lost in a crash. */
  readonly answer?: KeptAnswer | undefined;
}

/** All rows of one request, and whether they may have reached the store before. */
export interface ChargeEntry {
  readonly rows: readonly ChargeRow[];
  readonly repeated: boolean;
}

/**
 * applied: durable now · duplicate: leg 0 was there already, with this state and total ·
 * fenced: the epoch that reserved is over, nothing was written and nothing of it ever will be.
 * A duplicate is answered before fenced: what is known to stand must not be called void.
 */
export type SettleResult =
  | { readonly kind: "applied" }
  | {
      readonly kind: "duplicate";
      readonly state: ChargeState;
      readonly amountNanos: Nanos;
    }
  | { readonly kind: "fenced" };

export interface LeaseGrant {
  readonly lotId: string;
  readonly nanos: Nanos;
  /** By the store's clock, which alone decides; after so many milliseconds nothing more is reserved of it. */
  readonly expiresInMs?: number | undefined;
}

export interface LeaseAnswer {
  /** In spend order; empty when less than the need was free. */
  readonly grants: readonly LeaseGrant[];
  /** What was free in the wallet's lots before the grants. */
  readonly freeNanos: Nanos;
  /** Where less than the need was free: what other nodes hold of this wallet and have not spent. */
  readonly elsewhereNanos: Nanos;
  /** Nodes that share the store, this one included. */
  readonly nodes: number;
}

/**
 * One step of a node with one wallet's money. Turns count up. A step whose answer was lost is asked for again
 * with its turn, and is done once; one that comes after a later turn is refused.
 */
export interface Step {
  readonly walletId: string;
  readonly epoch: number;
  readonly turn: number;
}

export interface LeaseStep extends Step {
  readonly needNanos: Nanos;
  readonly wantNanos: Nanos;
}

export interface ReturnStep extends Step {
  readonly grants: readonly LeaseGrant[];
}

/** The store knows that this epoch is over: nothing of it was or will be written, its leases are returned. */
export class EpochOver extends Error {
  override readonly name = "EpochOver";

  constructor(epoch: number) {
    super(`epoch ${epoch} is over`);
  }
}

/**
 * Where the ledger keeps what must not be lost. An answer that never comes, or a rejection,
 * means "unknown": the ledger asks again with `repeated`.
 */
export interface LedgerStore {
  /** Starts an epoch; earlier epochs of this node are over and their leases returned. */
  register(): Promise<number>;
  /**
   * Takes at least `needNanos`, at most `wantNanos` out of the wallet's lots in spend order, or nothing.
   * @throws EpochOver: a call that was delayed must not lease for a node that forgot it.
   */
  lease(step: LeaseStep): Promise<LeaseAnswer>;
  /** Returns unspent money to its lots, all of it or none. @throws EpochOver: it was returned with the epoch. */
  giveBack(steps: readonly ReturnStep[]): Promise<void>;
  /**
   * This node lives on: it says so in time, or others end its epoch. False when that has happened.
   * Ends the epochs of nodes that have not said so in time.
   */
  renew(epoch: number): Promise<boolean>;
  /** Asks the other nodes to give back what their running requests do not hold of this wallet. */
  askBack(walletId: string): Promise<void>;
  /** Writes all charges or none; one result per entry, in order. Durable when it resolves. */
  settle(entries: readonly ChargeEntry[]): Promise<readonly SettleResult[]>;
  /** Refunds a posted charge in full, once, however often it is asked. */
  reverse(requestId: string): Promise<void>;
}
