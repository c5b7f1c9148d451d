import { type Nanos, parseUsd } from "../core/money.ts";
import { type DatedPrice, PPM_OF_ONE, type Price, type Rates } from "../core/price.ts";
import type { PeriodConfig, PriceConfig, PriceKinds, PriceTier, TieredPrice } from "./types.ts";

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

/** `"0.85"` → `850_000n`; checked by the schema already. */
export function multiplierPpm(text: string): bigint {
  return parseUsd(text) / 1_000n;
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
  characters: "characters",
  minute: "minute",
} as const satisfies Record<string, keyof PriceKinds>;

export type PriceField = keyof typeof KIND_OF;

export type PriceFields<Amount> = { readonly [Field in PriceField]?: Amount | undefined };
export type TierFields<Amount> = Omit<PriceFields<Amount>, "request" | "search" | "minute"> & {
  readonly above_input_tokens: number;
};
type TieredFields<Amount> = PriceFields<Amount> & {
  readonly tiers?: readonly TierFields<Amount>[] | undefined;
};
/** A day (`2026-12-01`, its start in UTC) or a moment with its zone. */
export type PeriodFields<Amount> = TieredFields<Amount> & {
  readonly from: string;
  readonly until?: string | undefined;
};
export type PricedFields<Amount> = TieredFields<Amount> & {
  readonly periods?: readonly PeriodFields<Amount>[] | undefined;
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

function readTiered<Amount>(
  fields: TieredFields<Amount>,
  read: (amount: Amount, at: AmountPath) => Nanos,
  at: AmountPath,
): TieredPrice {
  const tiers = (fields.tiers ?? []).map(
    (tier, index): PriceTier => ({
      aboveInputTokens: tier.above_input_tokens,
      ...readKinds(tier, read, [...at, "tiers", index]),
    }),
  );
  return {
    ...readKinds(fields, read, at),
    tiers: tiers.toSorted((left, right) => left.aboveInputTokens - right.aboveInputTokens),
  };
}

/** A price in quoin.yaml's names as nanos; tiers come out in ascending order. */
export function readPrice<Amount>(
  fields: PricedFields<Amount>,
  read: (amount: Amount, at: AmountPath) => Nanos,
): PriceConfig {
  const periods = (fields.periods ?? []).map(
    (period, index): PeriodConfig => ({
      ...readTiered(period, read, ["periods", index]),
      from: period.from,
      until: period.until,
    }),
  );
  return { ...readTiered(fields, read, []), ...(periods.length > 0 ? { periods } : {}) };
}

const SEARCHES_PER_MILLION = 1_000_000n;
const SECONDS_PER_MILLION = 1_000_000n;
const SECONDS_PER_MINUTE = 60n;

/** Nanos of a minute as nanos of a million seconds, half up: at most a millionth of a nano off for a second. */
function perMillionSeconds(minute: Nanos): Nanos {
  return (minute * SECONDS_PER_MILLION + SECONDS_PER_MINUTE / 2n) / SECONDS_PER_MINUTE;
}

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
    imageOutput: kinds.image ?? output,
    searches: (kinds.search ?? 0n) * SEARCHES_PER_MILLION,
    characters: kinds.characters ?? 0n,
    seconds: perMillionSeconds(kinds.minute ?? 0n),
  };
}

function compileTiered(price: TieredPrice): Price {
  return {
    rates: fillRates(price),
    tiers: price.tiers.map((tier) => ({
      aboveInputTokens: tier.aboveInputTokens,
      rates: fillRates({ ...price, ...tier }),
    })),
    perRequest: price.request ?? 0n,
    multiplierPpm: PPM_OF_ONE,
  };
}

/**
 * A declared price with every kind of usage filled in. A tier inherits what it does not name from its
 * price, and so does a period from the base price, whose tiers count in it unless it has its own.
 */
export function compilePrice(price: PriceConfig): DatedPrice {
  const { periods = [], ...base } = price;
  return {
    base: compileTiered(base),
    periods: periods.map(({ from, until, tiers, ...kinds }) => ({
      fromMs: Date.parse(from),
      untilMs: until === undefined ? undefined : Date.parse(until),
      price: compileTiered({ ...base, ...kinds, tiers: tiers.length > 0 ? tiers : base.tiers }),
    })),
  };
}
