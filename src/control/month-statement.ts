import type { PaidIn } from "../billing/currencies.ts";
import type { PeriodLine } from "../billing/wallets.ts";
import { type Currency, shownNanos } from "../core/currency.ts";
import { paidInView, shownAt } from "./shown-currency.ts";
import type { MonthLine } from "./statement-files.ts";

/** `payment:pi_1:0` → `pi_1` */
const PAYMENT_REF = /^payment:(.+):\d+$/;

interface Told {
  /** Besides USD. */
  readonly shown: Currency | undefined;
  /** By the provider's id of the payment. */
  readonly paid: ReadonlyMap<string, PaidIn>;
}

/** A payment at the rate that it was paid at, all else at the rate of its time. */
function shownOf(
  { at, nanos }: PeriodLine,
  shown: Currency | undefined,
  paidIn: PaidIn | undefined,
): string | null {
  if (shown && paidIn?.code === shown.code) return shownNanos(nanos, paidIn.ppm).toString();
  return shownAt(shown, nanos, at);
}

/** Lines with the balance after each, in USD and in what the account is shown. */
export function statementLines(
  openingNanos: bigint,
  lines: readonly PeriodLine[],
  { shown, paid }: Told,
): MonthLine[] {
  let balance = openingNanos;
  return lines.map((line) => {
    const { at, kind, ref, requests, nanos } = line;
    balance += nanos;
    const paidIn = paid.get(PAYMENT_REF.exec(ref)?.[1] ?? "");
    return {
      ...{ at: new Date(at).toISOString(), kind, ref, requests },
      amount_nanos: nanos.toString(),
      balance_nanos: balance.toString(),
      shown_nanos: shownOf(line, shown, paidIn),
      paid_in: paidIn ? paidInView(paidIn) : null,
    };
  });
}
