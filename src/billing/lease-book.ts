import type { Clock } from "../base/clock.ts";
import type { Nanos } from "../core/money.ts";
import { ALL_NANOS, countSpent, shareNanos } from "./lease-size.ts";
import { freeIn, type Reservation, unexpired } from "./reservation.ts";
import { type ChargeRow, EpochOver, type LeaseAnswer, type LedgerStore, type ReturnStep } from "./store.ts";
import { addGrants, newWallet, takeFree, type Wallet } from "./wallet-slices.ts";

export interface LeaseBookOptions {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** Other nodes lease from the same wallets. */
  readonly isShared: boolean;
  readonly delay: (ms: number) => Promise<void>;
  readonly onFault: (message: string, cause: unknown) => void;
}

/** How long a request waits for other nodes to give money back, in steps: 300 ms in all. */
const ASK_BACK_WAITS_MS = [30, 60, 90, 120] as const;

/** Nobody is refused by an answer that was asked for so long ago. */
const STALE_MS = 1_000;

/** How much is wanted: all of `holdNanos`, or what there is of it, but not less than `leastNanos`. */
export interface Wish {
  readonly holdNanos: Nanos;
  readonly leastNanos: Nanos;
}

/**
 * What this node has leased, by wallet. A step with the store whose answer is lost is asked for again, with
 * its turn, before the next: until then the money that it may have moved is just not seen.
 */
export class LeaseBook {
  private readonly wallets = new Map<string, Wallet>();
  /** 0 while this node must register (again) before it admits anything. */
  epoch = 0;
  private turn = 0;

  constructor(private readonly options: LeaseBookOptions) {}

  begin(epoch: number): void {
    this.wallets.clear();
    this.epoch = epoch;
  }

  /**
   * The epoch is over: this node admits nothing until it has a new one.
   * Late news of an epoch that it has left behind already changes nothing.
   */
  fence(epoch: number): void {
    if (epoch !== this.epoch) return;
    this.epoch = 0;
    this.wallets.clear();
  }

  /** Undefined where nothing of it is leased. */
  find(id: string): Wallet | undefined {
    return this.wallets.get(id);
  }

  walletOf(id: string): Wallet {
    const known = this.wallets.get(id);
    if (known) return known;
    const wallet = newWallet(id);
    this.wallets.set(id, wallet);
    return wallet;
  }

  /** False for one that was forgotten, with its epoch or because nothing of it was leased. */
  has(wallet: Wallet): boolean {
    return this.wallets.get(wallet.id) === wallet;
  }

  /** What was posted of a reservation has left its slices, and counts where others lease from the same wallet. */
  spend({ legs, walletId, epoch }: Reservation, posted: readonly ChargeRow[]): void {
    const { isShared, clock } = this.options;
    let spent = 0n;
    for (const { slice } of legs) {
      const row = posted.find(({ lotId }) => lotId === slice.lotId);
      if (!row) continue;
      slice.spent += row.amountNanos;
      spent += row.amountNanos;
    }
    if (spent === 0n || !isShared || epoch !== this.epoch) return;
    countSpent(this.walletOf(walletId).use, spent, clock.monotonic());
  }

  heldNanos(walletId: string): Nanos {
    const slices = this.wallets.get(walletId)?.slices ?? [];
    return slices.reduce((sum, slice) => sum + slice.reserved, 0n);
  }

  /**
   * Leases what is missing, or else all there is where less will do; then, before anything else can happen to
   * the wallet, `take`s it, told what is left free in the lots or leased by others. Undefined when the epoch
   * ended meanwhile. Call it when nothing else leases.
   */
  async leaseFor<Result>(
    wallet: Wallet,
    wish: Wish,
    take: (otherNanos: Nanos) => Result,
    failed: (cause: unknown) => Result,
  ): Promise<Result | undefined> {
    const { epoch } = this;
    const leasing = this.leaseInTurns(wallet, wish).then((otherNanos) =>
      this.has(wallet) ? take(otherNanos) : undefined,
    );
    wallet.leasing = leasing.catch(() => undefined);
    try {
      return await leasing;
    } catch (cause) {
      if (cause instanceof EpochOver) {
        this.fence(epoch);
        return undefined;
      }
      this.options.onFault("leasing money failed; it is asked for again", cause);
      return failed(cause);
    } finally {
      wallet.leasing = undefined;
    }
  }

  private freeHere({ slices }: Wallet): Nanos {
    return freeIn(slices, this.options.clock.monotonic());
  }

  /** Answers what is left free in the lots, or leased by others. */
  private async leaseInTurns(wallet: Wallet, wish: Wish): Promise<Nanos> {
    const { holdNanos, leastNanos } = wish;
    if (wallet.unheard) await wallet.unheard();
    if (this.freeHere(wallet) >= holdNanos) return 0n;
    let answer = await this.leaseMissing(wallet, holdNanos);
    if (answer.elsewhereNanos > 0n) answer = await this.askOthers(wallet, wish, answer);
    const { elsewhereNanos } = answer;
    const isShort = answer.grants.length === 0 && answer.freeNanos > 0n;
    if (isShort && leastNanos < holdNanos) answer = await this.lease(wallet, answer.freeNanos, ALL_NANOS);
    const granted = answer.grants.reduce((sum, { nanos }) => sum + nanos, 0n);
    // A store that could give what was asked does not say what others hold: what it said before still stands.
    return answer.freeNanos - granted + (answer.elsewhereNanos || elsewhereNanos);
  }

  /** Waits a little for other nodes to give back what they do not need, where that would do. */
  private async askOthers(
    wallet: Wallet,
    { holdNanos, leastNanos }: Wish,
    first: LeaseAnswer,
  ): Promise<LeaseAnswer> {
    const isWorthWaiting = ({ freeNanos, elsewhereNanos }: LeaseAnswer) => {
      const here = this.freeHere(wallet);
      if (here >= holdNanos || elsewhereNanos === 0n) return false;
      const reachable = here + freeNanos + elsewhereNanos;
      // Where there is not enough for all of it, as much as the least is not waited on for more.
      return reachable >= holdNanos || (reachable >= leastNanos && here + freeNanos < leastNanos);
    };
    let answer = first;
    if (isWorthWaiting(answer)) await this.options.store.askBack(wallet.id);
    for (const waitMs of ASK_BACK_WAITS_MS) {
      if (!isWorthWaiting(answer)) break;
      await this.options.delay(waitMs);
      answer = await this.leaseMissing(wallet, holdNanos);
    }
    return answer;
  }

  private async leaseMissing(wallet: Wallet, holdNanos: Nanos): Promise<LeaseAnswer> {
    const { clock, isShared } = this.options;
    const needNanos = holdNanos - this.freeHere(wallet);
    // Alone on its store, a node may lease all that is free.
    const wantNanos = isShared ? shareNanos(wallet.use, needNanos, clock.monotonic()) : ALL_NANOS;
    const askedMs = clock.monotonic();
    const answer = await this.lease(wallet, needNanos, wantNanos);
    const stillNanos = holdNanos - this.freeHere(wallet);
    // This process stood still, and what it was told is of long ago: what was leased has expired on its way.
    const isStale = answer.grants.length > 0 || clock.monotonic() - askedMs > STALE_MS;
    return stillNanos > 0n && isStale ? await this.lease(wallet, stillNanos, wantNanos) : answer;
  }

  private async lease(wallet: Wallet, needNanos: Nanos, wantNanos: Nanos): Promise<LeaseAnswer> {
    const { store, clock } = this.options;
    // Forgotten with its epoch while this one waited: what it leased now, nobody would know of.
    if (!this.has(wallet)) throw new EpochOver(this.epoch);
    const step = { walletId: wallet.id, epoch: this.epoch, turn: ++this.turn, needNanos, wantNanos };
    const ask = async () => {
      const askedMs = clock.monotonic();
      const answer = await store.lease(step);
      wallet.unheard = undefined;
      addGrants(wallet, answer.grants, askedMs);
      const granted = answer.grants.reduce((sum, { nanos }) => sum + nanos, 0n);
      wallet.use.free = { nanos: answer.freeNanos - granted, nodes: answer.nodes };
      return answer;
    };
    wallet.unheard = ask;
    return await ask();
  }

  /** Gives back what was not used for `idleMs`, or has expired. */
  async giveBackIdle(idleMs: number): Promise<void> {
    const nowMs = this.options.clock.monotonic();
    const isDone = ({ slices, usedAtMs }: Wallet) =>
      usedAtMs <= nowMs - idleMs || unexpired(slices, nowMs) !== slices;
    await this.giveBack([...this.wallets.values()].filter(isDone));
  }

  async recall(walletId: string): Promise<void> {
    let wallet = this.wallets.get(walletId);
    while (wallet?.leasing !== undefined) {
      await wallet.leasing;
      // A wallet that was forgotten meanwhile holds leases of an ended epoch: those are returned already.
      wallet = this.wallets.get(walletId);
    }
    if (wallet) await this.giveBack([wallet]);
  }

  async recallAll(): Promise<void> {
    for (const walletId of [...this.wallets.keys()]) await this.recall(walletId);
  }

  private async giveBack(wallets: readonly Wallet[]): Promise<void> {
    const { epoch } = this;
    const still = wallets.filter((wallet) => wallet.leasing === undefined);
    const returning = this.hearAndReturn(still);
    for (const wallet of still) wallet.leasing = returning.catch(() => undefined);
    try {
      await returning;
    } catch (cause) {
      if (cause instanceof EpochOver) this.fence(epoch);
      else this.options.onFault("returning idle money failed; it is asked for again", cause);
    }
    for (const wallet of still) {
      wallet.leasing = undefined;
      const isEmpty = wallet.slices.length === 0 && wallet.unheard === undefined;
      // Another wallet may have taken its place in a new epoch.
      if (isEmpty && this.has(wallet)) this.wallets.delete(wallet.id);
    }
  }

  /** Whether nothing is in doubt about this wallet, if need be after asking. @throws EpochOver */
  private async hear(wallet: Wallet): Promise<boolean> {
    try {
      await wallet.unheard?.();
      return true;
    } catch (cause) {
      if (cause instanceof EpochOver) throw cause;
      this.options.onFault("a step with a wallet's lease is still unanswered; it is asked for again", cause);
      return false;
    }
  }

  private async hearAndReturn(wallets: readonly Wallet[]): Promise<void> {
    const { epoch } = this;
    const heard: Wallet[] = [];
    for (const wallet of wallets) if (!wallet.unheard || (await this.hear(wallet))) heard.push(wallet);
    const steps: ReturnStep[] = [];
    const returned: Wallet[] = [];
    for (const wallet of heard) {
      const grants = takeFree(wallet);
      if (grants.length === 0) continue;
      const step = { walletId: wallet.id, epoch, turn: ++this.turn, grants };
      steps.push(step);
      returned.push(wallet);
      wallet.unheard = async () => {
        await this.options.store.giveBack([step]);
        wallet.unheard = undefined;
      };
    }
    if (steps.length === 0) return;
    await this.options.store.giveBack(steps);
    for (const wallet of returned) wallet.unheard = undefined;
  }
}
