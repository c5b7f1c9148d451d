import { formatRate, shownNanos } from "../core/currency.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { type ListedPrice, multiplierPpmOf, multiplierTerms } from "./explain-charge.ts";
import type { ReceiptLeg, ReceiptPrices, ReceiptTransfer } from "./receipt-store.ts";

export interface ReceiptFacts {
  readonly record: RequestRecord;
  readonly account: string;
  readonly legs: readonly ReceiptLeg[];
  readonly transfers: readonly ReceiptTransfer[];
  readonly prices: (ReceiptPrices & { readonly listed: ListedPrice }) | undefined;
  /** What the account is shown besides USD, at the rate of the request's arrival. */
  readonly shown: { readonly code: string; readonly ppm: bigint } | undefined;
}

/** `cacheWrite5m` → `cache_write_5m` */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]|(?<=[a-z])\d/g, "_$&").toLowerCase();
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The model's own row of the price list; null where that version did not know it. */
function priceRow({ content }: ReceiptPrices, model: string): unknown {
  const rows: unknown = JSON.parse(content);
  if (!Array.isArray(rows)) return null;
  const row: unknown = rows.find((candidate: { id?: unknown }) => candidate.id === model);
  return (row as { price?: unknown } | undefined)?.price ?? null;
}

function pricesOf({ record, prices }: ReceiptFacts): object {
  const ppm = prices ? multiplierPpmOf(record, prices.listed) : record.multiplier?.ppm;
  return {
    version: record.priceVersion,
    since: prices ? iso(prices.since) : null,
    nanos_per_million: prices ? priceRow(prices, record.model) : null,
    multiplier: ppm === undefined ? null : formatRate(ppm),
    ...multiplierTerms(record.multiplier),
  };
}

function movements({ legs, transfers }: ReceiptFacts): object[] {
  const charges = legs.map(({ leg, state, lotId, source, amountNanos, pricedNanos, at }) => ({
    kind: "charge",
    leg,
    state,
    lot: lotId,
    source,
    amount_nanos: (-amountNanos).toString(),
    priced_nanos: pricedNanos.toString(),
    at: iso(at),
  }));
  const others = transfers.map(({ key, kind, nanos, at }) => ({
    kind,
    key,
    amount_nanos: nanos.toString(),
    at: iso(at),
  }));
  return [...charges, ...others];
}

/** What happened to one request and what it cost, in the words that are signed; the same facts give the same receipt. */
export function receiptOf(facts: ReceiptFacts): object {
  const { record, account, legs, transfers, shown } = facts;
  const charged = legs.reduce(
    (sum, { state, amountNanos }) => sum + (state === "void" ? 0n : amountNanos),
    0n,
  );
  const paidBack = transfers.reduce((sum, { nanos }) => sum + nanos, 0n);
  return {
    type: "quoin.receipt.v1",
    request_id: record.id,
    at: iso(record.at),
    account,
    key_id: record.keyId,
    model: record.model,
    protocol: record.protocol,
    operation: record.operation,
    stream: record.stream,
    status: record.status,
    outcome: record.outcome,
    usage: Object.fromEntries(Object.entries(record.usage).map(([kind, units]) => [snakeCase(kind), units])),
    usage_source: record.usageSource,
    currency: "USD",
    prices: pricesOf(facts),
    attempts: record.attempts.map(({ upstream, model, status, outcome, reason, startMs, tookMs }) => ({
      upstream,
      model,
      status,
      outcome,
      reason: reason ?? null,
      start_ms: Math.round(startMs),
      took_ms: Math.round(tookMs),
    })),
    transfers: movements(facts),
    charged_nanos: charged.toString(),
    paid_back_nanos: paidBack.toString(),
    net_nanos: (charged - paidBack).toString(),
    ...(shown && {
      shown: {
        currency: shown.code,
        rate: formatRate(shown.ppm),
        net_nanos: shownNanos(charged - paidBack, shown.ppm).toString(),
      },
    }),
  };
}
