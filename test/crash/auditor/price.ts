import type { PriceList, Rates, RequestSeen, Units } from "./seen.ts";

const INPUT_KINDS = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const;
const OUTPUT_KINDS = ["output", "reasoning"] as const;
const MILLION = 1_000_000n;

/** Nanos: an exact sum at the rates of the tier that the whole input reaches, rounded half up. */
export function price(list: PriceList, units: Units): bigint {
  const input = INPUT_KINDS.reduce((sum, kind) => sum + (units[kind] ?? 0), 0);
  const tier = list.tiers.findLast(({ aboveInputTokens }) => input > aboveInputTokens);
  const rates = tier?.rates ?? list.rates;
  let millionths = 0n;
  for (const [kind, count] of Object.entries(units)) {
    const rate = rates[kind];
    if (rate === undefined) throw new Error(`the price list has no rate for ${kind}`);
    millionths += rate * BigInt(count);
  }
  const half = (millionths % MILLION) * 2n >= MILLION ? 1n : 0n;
  return millionths / MILLION + half;
}

function dearest(rates: Rates, kinds: readonly string[]): bigint {
  return kinds.map((kind) => rates[kind] ?? 0n).reduce((most, rate) => (rate > most ? rate : most), 0n);
}

/** What a vendor's chat template may add (LEDGER.md 4 (a), "template overhead"). */
const TEMPLATE_TOKENS = 1_024;

/** The bound (a) of LEDGER.md 4: every byte a token, within the context window, and the output limit. */
export function holdOf({ price: list, bodyBytes, outputTokensMax }: RequestSeen): bigint {
  const input = Math.min(bodyBytes + TEMPLATE_TOKENS, list.contextTokens);
  const output = Math.min(outputTokensMax, list.contextTokens);
  const reachable = list.tiers.filter(({ aboveInputTokens }) => input > aboveInputTokens);
  const bounds = [list.rates, ...reachable.map(({ rates }) => rates)].map(
    (rates) => dearest(rates, INPUT_KINDS) * BigInt(input) + dearest(rates, OUTPUT_KINDS) * BigInt(output),
  );
  const most = bounds.reduce((greatest, bound) => (bound > greatest ? bound : greatest), 0n);
  return (most + MILLION - 1n) / MILLION;
}

/** What the upstream's whole usage costs the customer: F. */
export function fullPrice(request: RequestSeen): bigint {
  const priced = price(request.price, request.usage);
  const hold = holdOf(request);
  return priced < hold ? priced : hold;
}

/** Bytes of a request's body, and of relayed text, that count as a token where nothing was reported. */
const INPUT_BYTES_PER_TOKEN = 3.5;
const TEXT_BYTES_PER_TOKEN = 4;

/** The published amounts for a stream that its client cut: input and relayed output, for all that may have been relayed. */
export function cutPrices(request: RequestSeen): Set<bigint> {
  const { usageAtStart, bodyBytes, textSeen, textSent } = request;
  const base: Units = usageAtStart ?? { input: Math.ceil(bodyBytes / INPUT_BYTES_PER_TOKEN) };
  const least = Math.max(base.output ?? 0, Math.ceil(textSeen / TEXT_BYTES_PER_TOKEN));
  const most = Math.max(least, Math.ceil(textSent / TEXT_BYTES_PER_TOKEN));
  const prices = new Set<bigint>();
  for (let output = least; output <= most; output++) prices.add(price(request.price, { ...base, output }));
  return prices;
}
