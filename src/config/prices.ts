import { type Nanos, parseUsd } from "../core/money.ts";
import type { Price, Rates } from "../core/price.ts";
import type { PriceConfig, PriceKinds, PriceTier } from "./types.ts";

const USD = /^\d{1,9}(\.\d{1,9})?$/;

/**
 * `"0.15"` → `150000000n`: USD as nanos, exactly.
 * @throws RangeError for signs, exponents, spaces and more than nine digits on either side of the point;
 *   the text is not repeated, since it may have come from the environment.
 */
export function parseUsdNanos(text: string): Nanos {
  if (!USD.test(text))
    throw new RangeError('must be USD as a decimal string such as "0.15", with at most nine decimals');
  return parseUsd(text);
}

/** quoin.yaml's and the catalogue's name of each kind → ours. */
const KIND_OF = {
  input: "input",
  output: "output",
  cache_read: "cacheRead",
  cache_write: "cacheWrite5m",
  cache_write_1h: "cacheWrite1h",
  reasoning: "reasoning",
  audio_input: "audioInput",
  audio_output: "audioOutput",
  image: "image",
  request: "request",
  search: "search",
} as const satisfies Record<string, keyof PriceKinds>;

export type PriceField = keyof typeof KIND_OF;

export type PriceFields<Amount> = { readonly [Field in PriceField]?: Amount | undefined };
export type TierFields<Amount> = Omit<PriceFields<Amount>, "request" | "search"> & {
  readonly above_input_tokens: number;
};
export type PricedFields<Amount> = PriceFields<Amount> & {
  readonly tiers?: readonly TierFields<Amount>[] | undefined;
};

/** Where an amount stands inside a price: `["input"]`, `["tiers", 0, "input"]`. */
export type AmountPath = readonly (string | number)[];

function readKinds<Amount>(
  fields: PriceFields<Amount>,
  read: (amount: Amount, at: AmountPath) => Nanos,
  at: AmountPath,
): PriceKinds {
  const kinds: { -readonly [Kind in keyof PriceKinds]: PriceKinds[Kind] } = {};
  for (const field of Object.keys(KIND_OF) as PriceField[]) {
    const amount = fields[field];
    if (amount !== undefined) kinds[KIND_OF[field]] = read(amount, [...at, field]);
  }
  return kinds;
}

/** A price in quoin.yaml's names as nanos; tiers come out in ascending order. */
export function readPrice<Amount>(
  fields: PricedFields<Amount>,
  read: (amount: Amount, at: AmountPath) => Nanos,
): PriceConfig {
  const tiers = (fields.tiers ?? []).map(
    (tier, index): PriceTier => ({
      aboveInputTokens: tier.above_input_tokens,
      ...readKinds(tier, read, ["tiers", index]),
    }),
  );
  return {
    ...readKinds(fields, read, []),
    tiers: tiers.toSorted((left, right) => left.aboveInputTokens - right.aboveInputTokens),
  };
}

const SEARCHES_PER_MILLION = 1_000_000n;

/** Absent kinds cost as the kind they are a part of, so that an omission never gives usage away. */
function fillRates(kinds: PriceKinds): Rates {
  const input = kinds.input ?? 0n;
  const output = kinds.output ?? 0n;
  const cacheWrite5m = kinds.cacheWrite5m ?? input;
  return {
    input,
    cacheRead: kinds.cacheRead ?? input,
    cacheWrite5m,
    cacheWrite1h: kinds.cacheWrite1h ?? cacheWrite5m,
    audioInput: kinds.audioInput ?? input,
    output,
    reasoning: kinds.reasoning ?? output,
    audioOutput: kinds.audioOutput ?? output,
    searches: (kinds.search ?? 0n) * SEARCHES_PER_MILLION,
  };
}

/**
 * A declared price with every kind of usage filled in. A tier inherits what it does not name from the base
 * price. `image` is left out: no kind of usage counts an image's tokens yet.
 */
export function compilePrice(price: PriceConfig): Price {
  return {
    rates: fillRates(price),
    tiers: price.tiers.map((tier) => ({
      aboveInputTokens: tier.aboveInputTokens,
      rates: fillRates({ ...price, ...tier }),
    })),
    perRequest: price.request ?? 0n,
  };
}
