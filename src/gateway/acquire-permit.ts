import { countOf } from "../base/count-of.ts";
import { GatewayError } from "../core/errors.ts";
import type { Model, Snapshot } from "../core/model.ts";
import type { Principal } from "../core/principal.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { Usage } from "../core/usage.ts";
import type { LimitKind, Rule } from "../limits/claim.ts";
import type { Acquired } from "../limits/limiter.ts";
import { estimateInput } from "./estimate-input.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { limitHeaders } from "./limit-headers.ts";

/** A store that is out of reach may be back as soon as this. */
const AWAY_RETRY_MS = 1_000;

const WHOSE: Record<Rule["whose"], (model: string) => string> = {
  key: () => "This API key",
  account: () => "All keys of this account together",
  model: (model) => `All keys of this account together on ${model}`,
};

const MAY: Record<LimitKind, (limit: number) => string> = {
  "requests-minute": (limit) => `may make ${countOf(limit, "request")} a minute`,
  "requests-day": (limit) => `may make ${countOf(limit, "request")} a day (UTC)`,
  "tokens-minute": (limit) => `may use ${countOf(limit, "token")} a minute, in and out`,
  concurrency: (limit) => `may have ${countOf(limit, "request")} running at a time`,
};

function limited({ whose, kind, limit }: Rule, retryMs: number, model: Model): GatewayError {
  const may = MAY[kind](limit);
  const wait = `try again in ${Math.ceil(retryMs / 1_000)} s`;
  const mend = kind === "concurrency" ? `wait for one to end, or ${wait}` : wait;
  const message = `${WHOSE[whose](model.id)} ${may}, and has; ${mend}.`;
  return new GatewayError("rate_limit", message, { retryAfterMs: retryMs });
}

/** Others run in its place, so it must not: the upstream is let go, and what waits for it tells the client. */
function lose(exchange: Exchange): void {
  const message =
    "The gateway could not keep this request's place among those that may run at once, and others took it; send it again.";
  exchange.lost = new GatewayError("unavailable", message, { retryAfterMs: AWAY_RETRY_MS });
  exchange.attempt?.cut();
}

/** Keeps what the exchange needs of the verdict. @throws GatewayError `rate_limit`, `unavailable`. */
function admit(gateway: Gateway, exchange: Exchange, acquired: Acquired, model: Model): void {
  if (acquired.kind === "unavailable") {
    const message = "The limits of this key cannot be counted just now; try again in a moment.";
    throw new GatewayError("unavailable", message, { retryAfterMs: AWAY_RETRY_MS, cause: acquired.cause });
  }
  exchange.limitHeaders = limitHeaders(acquired.standings, exchange.dialect, gateway.clock.now());
  if (acquired.kind === "denied") throw limited(acquired.rule, acquired.retryMs, model);
  const { permit } = acquired;
  permit.onLost = () => lose(exchange);
  exchange.permit = permit;
}

function tokensEstimate(gateway: Gateway, exchange: Exchange, model: Model, head: RequestHead): number {
  // What is beside text has no answer of tokens to speak of; a form's bound is some eight times what it is.
  if (head.most)
    return exchange.upload ? Math.ceil(head.most.inputTokens / 8) : estimateInput(exchange.bytes, head.body);
  const outputMax = (head.outputTokensMax ?? model.outputTokensMax) * head.choices;
  const output = Math.min(outputMax, gateway.limiter.likelyOutputTokens(model.id));
  return estimateInput(exchange.bytes, head.body) + output;
}

/**
 * Counts the request against all limits that hold for it, all or none; at once where they are counted in memory.
 * @throws GatewayError `rate_limit`, `unavailable`.
 */
export function acquirePermit(
  gateway: Gateway,
  exchange: Exchange,
  snapshot: Snapshot,
  principal: Principal,
  model: Model,
  head: RequestHead,
): void | Promise<void> {
  const acquired = gateway.limiter.acquire({
    requestId: exchange.id,
    principal,
    plan: snapshot.plans.get(principal.planId),
    model,
    operation: exchange.endpoint.operation,
    tokensEstimate: () => tokensEstimate(gateway, exchange, model, head),
  });
  if (acquired instanceof Promise) return acquired.then((known) => admit(gateway, exchange, known, model));
  if (acquired) admit(gateway, exchange, acquired, model);
}

/** Gives the permit back, however the exchange ended; harmless when it was given back before. */
export function releasePermit(gateway: Gateway, exchange: Exchange, used: Usage | undefined): void {
  const { permit } = exchange;
  exchange.permit = undefined;
  if (permit) gateway.limiter.release(permit, used);
}
