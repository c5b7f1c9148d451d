import { language } from "../i18n/language.ts";
import { newStore } from "./store.ts";

/** What amounts are also shown in; `rate` of it is a dollar. */
export interface SecondCurrency {
  readonly code: string;
  readonly rate: string;
}

/** Of the organisation that is open. */
export const secondCurrency = newStore<SecondCurrency | undefined>(undefined);

const PPM_DIGITS = 6;

/** `0.92` in millionths. */
function ppmOf(rate: string): bigint {
  const [whole = "0", fraction = ""] = rate.split(".");
  return BigInt(whole + fraction.padEnd(PPM_DIGITS, "0"));
}

/** `€11.35` of nanos of the currency itself. */
export function moneyIn(code: string, nanos: string | bigint): string {
  const units = Number(BigInt(nanos)) / 1e9;
  const size = Math.abs(units);
  const small = size > 0 && size < 1;
  return new Intl.NumberFormat(language(), {
    style: "currency",
    currency: code,
    currencyDisplay: "narrowSymbol",
    ...(small && {
      minimumFractionDigits: 2,
      maximumFractionDigits: Math.min(9, 1 - Math.floor(Math.log10(size))),
    }),
  }).format(units);
}

/** Nanos of USD in the currency, at today's rate: `€11.35`. */
export function convert({ code, rate }: SecondCurrency, nanos: string | bigint): string {
  const product = BigInt(nanos) * ppmOf(rate);
  const half = product < 0n ? -500_000n : 500_000n;
  return moneyIn(code, (product + half) / 1_000_000n);
}

/** What is paid for nanos of USD, in the currency's least units, half up, as the API reckons it. */
export function paidIn(offer: SecondCurrency & { readonly minor_digits: number }, nanos: bigint): string {
  const divisor = 10n ** BigInt(15 - offer.minor_digits);
  const minor = (nanos * ppmOf(offer.rate) + divisor / 2n) / divisor;
  return moneyIn(offer.code, minor * 10n ** BigInt(9 - offer.minor_digits));
}
