import type { Nanos } from "../core/money.ts";
import type { Price } from "../core/price.ts";
import { NO_USAGE } from "../core/usage.ts";
import { priceUsageCeiling } from "./price-usage.ts";

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

function greater(a: Nanos, b: Nanos): Nanos {
  return a > b ? a : b;
}

function maxOf(...prices: readonly Nanos[]): Nanos {
  return prices.reduce(greater, 0n);
}

/**
 * The most that a request may cost, in nanos (LEDGER.md 4, bound (a)): every byte a token of the
 * dearest kind of input, capped by the context window, and the full output limit.
 */
export function quote(facts: QuoteFacts): Nanos {
  const { price } = facts;
  const input = Math.min(facts.bodyBytes + TEMPLATE_TOKENS, facts.contextTokens);
  const output = Math.min(facts.outputTokensMax, facts.contextTokens) * facts.choices;
  const p = price.perMillion;
  const dearest: Price = {
    perRequest: price.perRequest,
    perMillion: {
      ...p,
      input: maxOf(p.input, p.cacheRead, p.cacheWrite5m, p.cacheWrite1h, p.audioInput),
      output: maxOf(p.output, p.reasoning, p.audioOutput),
    },
  };
  return priceUsageCeiling(dearest, { ...NO_USAGE, input, output });
}
