import { priceUsage } from "../billing/price-usage.ts";
import { GatewayError } from "../core/errors.ts";
import type { Nanos } from "../core/money.ts";
import { priceAt } from "../core/price.ts";
import type { KeptAnswer, Outcome } from "../core/request-record.ts";
import { type MeteredUsage, NO_USAGE, type Usage } from "../core/usage.ts";
import { releasePermit } from "./acquire-permit.ts";
import { clientName } from "./client-name.ts";
import type { Exchange } from "./exchange.ts";
import type { FairCharge } from "./fair-charge.ts";
import type { Gateway } from "./gateway.ts";
import { keepTranscript } from "./keep-transcript.ts";

export interface Ending {
  readonly outcome: Outcome;
  /** The HTTP status that the client got, or would have got. */
  readonly status: number;
  readonly error?: string;
  readonly metered?: MeteredUsage;
  readonly chargeNanos?: Nanos;
  readonly answerId?: string;
}

/** 64 bits, signed. */
const PRICED_NANOS_MAX: Nanos = (1n << 63n) - 1n;

/** What no ledger's column holds would stop the whole ledger, for an amount that nobody believes. */
const countable = (nanos: Nanos): Nanos => (nanos < PRICED_NANOS_MAX ? nanos : PRICED_NANOS_MAX);

const UNMETERED: MeteredUsage = { usage: NO_USAGE, source: "none" };

/** The end of every exchange: gives its permit back and writes its record, once. Requests of nobody are not recorded: there is no account to show them to. */
export function recordExchange(gateway: Gateway, exchange: Exchange, ending: Ending): void {
  gateway.running.delete(exchange.id);
  exchange.upload?.close();
  releasePermit(gateway, exchange, ending.metered?.usage);
  if (exchange.recorded || !exchange.principal) return;
  exchange.recorded = true;
  if (exchange.transcript) keepTranscript(gateway, exchange, exchange.transcript);
  const { usage, source } = ending.metered ?? UNMETERED;
  const { accountId, keyId, userId, project } = exchange.principal;
  const lastByteMs = gateway.clock.monotonic() - exchange.startedMs;
  gateway.recorder.record({
    id: exchange.id,
    at: exchange.at,
    accountId,
    keyId,
    userId,
    project,
    model: exchange.model?.id ?? (exchange.head?.model ?? exchange.endpoint.model ?? "").slice(0, 128),
    protocol: exchange.codec.id,
    operation: exchange.endpoint.operation,
    stream: exchange.head?.stream ?? exchange.endpoint.stream ?? false,
    status: ending.status,
    outcome: ending.outcome,
    error: ending.error,
    usage,
    usageSource: source,
    chargeNanos: ending.chargeNanos ?? 0n,
    priceVersion: exchange.priceVersion,
    multiplier: exchange.multiplier,
    attempts: exchange.attempts,
    queueMs: Math.round(exchange.queueMs),
    firstByteMs: Math.round(exchange.firstByteMs || lastByteMs),
    lastByteMs: Math.round(lastByteMs),
    client: clientName(exchange.request.headers.get("user-agent")),
    region: gateway.region,
    notes: exchange.notes,
    answerId: ending.answerId || undefined,
    costNanos: costOf(exchange, ending.metered),
    cacheSavedNanos: ending.chargeNanos ? cacheSaved(exchange.price, usage) : undefined,
  });
}

/** What the operator pays the target that served; undefined where none did, or its cost is not known. */
function costOf({ attempt, attempts, at }: Exchange, metered: MeteredUsage | undefined): Nanos | undefined {
  const cost = attempts.at(-1)?.outcome === "served" ? attempt?.target.cost : undefined;
  if (!cost || !metered || metered.source === "none") return undefined;
  return countable(priceUsage(priceAt(cost, at), metered.usage));
}

/** At the rates of input; what a cut or free answer would have saved is nobody's saving. */
function cacheSaved(price: Exchange["price"], usage: Usage): Nanos | undefined {
  const cached = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  if (!price || cached === 0) return undefined;
  const uncached = { ...usage, input: usage.input + cached, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  return priceUsage(price, uncached) - priceUsage(price, usage);
}

/** The answer as later requests of this account may build on it; only Responses have such. */
export function keptAnswer(exchange: Exchange, answerId: string): KeptAnswer | undefined {
  if (exchange.codec.id !== "openai-responses" || answerId === "") return undefined;
  return { id: answerId, upstream: exchange.attempts.at(-1)?.upstream ?? "" };
}

/**
 * Charges what was used, durably. Resolves with the amount.
 * @throws GatewayError `unavailable` when the charge could not be made: nothing is or will be charged.
 */
export async function chargeExchange(
  gateway: Gateway,
  exchange: Exchange,
  { metered, free, doubtful, note }: FairCharge,
  answer?: KeptAnswer,
): Promise<Nanos> {
  const { reservation, price, priceVersion } = exchange;
  if (!reservation || !price) return 0n;
  if (note !== undefined) exchange.notes.push(note);
  const pricedNanos = free ? 0n : countable(priceUsage(price, metered.usage));
  const outcome = await gateway.ledger.settle(reservation, {
    pricedNanos,
    priceVersion,
    usage: metered.usage,
    answer,
    doubtful,
  });
  if (outcome.kind === "posted") return outcome.amountNanos;
  const message = "The answer could not be charged in time, so it was withheld and costs nothing; try again.";
  throw new GatewayError("unavailable", message, { retryAfterMs: 1000, cause: outcome.cause });
}

/** Frees the hold of a request that served nothing. */
export function releaseHold(gateway: Gateway, exchange: Exchange): void {
  if (exchange.reservation) gateway.ledger.release(exchange.reservation);
}
