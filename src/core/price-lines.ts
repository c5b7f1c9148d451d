import type { Nanos } from "./money.ts";
import type { DatedPrice, Price } from "./price.ts";

/** Every amount of a price under a name of its own, in nanos as decimal strings: what can be compared and shown. */
export type PriceLines = Readonly<Record<string, string>>;

function addPrice(lines: Record<string, string>, prefix: string, { rates, tiers, perRequest }: Price): void {
  const add = (name: string, nanos: Nanos) => {
    lines[prefix + name] = nanos.toString();
  };
  for (const [kind, nanos] of Object.entries(rates)) add(kind, nanos);
  add("request", perRequest);
  for (const tier of tiers) {
    for (const [kind, nanos] of Object.entries(tier.rates)) {
      add(`${kind} above ${tier.aboveInputTokens}`, nanos);
    }
  }
}

/** Names are kinds of usage, of a tier with its bound, of a period behind its moments. */
export function priceLines({ base, periods }: DatedPrice): PriceLines {
  const lines: Record<string, string> = {};
  addPrice(lines, "", base);
  for (const { fromMs, untilMs, price } of periods) {
    const until = untilMs === undefined ? "" : new Date(untilMs).toISOString();
    addPrice(lines, `${new Date(fromMs).toISOString()}/${until} `, price);
  }
  return lines;
}

/** An amount that differs between two price lists; undefined: it is not in that one. */
export interface PriceChange {
  readonly model: string;
  readonly kind: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What differs in `to` from `from`, by model, in the order of the names. */
export function comparePrices(
  from: Readonly<Record<string, PriceLines>>,
  to: Readonly<Record<string, PriceLines>>,
): PriceChange[] {
  const models = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return models.flatMap((model) => {
    const [before = {}, after = {}] = [from[model], to[model]];
    const kinds = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return kinds
      .filter((kind) => before[kind] !== after[kind])
      .map((kind) => ({ model, kind, from: before[kind], to: after[kind] }));
  });
}
