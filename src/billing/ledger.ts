import type { Nanos } from "../core/money.ts";
import { chargeRows, type Settlement } from "./charge-rows.ts";
import type { LedgerOptions } from "./ledger-options.ts";
import type { ReserveResult, SettleOutcome } from "./outcomes.ts";
import { freeIn, growLegs, lesser, type Reservation, takeLegs, unexpired } from "./reservation.ts";
import { SettleQueue } from "./settle-queue.ts";
import type { ChargeRow } from "./store.ts";
import {
  addGrants,
  newWallet,
  refusal,
  takeFree,
  tellWaiting,
  untilTold,
  type Wallet,
} from "./wallet-slices.ts";

/** More than any lot holds. */
const ALL_NANOS: Nanos = 1n << 62n;

/** What a request asks for: `holdNanos`, or as much of it as there is, but not below `leastNanos`. */
interface Ask {
  readonly requestId: string;
  readonly holdNanos: Nanos;
  readonly leastNanos: Nanos;
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

  /**
   * Promises `holdNanos` of the wallet to a request; without I/O while this node's lease has it.
   * With `leastNanos`: what is free of it, but not less than that.
   */
  reserve(
    walletId: string,
    requestId: string,
    holdNanos: Nanos,
    leastNanos: Nanos = holdNanos,
  ): ReserveResult | Promise<ReserveResult> {
    return this.reserveNow(walletId, { requestId, holdNanos, leastNanos });
  }

  private reserveNow(walletId: string, ask: Ask): ReserveResult | Promise<ReserveResult> {
    if (this.epoch === 0) {
      const unavailable = (cause: unknown): ReserveResult => ({ kind: "unavailable", cause });
      return this.register().then(() => this.reserveNow(walletId, ask), unavailable);
    }
    const wallet = this.walletOf(walletId);
    return this.tryReserve(wallet, ask, ask.holdNanos) ?? this.leaseAndReserve(wallet, ask);
  }

  /** Promises more to a request that outgrows its hold. False: there is no more, the hold stands as it was. */
  extend(reservation: Reservation, moreNanos: Nanos): boolean | Promise<boolean> {
    return this.grow(reservation, moreNanos) || this.leaseAndExtend(reservation, moreNanos);
  }

  private grow(reservation: Reservation, moreNanos: Nanos): boolean {
    const slices = this.walletHolding(reservation)?.slices;
    return slices !== undefined && growLegs(reservation, slices, moreNanos, this.options.clock.monotonic());
  }

  /** Resolves when a request of this wallet has ended, or after `ms`. */
  async freed(walletId: string, ms: number): Promise<void> {
    const wallet = this.wallets.get(walletId);
    if (wallet) await Promise.race([untilTold(wallet), this.options.delay(ms)]);
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
    const failed = "registering this node failed; its next request tries again";
    if (this.epoch === 0) await this.register().catch((cause) => this.options.onFault(failed, cause));
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

  private async giveBack(wallets: readonly Wallet[]): Promise<void> {
    const { epoch } = this;
    const still = wallets.filter((wallet) => wallet.leasing === undefined);
    const grants = still.flatMap(takeFree);
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

  private walletOf(id: string): Wallet {
    const known = this.wallets.get(id);
    if (known) return known;
    const wallet = newWallet(id);
    this.wallets.set(id, wallet);
    return wallet;
  }

  /** The wallet out of which a request holds money; undefined once the request or its epoch is over. */
  private walletHolding({ state, epoch, walletId }: Reservation): Wallet | undefined {
    return state === "reserved" && epoch === this.epoch ? this.wallets.get(walletId) : undefined;
  }

  private tryReserve(wallet: Wallet, { requestId }: Ask, holdNanos: Nanos): ReserveResult | undefined {
    const legs = takeLegs(wallet.slices, holdNanos, this.options.clock.monotonic());
    if (!legs) return undefined;
    this.runningCount++;
    wallet.usedAtMs = this.options.clock.monotonic();
    const { id: walletId } = wallet;
    return {
      kind: "reserved",
      reservation: { requestId, walletId, epoch: this.epoch, legs, holdNanos, state: "reserved" },
    };
  }

  private async leaseAndReserve(wallet: Wallet, ask: Ask): Promise<ReserveResult> {
    const { holdNanos } = ask;
    // Others may have leased, or used up, while this one waited for its turn.
    while (wallet.leasing !== undefined) await wallet.leasing;
    const { epoch } = this;
    if (this.wallets.get(wallet.id) !== wallet) return await this.reserveNow(wallet.id, ask);
    const early = this.tryReserve(wallet, ask, holdNanos);
    if (early) return early;
    const then = (freeNanos: Nanos) => {
      if (this.epoch !== epoch) return this.reserveNow(wallet.id, ask);
      const nowMs = this.options.clock.monotonic();
      const partNanos = lesser(holdNanos, freeIn(wallet.slices, nowMs));
      const reserved = partNanos < ask.leastNanos ? undefined : this.tryReserve(wallet, ask, partNanos);
      return reserved ?? refusal(wallet, ask.leastNanos, freeNanos, nowMs);
    };
    return await this.leaseMore(wallet, ask, then, (cause) => ({ kind: "unavailable", cause }));
  }

  private async leaseAndExtend(reservation: Reservation, moreNanos: Nanos): Promise<boolean> {
    let wallet = this.walletHolding(reservation);
    while (wallet?.leasing !== undefined) {
      await wallet.leasing;
      wallet = this.walletHolding(reservation);
    }
    if (!wallet) return false;
    const ask = { holdNanos: moreNanos, leastNanos: moreNanos };
    const grow = () => this.grow(reservation, moreNanos);
    return grow() || (await this.leaseMore(wallet, ask, grow, () => false));
  }

  /**
   * Leases what is missing, or else all there is where less will do; then, before anything else can happen
   * to the wallet, `take`s it, told what is left free in the lots.
   */
  private async leaseMore<Result>(
    wallet: Wallet,
    ask: Omit<Ask, "requestId">,
    take: (freeNanos: Nanos) => Result | Promise<Result>,
    failed: (cause: unknown) => Result,
  ): Promise<Result> {
    const { epoch } = this;
    const leasing = this.leaseFor(wallet, ask);
    wallet.leasing = leasing.catch(() => undefined);
    let freeNanos: Nanos;
    try {
      freeNanos = await leasing;
    } catch (cause) {
      wallet.leasing = undefined;
      // Unknown what was granted: only a new epoch makes it certain.
      this.fence(epoch);
      this.options.onFault("leasing money failed; this node registers again", cause);
      return failed(cause);
    }
    wallet.leasing = undefined;
    return take(freeNanos);
  }

  private async leaseFor(wallet: Wallet, { holdNanos, leastNanos }: Omit<Ask, "requestId">): Promise<Nanos> {
    const { store } = this.options;
    const { epoch } = this;
    const askedMs = this.options.clock.monotonic();
    // Alone on its store, a node may lease all that is free; sharing comes with more nodes.
    let answer = await store.lease(wallet.id, holdNanos - freeIn(wallet.slices, askedMs), ALL_NANOS, epoch);
    const enough = answer.grants.length > 0 || answer.freeNanos === 0n || leastNanos === holdNanos;
    if (!enough) answer = await store.lease(wallet.id, answer.freeNanos, ALL_NANOS, epoch);
    addGrants(wallet, answer.grants, askedMs);
    return answer.grants.reduce((free, { nanos }) => free - nanos, answer.freeNanos);
  }

  private freeHold(reservation: Reservation): void {
    for (const leg of reservation.legs) leg.slice.reserved -= leg.holdNanos;
    this.runningCount--;
    tellWaiting(this.wallets.get(reservation.walletId));
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
}
