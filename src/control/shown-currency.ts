import type { PaidIn } from "../billing/currencies.ts";
import { type Currency, formatMinor, formatRate, minorOf, rateAt, shownNanos } from "../core/currency.ts";
import type { Nanos } from "../core/money.ts";
import { CommandError, type ControlDeps } from "./operation.ts";

function find({ config }: ControlDeps, code: string): Currency | undefined {
  return config().currencies.find((currency) => currency.code === code);
}

/** The currency that an account is shown besides USD; undefined: none, or one that is not offered any more. */
export async function shownCurrency(deps: ControlDeps, accountId: string): Promise<Currency | undefined> {
  const code = await deps.currencies.shownTo(accountId);
  return code === undefined ? undefined : find(deps, code);
}

/** @throws CommandError naming the field where it is not offered, or has no rate yet */
export function requireCurrency(deps: ControlDeps, code: string): Currency {
  const known = deps.config().currencies;
  const found = find(deps, code);
  if (found && rateAt(found, deps.clock.now()) !== undefined) return found;
  const codes = ["USD", ...known.map((currency) => currency.code)].join(", ");
  const why = found ? "has no rate that holds today" : "is not offered";
  throw new CommandError(`currency: ${code} ${why}; there is ${codes}.`);
}

/** What is paid for an amount of USD in a currency, at today's rate; undefined: in USD. @throws CommandError */
export function paidInOf(deps: ControlDeps, nanos: Nanos, code: string | undefined): PaidIn | undefined {
  if (code === undefined || code === "USD") return undefined;
  const ppm = rateAt(requireCurrency(deps, code), deps.clock.now()) ?? 0n;
  const minor = minorOf(nanos, ppm, code);
  if (minor > 0n) return { code, minor, ppm };
  throw new CommandError(`amount: is less than the smallest amount of ${code}; pay more.`);
}

export const paidInView = ({ code, minor, ppm }: PaidIn) => ({
  currency: code,
  amount: formatMinor(minor, code),
  rate: formatRate(ppm),
});

/** An amount of a moment in the currency that is shown; null where none is, or had no rate then. */
export function shownAt(currency: Currency | undefined, nanos: Nanos, at: number): string | null {
  const ppm = currency && rateAt(currency, at);
  return ppm === undefined ? null : shownNanos(nanos, ppm).toString();
}
