import type { Nanos } from "../core/money.ts";
import type { Price, Rates } from "../core/price.ts";
import { MILLION, multiplied } from "./price-usage.ts";

export interface QuoteFacts {
  readonly price: Price;
  /** The most tokens that the request may have as input; see `inputTokensBound`. */
  readonly inputTokens: number;
  readonly contextTokens: number;
  /** The client's limit for one choice, or the model's. */
  readonly outputTokensMax: number;
  readonly choices: number;
  /** Beside tokens, where a request has such. */
  readonly characters?: number;
  readonly seconds?: number;
  /** The most searches of the web. */
  readonly searches?: number;
}

/** Tokens that a vendor's chat template adds around messages and tools, generously. */
const TEMPLATE_TOKENS = 1_024;

/**
 * LEDGER.md 4, bound (a): no text has more tokens than bytes.
 * @param bodyBytes of the request's body after decompression
 */
export function inputTokensBound(bodyBytes: number): number {
  return bodyBytes + TEMPLATE_TOKENS;
}

function greatest(...amounts: readonly Nanos[]): Nanos {
  return amounts.reduce((dearest, amount) => (amount > dearest ? amount : dearest), 0n);
}

function inputRate(rates: Rates): Nanos {
  return greatest(rates.input, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite1h, rates.audioInput);
}

function outputRate(rates: Rates): Nanos {
  return greatest(rates.output, rates.reasoning, rates.audioOutput, rates.imageOutput);
}

/** The rates of every tier that this much input may reach. */
function reachable({ rates, tiers }: Price, inputTokens: number): Rates[] {
  return [rates, ...tiers.filter((tier) => inputTokens > tier.aboveInputTokens).map((tier) => tier.rates)];
}

const ceiling = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;

/**
 * The most that a request may cost, in nanos: all its input of the dearest kind, at most the context window,
 * and the full output limit, at the dearest tier that the input may reach. Rounded up.
 */
export function quote({ price, contextTokens, ...facts }: QuoteFacts): Nanos {
  const { characters = 0, seconds = 0, searches = 0 } = facts;
  const input = BigInt(Math.min(facts.inputTokens, contextTokens));
  const output = BigInt(Math.min(facts.outputTokensMax, contextTokens) * facts.choices);
  const bounds = reachable(price, Number(input)).map(
    (rates) =>
      inputRate(rates) * input +
      outputRate(rates) * output +
      rates.characters * BigInt(characters) +
      rates.seconds * BigInt(seconds) +
      rates.searches * BigInt(searches),
  );
  return ceiling(multiplied(price, greatest(...bounds) + price.perRequest * MILLION), MILLION * MILLION);
}

/**
 * The largest output limit of one choice that `holdNanos` pay for beside the input: the other way round of
 * `quote`. At most `outputTokensMax`; below zero where not even the input is paid for.
 */
export function outputTokensFor(holdNanos: Nanos, { price, contextTokens, ...facts }: QuoteFacts): number {
  const input = BigInt(Math.min(facts.inputTokens, contextTokens));
  const most = BigInt(Math.min(facts.outputTokensMax, contextTokens));
  if (price.multiplierPpm === 0n) return Number(most);
  const scaled = (holdNanos * MILLION * MILLION) / price.multiplierPpm - price.perRequest * MILLION;
  let tokens = most;
  for (const rates of reachable(price, Number(input))) {
    const left = scaled - inputRate(rates) * input - rates.searches * BigInt(facts.searches ?? 0);
    const rate = outputRate(rates) * BigInt(facts.choices);
    const paid = rate > 0n && left >= 0n ? left / rate : left < 0n ? -1n : most;
    if (paid < tokens) tokens = paid;
  }
  return Number(tokens);
}
