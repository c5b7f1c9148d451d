import type { ReserveResult } from "../billing/outcomes.ts";
import { outputTokensFor, type QuoteFacts, quote } from "../billing/quote.ts";
import type { Reservation } from "../billing/reservation.ts";
import { GatewayError } from "../core/errors.ts";
import type { Nanos } from "../core/money.ts";
import type { Principal } from "../core/principal.ts";
import type { RequestHead } from "../core/request-head.ts";
import { roughUsdInWords, usdInWords } from "../core/usd-in-words.ts";
import { countedBeside } from "./beside-text/meter-beside.ts";
import { estimateTokens } from "./count-tokens.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { generationOf } from "./translate-exchange.ts";

/** A request whose bound is more than the wallet has free. */
export interface Asking {
  readonly gateway: Gateway;
  readonly exchange: Exchange;
  readonly principal: Principal;
  readonly head: RequestHead;
  readonly bound: QuoteFacts;
  /** Counted once: of a long conversation it takes a while. */
  least?: Promise<Least>;
}

/** When running requests hold the money, some of it is usually free again this soon. */
const HELD_RETRY_MS = 2_000;
/** How long a request waits for running ones to free money before it takes less (LEDGER.md 3). */
const RECALL_WAIT_MS = 300;
/** A shorter answer is of no use to anybody, and some upstreams refuse it. */
const OUTPUT_TOKENS_LEAST = 16;
/** Vocabularies differ by some tenths from the one that counts (LEDGER.md 4 (b)). */
const COUNT_MARGIN = 1.15;

function insufficient(balanceNanos: Nanos, leastNanos: Nanos, tokens: number): GatewayError {
  const what = tokens > 0 ? `its input and ${tokens} tokens of answer cost` : "it costs";
  const message = `Your balance of ${roughUsdInWords(balanceNanos, "down")} does not pay for this request: ${what} up to ${roughUsdInWords(leastNanos, "up")}; top up, or send less.`;
  return new GatewayError("insufficient_funds", message);
}

/** A wallet that owes spends nothing, whatever lies in it: its owner is told what to pay. */
async function refused(
  { gateway, principal }: Asking,
  balanceNanos: Nanos,
  leastNanos: Nanos,
  tokens: number,
): Promise<GatewayError> {
  let debtNanos: Nanos;
  try {
    debtNanos = await gateway.debtOf(principal.walletId);
  } catch (cause) {
    return unavailable(cause);
  }
  if (debtNanos === 0n) return insufficient(balanceNanos, leastNanos, tokens);
  const message = `Your account owes ${usdInWords(debtNanos)} after a refund or a dispute of a payment, and spends nothing until that is paid; top up at least as much.`;
  return new GatewayError("insufficient_funds", message);
}

function held(balanceNanos: Nanos): GatewayError {
  const message = `Your running requests hold your balance of ${usdInWords(balanceNanos)}; wait for one to finish, or top up.`;
  return new GatewayError("funds_held", message, { retryAfterMs: HELD_RETRY_MS });
}

export function unavailable(cause: unknown): GatewayError {
  return new GatewayError("unavailable", "The ledger is out of reach; try again in a moment.", {
    retryAfterMs: 1_000,
    cause,
  });
}

/** The input counted, where it can be read; never above the bound. */
async function countedInput({ gateway, exchange, head, bound }: Asking): Promise<number> {
  if (head.previousId !== undefined && exchange.ownInput === undefined) return bound.inputTokens;
  try {
    const tokens = await estimateTokens(generationOf(gateway, exchange, head));
    return Math.min(bound.inputTokens, Math.ceil(tokens * COUNT_MARGIN));
  } catch (fault) {
    // What our own reader does not understand an upstream of the same protocol may serve all the same.
    if (fault instanceof GatewayError) return bound.inputTokens;
    throw fault;
  }
}

/** Waits a moment for running requests to free what is missing, and then takes what there is. */
async function reserveWaiting(asking: Asking, holdNanos: Nanos, leastNanos: Nanos): Promise<ReserveResult> {
  const { gateway, exchange, principal } = asking;
  const { ledger, clock } = gateway;
  const untilMs = clock.monotonic() + RECALL_WAIT_MS;
  for (;;) {
    const whole = await ledger.reserve(principal.walletId, exchange.id, holdNanos);
    const leftMs = untilMs - clock.monotonic();
    const wait = whole.kind === "held" && leftMs > 0;
    if (whole.kind === "reserved" || whole.kind === "unavailable") return whole;
    const least = wait ? whole : await ledger.reserve(principal.walletId, exchange.id, holdNanos, leastNanos);
    if (least.kind !== "held" || leftMs <= 0) return least;
    await ledger.freed(principal.walletId, leftMs);
  }
}

/** A request with its input counted, and the least that an answer of any use costs. */
export interface Least {
  readonly counted: QuoteFacts;
  readonly leastNanos: Nanos;
  readonly tokensLeast: number;
}

export function leastOf(asking: Asking): Promise<Least> {
  asking.least ??= countLeast(asking);
  return asking.least;
}

async function countLeast(asking: Asking): Promise<Least> {
  const { exchange, head, bound } = asking;
  const counted = head.most
    ? await countedBeside(exchange, bound)
    : // Searches that may not be made refuse nobody (DESIGN.md, promise 2).
      { ...bound, inputTokens: await countedInput(asking), searches: 0 };
  const tokensLeast = Math.min(bound.outputTokensMax, head.outputTokensLeast ?? OUTPUT_TOKENS_LEAST);
  return { counted, tokensLeast, leastNanos: quote({ ...counted, outputTokensMax: tokensLeast }) };
}

/**
 * Reserves what the balance pays for where it does not pay for the bound: with the input counted instead of
 * its bytes, and with the output limit lowered to what is left.
 * @throws GatewayError `insufficient_funds`, `funds_held`, `unavailable`.
 */
export async function reserveLess(asking: Asking): Promise<Reservation> {
  const { exchange } = asking;
  const { counted, leastNanos, tokensLeast } = await leastOf(asking);
  const holdNanos = quote(counted);
  const result = await reserveWaiting(asking, holdNanos, leastNanos);
  switch (result.kind) {
    case "reserved": {
      const { reservation } = result;
      if (reservation.holdNanos < holdNanos)
        lowerLimit(exchange, outputTokensFor(reservation.holdNanos, counted), "what the balance pays for");
      return reservation;
    }
    case "insufficient":
      throw await refused(asking, result.balanceNanos, leastNanos, tokensLeast);
    case "held":
      throw held(result.balanceNanos);
    case "unavailable":
      throw unavailable(result.cause);
  }
}

/** The client is told in a header, and the record says why its answer may be short. */
export function lowerLimit(exchange: Exchange, tokens: number, why: string): void {
  // Beside text there is no limit to lower: what is asked for is paid for or refused.
  if (exchange.head?.most) return;
  exchange.outputTokensMax = tokens;
  exchange.notes.push(`output limit lowered to ${tokens} tokens, ${why}`);
}
