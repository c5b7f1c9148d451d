import type { Nanos } from "../core/money.ts";
import type { Price, Rates } from "../core/price.ts";

export interface QuoteFacts {
  readonly price: Price;
  /** Bytes of the request's body after decompression: no text has more tokens than bytes. */
  readonly bodyBytes: number;
  readonly contextTokens: number;
  /** The client's limit for one choice, or the model's. */
  readonly outputTokensMax: number;
  readonly choices: number;
}

/** Tokens that a vendor's chat template adds around messages and tools, generously. */
const TEMPLATE_TOKENS = 1_024;
const MILLION = 1_000_000n;

function greatest(...amounts: readonly Nanos[]): Nanos {
  return amounts.reduce((dearest, amount) => (amount > dearest ? amount : dearest), 0n);
}

function boundOf(rates: Rates, input: number, output: number): bigint {
  const inputRate = greatest(
    rates.input,
    rates.cacheRead,
    rates.cacheWrite5m,
    rates.cacheWrite1h,
    rates.audioInput,
  );
  const outputRate = greatest(rates.output, rates.reasoning, rates.audioOutput);
  return inputRate * BigInt(input) + outputRate * BigInt(output);
}

/**
 * The most that a request may cost, in nanos (LEDGER.md 4, bound (a)): every byte a token of the
 * dearest kind of input, capped by the context window, and the full output limit, at the dearest
 * tier that the input may reach. Rounded up.
 */
export function quote(facts: QuoteFacts): Nanos {
  const { price, contextTokens } = facts;
  const input = Math.min(facts.bodyBytes + TEMPLATE_TOKENS, contextTokens);
  const output = Math.min(facts.outputTokensMax, contextTokens) * facts.choices;
  const reachable = price.tiers.filter((tier) => input > tier.aboveInputTokens).map((tier) => tier.rates);
  const bounds = [price.rates, ...reachable].map((rates) => boundOf(rates, input, output));
  return price.perRequest + (greatest(...bounds) + MILLION - 1n) / MILLION;
}
