import type { SoldPlan } from "../core/model.ts";
import type { Nanos } from "../core/money.ts";
import type { CardState } from "./subscription-decisions.ts";
import type { Choice, PaidInvoice } from "./subscription-terms.ts";

/** What is billed each month for a choice: a plan's own price, and that of its seats. */
export interface BilledLine {
  readonly planId: string;
  readonly part: "month" | "seat";
  /** As the customer reads it. */
  readonly name: string;
  /** Of one, in whole cents. */
  readonly nanos: Nanos;
  readonly quantity: number;
}

export function billedLines({ planId, seats = 0 }: Choice, sold: SoldPlan): BilledLine[] {
  const { name, monthNanos, seatNanos } = sold;
  const line = (part: "month" | "seat", nanos: Nanos, quantity: number): BilledLine => ({
    ...{ planId, part, nanos, quantity },
    name: part === "seat" ? `${name}, each seat` : name,
  });
  return [
    ...(monthNanos > 0n || seatNanos === undefined ? [line("month", monthNanos, 1)] : []),
    ...(seatNanos === undefined ? [] : [line("seat", seatNanos, seats)]),
  ];
}

/** A subscription at the provider; its paid invoices, the oldest first. */
export interface ProviderSubscription
  extends Pick<CardState, "external" | "status" | "billed" | "billedNanos" | "cancelAtEnd" | "payUrl"> {
  readonly walletId: string;
  readonly invoices: readonly PaidInvoice[];
}

/** Who charges a saved method month by month. */
export interface SubscriptionProvider {
  /** A page on which a subscription begins and its first month is paid; earlier pages of the payer's are void. */
  subscribe(asked: {
    readonly walletId: string;
    readonly customer: string;
    readonly lines: readonly BilledLine[];
    readonly returnUrl: string;
  }): Promise<{ readonly id: string; readonly url: string }>;
  /**
   * What is billed from now on (the difference is charged at once), or from the next invoice on.
   * @throws PaymentDeclined where the difference cannot be charged; nothing has changed then
   */
  changeLines(external: string, lines: readonly BilledLine[], when: "now" | "next"): Promise<void>;
  /** Ends it with its paid period; false: it goes on. */
  cancelAtEnd(external: string, cancel: boolean): Promise<void>;
  /** At once; nothing is paid back. */
  endSubscription(external: string): Promise<void>;
  /** As it is now; undefined where it is none of ours. */
  fetchSubscription(external: string): Promise<ProviderSubscription | undefined>;
}

/** A charge that the provider refused for good; the message says why. */
export class PaymentDeclined extends Error {
  override readonly name = "PaymentDeclined";
}
