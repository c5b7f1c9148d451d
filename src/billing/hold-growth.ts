import type { Clock } from "../base/clock.ts";
import type { Nanos } from "../core/money.ts";
import type { LeaseBook } from "./lease-book.ts";
import { growLegs, type Reservation, shrinkLegs } from "./reservation.ts";
import type { Wallet } from "./wallet-slices.ts";

/** Lets the holds of running requests grow: of the wallet and of every budget, or of none. */
export class HoldGrowth {
  constructor(
    private readonly book: LeaseBook,
    private readonly clock: Clock,
  ) {}

  /** Promises more to a request that outgrows its hold. False: there is no more, the hold stands as it was. */
  extend(reservation: Reservation, moreNanos: Nanos): boolean | Promise<boolean> {
    // The money last: a charge that is settled meanwhile is within what every budget holds.
    const parts = [...reservation.budgets, reservation];
    for (const [index, part] of parts.entries()) {
      if (!this.grow(part, moreNanos)) return this.extendRest(parts, index, moreNanos);
    }
    return true;
  }

  /** The same for those from `from` on, with the store's help; where one has no more, none grows. */
  private async extendRest(parts: readonly Reservation[], from: number, moreNanos: Nanos): Promise<boolean> {
    for (const [index, part] of parts.entries()) {
      if (index < from || (await this.leaseAndExtend(part, moreNanos))) continue;
      // What is over meanwhile was given back with the rest of its hold.
      for (const grown of parts.slice(0, index))
        if (grown.state === "reserved") shrinkLegs(grown, grown.holdNanos - moreNanos);
      return false;
    }
    return true;
  }

  private grow(reservation: Reservation, moreNanos: Nanos): boolean {
    const slices = this.walletHolding(reservation)?.slices;
    return slices !== undefined && growLegs(reservation, slices, moreNanos, this.clock.monotonic());
  }

  /** The wallet out of which a request holds money; undefined once the request or its epoch is over. */
  private walletHolding({ state, epoch, walletId }: Reservation): Wallet | undefined {
    return state === "reserved" && epoch === this.book.epoch ? this.book.find(walletId) : undefined;
  }

  private async leaseAndExtend(reservation: Reservation, moreNanos: Nanos): Promise<boolean> {
    let wallet = this.walletHolding(reservation);
    while (wallet?.leasing !== undefined) {
      await wallet.leasing;
      wallet = this.walletHolding(reservation);
    }
    if (!wallet) return false;
    const wish = { holdNanos: moreNanos, leastNanos: moreNanos };
    const grow = () => this.grow(reservation, moreNanos);
    if (grow()) return true;
    return (await this.book.leaseFor(wallet, wish, grow, () => false)) ?? false;
  }
}
