import type { Nanos } from "./money.ts";

/** Currency units for a dollar, in millionths, from a moment on. */
export interface DatedRate {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly ppm: bigint;
}

/** A currency besides USD, to show amounts in and to pay in. */
export interface Currency {
  /** ISO 4217. */
  readonly code: string;
  /** The oldest first; before the first nothing is shown or paid in it. */
  readonly rates: readonly DatedRate[];
}

const PPM = 1_000_000n;
const NANOS_PER_UNIT = 1_000_000_000n;

/** Those that have no minor unit where payments are taken; all others that are allowed have hundredths. */
const WHOLE: ReadonlySet<string> = new Set(
  "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "),
);

/** Thousandths are not the same at every provider: these are refused. */
export const THOUSANDTHS: ReadonlySet<string> = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

/** Decimals of what is paid in a currency. */
export const minorDigits = (code: string): number => (WHOLE.has(code) ? 0 : 2);

/** The rate that holds at a moment; undefined: none does yet. */
export function rateAt({ rates }: Currency, at: number): bigint | undefined {
  return rates.findLast(({ from }) => from <= at)?.ppm;
}

/** Half up, away from zero. */
function divide(dividend: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return (dividend < 0n ? dividend - half : dividend + half) / divisor;
}

/** Nanos of USD in nanos of the currency, to be shown. */
export const shownNanos = (nanos: Nanos, ppm: bigint): bigint => divide(nanos * ppm, PPM);

/** What is paid for nanos of USD, in the currency's least units: cents, or whole yen. */
export function minorOf(nanos: Nanos, ppm: bigint, code: string): bigint {
  return divide(nanos * ppm * 10n ** BigInt(minorDigits(code)), NANOS_PER_UNIT * PPM);
}

/** The part of a payment that some of its least units are: all of them are all of it, to the nano. */
export const partOfPayment = (nanos: Nanos, units: bigint, minor: bigint): Nanos =>
  divide(nanos * units, minor);

/** `920000n` → `"0.92"`. */
export function formatRate(ppm: bigint): string {
  const fraction = (ppm % PPM).toString().padStart(6, "0").replace(/0+$/, "");
  return fraction === "" ? `${ppm / PPM}` : `${ppm / PPM}.${fraction}`;
}

/** `2300n` EUR → `"23.00"`. */
export function formatMinor(minor: bigint, code: string): string {
  const digits = minorDigits(code);
  if (digits === 0) return minor.toString();
  const text = minor.toString().padStart(digits + 1, "0");
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
