import type { Nanos } from "../core/money.ts";
import { chargeRows, moneyOf, type Settlement, settlementOf } from "./charge-rows.ts";
import { HoldGrowth } from "./hold-growth.ts";
import { LeaseBook, type Wish } from "./lease-book.ts";
import type { LedgerOptions } from "./ledger-options.ts";
import type { ReserveResult, SettleOutcome, Unbound } from "./outcomes.ts";
import { freeIn, lesser, partsOf, type Reservation, shrinkLegs, takeLegs } from "./reservation.ts";
import { type Adopted, SettleQueue } from "./settle-queue.ts";
import type { ChargeRow } from "./store.ts";
import { refusal, tellWaiting, untilTold, type Wallet } from "./wallet-slices.ts";

/** A request waits so long for its node to say that it lives; the node itself goes on trying. */
const LIVE_WAIT_MS = 1_000;

/** What a request asks for: `holdNanos`, or as much of it as there is, but not below `leastNanos`. */
interface Ask extends Wish {
  readonly requestId: string;
}

/**
 * Holds and charges of this node (LEDGER.md). Reservations live in memory inside leases; a charge
 * is durable before `settle` says posted. Balances cannot go below zero: a charge lies inside its
 * hold, a hold inside a lease, a lease inside a lot.
 */
export class Ledger {
  private readonly book: LeaseBook;
  private readonly queue: SettleQueue;
  private readonly growth: HoldGrowth;
  private registering: Promise<void> | undefined;
  private liveUntilMs = 0;
  /** Requests that hold money or wait for their charge, of every epoch. */
  private runningCount = 0;

  constructor(private readonly options: LedgerOptions) {
    this.book = new LeaseBook({ ...options, isShared: options.liveMs !== undefined });
    this.growth = new HoldGrowth(this.book, options.clock);
    this.queue = new SettleQueue({
      ...options,
      onFenced: (epoch) => this.book.fence(epoch),
      adopt: (rows) => this.adopt(rows),
    });
  }

  /** Starts this node's epoch, once for all who ask meanwhile. @throws what the store throws. */
  register(): Promise<void> {
    this.registering ??= this.startEpoch().finally(() => {
      this.registering = undefined;
    });
    return this.registering;
  }

  private async startEpoch(): Promise<void> {
    const sentMs = this.options.clock.monotonic();
    const epoch = await this.options.store.register();
    this.liveFrom(sentMs);
    this.book.begin(epoch);
  }

  private liveFrom(sentMs: number): void {
    this.liveUntilMs = sentMs + (this.options.liveMs ?? Number.POSITIVE_INFINITY);
  }

  private get admits(): boolean {
    return this.book.epoch !== 0 && this.options.clock.monotonic() < this.liveUntilMs;
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
    if (!this.admits) return this.reserveOnceLive(walletId, ask);
    const wallet = this.book.walletOf(walletId);
    return this.tryReserve(wallet, ask, ask.holdNanos) ?? this.leaseAndReserve(wallet, ask);
  }

  /**
   * Counts a reservation against a budget, too: with all that it holds, or, where the budget has less, but not
   * less than `leastNanos`, with that, and then the reservation holds no more either. Undefined: it is done.
   */
  bind(
    reservation: Reservation,
    budgetId: string,
    leastNanos: Nanos = reservation.holdNanos,
  ): Unbound | undefined | Promise<Unbound | undefined> {
    const { requestId, holdNanos } = reservation;
    const reserved = this.reserve(budgetId, requestId, holdNanos, leastNanos);
    return reserved instanceof Promise
      ? reserved.then((result) => this.attach(reservation, result))
      : this.attach(reservation, reserved);
  }

  private attach(reservation: Reservation, result: ReserveResult): Unbound | undefined {
    if (result.kind !== "reserved") return result;
    const budget = result.reservation;
    if (budget.epoch !== reservation.epoch) {
      this.release(budget);
      return { kind: "unavailable", cause: new Error("this node's epoch has just ended") };
    }
    for (const part of partsOf(reservation)) shrinkLegs(part, budget.holdNanos);
    reservation.budgets.push(budget);
    // It is one request that holds both.
    this.runningCount--;
    return undefined;
  }

  /** Promises more to a request that outgrows its hold. False: there is no more, the hold stands as it was. */
  extend(reservation: Reservation, moreNanos: Nanos): boolean | Promise<boolean> {
    return this.growth.extend(reservation, moreNanos);
  }

  /** Resolves when a request of this wallet has ended, or after `ms`. */
  async freed(walletId: string, ms: number): Promise<void> {
    const wallet = this.book.find(walletId);
    if (wallet) await Promise.race([untilTold(wallet), this.options.delay(ms)]);
  }

  /** Nothing was served: the hold is free again, at once. */
  release(reservation: Reservation): void {
    if (reservation.state !== "reserved") return;
    for (const part of partsOf(reservation)) part.state = "released";
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
    for (const part of partsOf(reservation)) part.state = "settling";
    const rows = chargeRows(reservation, settlement, this.options.clock.now());
    return this.queue.add({ rows, onKnown: (posted) => this.close(reservation, posted ? rows : []) });
  }

  /** The sum of what running requests of this wallet hold on this node. */
  heldNanos(walletId: string): Nanos {
    return this.book.heldNanos(walletId);
  }

  /** Requests that hold money or wait for their charge. */
  get running(): number {
    return this.runningCount;
  }

  /** Finished answers that wait for their charge to be written. */
  get charging(): number {
    return this.queue.size;
  }

  /** Says that this node lives, and gives back what lay idle or has expired; a node whose epoch is over starts a new one. */
  async sweep(): Promise<void> {
    try {
      await this.live();
    } catch (cause) {
      const what =
        this.book.epoch === 0 ? "registering this node failed" : "this node could not say that it lives";
      this.options.onFault(`${what}; its next request tries again`, cause);
      return;
    }
    await this.book.giveBackIdle(this.options.idleMs);
  }

  /** Gives back all that this wallet's requests do not hold, so that new money is leased in spend order. */
  async recall(walletId: string): Promise<void> {
    await this.book.recall(walletId);
  }

  /** All charges known, all unreserved money given back: what a clean shutdown ends with. */
  async drain(): Promise<void> {
    await this.queue.idle();
    await this.book.recallAll();
  }

  /** This node has an epoch and says so; a new one where the old one was ended. @throws what the store throws. */
  private async live(): Promise<void> {
    const { epoch } = this.book;
    if (epoch !== 0) {
      const sentMs = this.options.clock.monotonic();
      if (await this.options.store.renew(epoch)) {
        if (this.book.epoch === epoch) this.liveFrom(sentMs);
        return;
      }
      this.book.fence(epoch);
    }
    if (this.book.epoch === 0) await this.register();
  }

  private tryReserve(wallet: Wallet, { requestId }: Ask, holdNanos: Nanos): ReserveResult | undefined {
    const nowMs = this.options.clock.monotonic();
    const legs = takeLegs(wallet.slices, holdNanos, nowMs);
    if (!legs) return undefined;
    this.runningCount++;
    wallet.usedAtMs = nowMs;
    const { epoch } = this.book;
    const reservation = {
      requestId,
      walletId: wallet.id,
      epoch,
      legs,
      holdNanos,
      state: "reserved" as const,
      budgets: [],
    };
    return { kind: "reserved", reservation };
  }

  private async leaseAndReserve(wallet: Wallet, ask: Ask): Promise<ReserveResult> {
    const { holdNanos, leastNanos } = ask;
    // Others may have leased, or used up, while this one waited for its turn.
    while (wallet.leasing !== undefined) await wallet.leasing;
    if (!this.book.has(wallet)) return await this.reserveNow(wallet.id, ask);
    const early = this.tryReserve(wallet, ask, holdNanos);
    if (early) return early;
    const take = (otherNanos: Nanos): ReserveResult => {
      const nowMs = this.options.clock.monotonic();
      const partNanos = lesser(holdNanos, freeIn(wallet.slices, nowMs));
      const reserved = partNanos < leastNanos ? undefined : this.tryReserve(wallet, ask, partNanos);
      return reserved ?? refusal(wallet, leastNanos, otherNanos, nowMs);
    };
    const failed = (cause: unknown): ReserveResult => ({ kind: "unavailable", cause });
    const result = await this.book.leaseFor(wallet, ask, take, failed);
    // Undefined: the epoch ended meanwhile, there is a new one to be had.
    return result ?? (await this.reserveNow(wallet.id, ask));
  }

  /**
   * Reserves anew what a charge takes whose epoch ended before it was written; undefined where that cannot be
   * had. The rows that come back are of the present epoch.
   */
  private async adopt(rows: readonly ChargeRow[]): Promise<Adopted | undefined> {
    const [first] = rows;
    if (!first) return undefined;
    const settlement = settlementOf(rows);
    const amountNanos = moneyOf(rows).reduce((sum, row) => sum + row.amountNanos, 0n);
    const result = await this.reserve(first.walletId, first.requestId, amountNanos);
    if (result.kind !== "reserved") return undefined;
    const { reservation } = result;
    const budgets = new Set(rows.map(({ walletId }) => walletId));
    budgets.delete(first.walletId);
    for (const budget of budgets) {
      if ((await this.bind(reservation, budget)) === undefined) continue;
      this.release(reservation);
      return undefined;
    }
    for (const part of partsOf(reservation)) part.state = "settling";
    const adopted = chargeRows(reservation, settlement, first.at);
    return { rows: adopted, onKnown: (posted) => this.close(reservation, posted ? adopted : []) };
  }

  private freeHold(reservation: Reservation): void {
    this.runningCount--;
    for (const { legs, walletId } of partsOf(reservation)) {
      for (const leg of legs) leg.slice.reserved -= leg.holdNanos;
      tellWaiting(this.book.find(walletId));
    }
  }

  /** The outcome is known: the hold ends, and what was posted is spent. */
  private close(reservation: Reservation, posted: readonly ChargeRow[]): void {
    for (const part of partsOf(reservation)) {
      part.state = posted.length > 0 ? "posted" : "void";
      this.book.spend(part, posted);
    }
    this.freeHold(reservation);
  }

  private async reserveOnceLive(walletId: string, ask: Ask): Promise<ReserveResult> {
    const living = this.live().then(
      () => new Error("this node's epoch has just ended"),
      (cause: unknown) => cause,
    );
    const late = this.options.delay(LIVE_WAIT_MS).then(() => new Error("this node cannot say that it lives"));
    const cause = await Promise.race([living, late]);
    if (!this.admits) return { kind: "unavailable", cause };
    return await this.reserveNow(walletId, ask);
  }
}
