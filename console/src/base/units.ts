import { language } from "../i18n/language.ts";
import { convert, secondCurrency } from "./second-currency.ts";

const NANOS_PER_DOLLAR = 1_000_000_000n;

/** Exact dollars of nanos, without trailing zeros beyond cents: `-1.5` nanos of 10⁹ is `-1.50`. */
export function dollarsOf(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % NANOS_PER_DOLLAR)
    .toString()
    .padStart(9, "0")
    .replace(/0{1,7}$/, "");
  return `${nanos < 0n ? "-" : ""}${size / NANOS_PER_DOLLAR}.${fraction}`;
}

function digitsFor(dollars: number): number {
  const size = Math.abs(dollars);
  if (size === 0 || size >= 1) return 2;
  // Two significant digits of a small amount: $0.0042, not $0.00.
  return Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(size))));
}

const numberFormat = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language(), options);

/** `$12.34`, `$0.0042`: as many digits as say something; the exact amount is {@link exactMoney}. */
export function money(nanos: string | bigint): string {
  const dollars = Number(BigInt(nanos)) / 1e9;
  const digits = digitsFor(dollars);
  return numberFormat({
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: Math.min(2, digits),
    maximumFractionDigits: digits,
  }).format(dollars);
}

/** `$0.0042175 USD` without rounding, and what that is in the second currency where there is one. */
export function exactMoney(nanos: string | bigint): string {
  const currency = secondCurrency.get();
  const usd = `$${dollarsOf(BigInt(nanos))} USD`;
  return currency ? `${usd} = ${convert(currency, nanos)}` : usd;
}

const DECIMAL = /^(\d{1,9})(?:\.(\d{1,9}))?$/;

/** What somebody typed as dollars, in nanos; undefined: it is no amount. */
export function nanosOf(text: string): bigint | undefined {
  const [, whole, fraction = ""] = DECIMAL.exec(text.trim().replace(/^\$/, "")) ?? [];
  if (whole === undefined) return undefined;
  return BigInt(whole) * NANOS_PER_DOLLAR + BigInt(fraction.padEnd(9, "0"));
}

/** `1,234`. */
export const count = (value: number): string => numberFormat({ maximumFractionDigits: 0 }).format(value);

/** `1.2K`, `3.4M`: for tiles and axes. */
export const compact = (value: number): string =>
  numberFormat({ notation: "compact", maximumFractionDigits: 1 }).format(value);

/** `131K`, of tokens, by thousands. */
export const contextSize = (tokens: number): string =>
  tokens >= 1_000_000 ? `${+(tokens / 1_000_000).toFixed(1)}M` : `${Math.round(tokens / 1000)}K`;

/** A number and its unit, which no line break parts. */
const withUnit = (value: number | string, unit: string): string => `${value}\u00a0${unit}`;

/** `412 ms`, `1.8 s`, `2 min 5 s`, `12 h 16 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return withUnit(Math.round(ms), "ms");
  if (ms < 60_000) return withUnit((ms / 1000).toFixed(ms < 10_000 ? 2 : 1), "s");
  if (ms < 3_600_000)
    return `${withUnit(Math.floor(ms / 60_000), "min")} ${withUnit(Math.round((ms % 60_000) / 1000), "s")}`;
  return `${withUnit(Math.floor(ms / 3_600_000), "h")} ${withUnit(Math.floor((ms % 3_600_000) / 60_000), "min")}`;
}

/** `12.3%` of a share of one. */
export const percent = (share: number): string =>
  numberFormat({ style: "percent", maximumFractionDigits: 1 }).format(share);
