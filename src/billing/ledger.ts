import type { Nanos } from "../core/money.ts";
import { chargeRows, type Settlement } from "./charge-rows.ts";
import type { LedgerOptions } from "./ledger-options.ts";
import type { ReserveResult, SettleOutcome } from "./outcomes.ts";
import {
  freeIn,
  freeOf,
  type Reservation,
  type Slice,
  takeLegs,
  unexpired,
  unspentIn,
} from "./reservation.ts";
import { SettleQueue } from "./settle-queue.ts";
import type { ChargeRow, LeaseGrant } from "./store.ts";

/** More than any lot holds. */
const ALL_NANOS: Nanos = 1n << 62n;

interface Wallet {
  readonly id: string;
  slices: Slice[];
  /** The store is moving money of this wallet; wait before deciding that there is none. */
  leasing: Promise<unknown> | undefined;
  usedAtMs: number;
}

/**
 * Holds and charges of this node (LEDGER.md). Reservations live in memory inside leases; a charge
 * is durable before `settle` says posted. Balances cannot go below zero: a charge lies inside its
 * hold, a hold inside a lease, a lease inside a lot.
 */
export class Ledger {
  private readonly wallets = new Map<string, Wallet>();
  private readonly queue: SettleQueue;
  /** 0 while this node must register (again) before it admits anything. */
  private epoch = 0;
  private registering: Promise<void> | undefined;
  /** Requests that hold money or wait for their charge, of every epoch. */
  private runningCount = 0;

  constructor(private readonly options: LedgerOptions) {
    this.queue = new SettleQueue(options, (epoch) => this.fence(epoch));
  }

  /** Starts this node's epoch, once for all who ask meanwhile. @throws what the store throws. */
  register(): Promise<void> {
    this.registering ??= this.startEpoch().finally(() => {
      this.registering = undefined;
    });
    return this.registering;
  }

  private async startEpoch(): Promise<void> {
    const epoch = await this.options.store.register();
    this.wallets.clear();
    this.epoch = epoch;
  }

  /** Promises `holdNanos` of the wallet to a request; without I/O while this node's lease has it. */
  reserve(walletId: string, requestId: string, holdNanos: Nanos): ReserveResult | Promise<ReserveResult> {
    if (this.epoch === 0) return this.reserveAfterRegistering(walletId, requestId, holdNanos);
    const wallet = this.walletOf(walletId);
    return (
      this.tryReserve(wallet, requestId, holdNanos) ?? this.leaseAndReserve(wallet, requestId, holdNanos)
    );
  }

  /** Nothing was served: the hold is free again, at once. */
  release(reservation: Reservation): void {
    if (reservation.state !== "reserved") return;
    reservation.state = "released";
    this.freeHold(reservation);
  }

  /**
   * Charges min(priced, hold), exactly once. Resolves when it is known: posted is durable,
   * void will never be charged (or was reversed).
   */
  settle(reservation: Reservation, settlement: Settlement): Promise<SettleOutcome> {
    const { requestId, state } = reservation;
    if (state !== "reserved") {
      return Promise.reject(new Error(`request ${requestId} is ${state}; it settles only once`));
    }
    reservation.state = "settling";
    const rows = chargeRows(reservation, settlement, this.options.clock.now());
    return this.queue.add({ rows, onKnown: (posted) => this.close(reservation, posted ? rows : []) });
  }

  /** The sum of what running requests of this wallet hold on this node. */
  heldNanos(walletId: string): Nanos {
    const slices = this.wallets.get(walletId)?.slices ?? [];
    return slices.reduce((sum, slice) => sum + slice.reserved, 0n);
  }

  /** Requests that hold money or wait for their charge. */
  get running(): number {
    return this.runningCount;
  }

  /** Gives back what lay idle or has expired; a node that lost its epoch, and with it sight of its leases, starts a new one. */
  async sweep(): Promise<void> {
    if (this.epoch === 0) await this.registerAgain();
    const nowMs = this.options.clock.monotonic();
    const before = nowMs - this.options.idleMs;
    const done = ({ slices, usedAtMs }: Wallet) => usedAtMs <= before || unexpired(slices, nowMs) !== slices;
    await this.giveBack([...this.wallets.values()].filter(done));
  }

  /** Gives back all that this wallet's requests do not hold, so that new money is leased in spend order. */
  async recall(walletId: string): Promise<void> {
    let wallet = this.wallets.get(walletId);
    while (wallet?.leasing !== undefined) {
      await wallet.leasing;
      // A wallet that was forgotten meanwhile holds leases of an ended epoch: those are returned already.
      wallet = this.wallets.get(walletId);
    }
    if (wallet) await this.giveBack([wallet]);
  }

  /** All charges known, all unreserved money given back: what a clean shutdown ends with. */
  async drain(): Promise<void> {
    await this.queue.idle();
    for (const walletId of [...this.wallets.keys()]) await this.recall(walletId);
  }

  private async registerAgain(): Promise<void> {
    try {
      await this.register();
    } catch (cause) {
      this.options.onFault("registering this node failed; its next request tries again", cause);
    }
  }

  private async giveBack(wallets: readonly Wallet[]): Promise<void> {
    const { epoch } = this;
    const still = wallets.filter((wallet) => wallet.leasing === undefined);
    const grants = still.flatMap((wallet) => this.takeBack(wallet));
    if (grants.length > 0) {
      const returning = this.options.store.giveBack(grants, epoch);
      for (const wallet of still) wallet.leasing = returning.catch(() => undefined);
      try {
        await returning;
      } catch (cause) {
        // Unknown whether it was written: a repeat could return it twice, a new epoch returns it once.
        this.fence(epoch);
        this.options.onFault("returning idle money failed; this node registers again", cause);
      }
    }
    for (const wallet of still) {
      wallet.leasing = undefined;
      // Another wallet may have taken its place in a new epoch.
      if (wallet.slices.length === 0 && this.wallets.get(wallet.id) === wallet)
        this.wallets.delete(wallet.id);
    }
  }

  private takeBack(wallet: Wallet): LeaseGrant[] {
    const grants: LeaseGrant[] = [];
    for (const slice of wallet.slices) {
      const free = freeOf(slice);
      if (free <= 0n) continue;
      slice.granted -= free;
      grants.push({ lotId: slice.lotId, nanos: free });
    }
    wallet.slices = wallet.slices.filter((slice) => slice.reserved > 0n);
    return grants;
  }

  private walletOf(id: string): Wallet {
    const known = this.wallets.get(id);
    if (known) return known;
    const wallet: Wallet = {
      id,
      slices: [],
      leasing: undefined,
      usedAtMs: 0,
    };
    this.wallets.set(id, wallet);
    return wallet;
  }

  private tryReserve(wallet: Wallet, requestId: string, holdNanos: Nanos): ReserveResult | undefined {
    const legs = takeLegs(wallet.slices, holdNanos, this.options.clock.monotonic());
    if (!legs) return undefined;
    this.runningCount++;
    wallet.usedAtMs = this.options.clock.monotonic();
    return {
      kind: "reserved",
      reservation: {
        requestId,
        walletId: wallet.id,
        epoch: this.epoch,
        legs,
        holdNanos,
        state: "reserved",
      },
    };
  }

  private async leaseAndReserve(wallet: Wallet, requestId: string, holdNanos: Nanos): Promise<ReserveResult> {
    // Others may have leased, or used up, while this one waited for its turn.
    while (wallet.leasing !== undefined) await wallet.leasing;
    const { epoch } = this;
    if (this.wallets.get(wallet.id) !== wallet) return await this.reserve(wallet.id, requestId, holdNanos);
    const early = this.tryReserve(wallet, requestId, holdNanos);
    if (early) return early;
    const leasing = this.leaseMore(wallet, holdNanos);
    wallet.leasing = leasing.catch(() => undefined);
    try {
      const freeNanos = await leasing;
      wallet.leasing = undefined;
      if (this.epoch !== epoch) return await this.reserve(wallet.id, requestId, holdNanos);
      return this.tryReserve(wallet, requestId, holdNanos) ?? this.refuse(wallet, holdNanos, freeNanos);
    } catch (cause) {
      wallet.leasing = undefined;
      // Unknown what was granted: only a new epoch makes it certain.
      this.fence(epoch);
      this.options.onFault("leasing money failed; this node registers again", cause);
      return { kind: "unavailable", cause };
    }
  }

  /** Answers what is left free in the wallet's lots. */
  private async leaseMore(wallet: Wallet, holdNanos: Nanos): Promise<Nanos> {
    const askedMs = this.options.clock.monotonic();
    const mine = freeIn(wallet.slices, askedMs);
    // Alone on its store, a node may lease all that is free; sharing comes with more nodes.
    const answer = await this.options.store.lease(wallet.id, holdNanos - mine, ALL_NANOS, this.epoch);
    let { freeNanos } = answer;
    for (const { lotId, nanos, expiresInMs } of answer.grants) {
      const index = wallet.slices.findIndex((candidate) => candidate.lotId === lotId);
      const [known] = index < 0 ? [] : wallet.slices.splice(index, 1);
      const slice = known ?? { lotId, granted: 0n, spent: 0n, reserved: 0n };
      slice.granted += nanos;
      slice.usableUntilMs = expiresInMs === undefined ? undefined : askedMs + expiresInMs;
      // At the end, so that new money is spent in the order in which it was granted.
      wallet.slices.push(slice);
      freeNanos -= nanos;
    }
    return freeNanos;
  }

  private refuse(wallet: Wallet, holdNanos: Nanos, freeNanos: Nanos): ReserveResult {
    const balanceNanos = freeNanos + unspentIn(wallet.slices, this.options.clock.monotonic());
    return {
      kind: balanceNanos >= holdNanos ? "held" : "insufficient",
      balanceNanos,
    };
  }

  private freeHold(reservation: Reservation): void {
    for (const leg of reservation.legs) leg.slice.reserved -= leg.holdNanos;
    this.runningCount--;
  }

  /** The outcome is known: the hold ends, and what was posted is spent. */
  private close(reservation: Reservation, posted: readonly ChargeRow[]): void {
    reservation.state = posted.length > 0 ? "posted" : "void";
    for (const { leg, amountNanos } of posted) {
      const charged = reservation.legs[leg];
      if (charged) charged.slice.spent += amountNanos;
    }
    this.freeHold(reservation);
  }

  /**
   * This node no longer knows what it owns in `epoch`: it admits nothing until it has a new one.
   * Late news of an epoch that it has left behind already changes nothing.
   */
  private fence(epoch: number): void {
    if (epoch !== this.epoch) return;
    this.epoch = 0;
    this.wallets.clear();
  }

  private async reserveAfterRegistering(
    walletId: string,
    requestId: string,
    holdNanos: Nanos,
  ): Promise<ReserveResult> {
    try {
      await this.register();
    } catch (cause) {
      return { kind: "unavailable", cause };
    }
    return await this.reserve(walletId, requestId, holdNanos);
  }
}
