import { doubtNote } from "../core/doubt.ts";
import { inputTokensOf, type MeteredUsage, NO_USAGE, outputTokensOf, type Usage } from "../core/usage.ts";
import type { TapState } from "../protocols/protocol.ts";
import { estimateUsage, meterUsage } from "./estimate-usage.ts";
import type { Exchange } from "./exchange.ts";

/** What an answer that ended well is charged for, by the policy that docs/clients/billing.md publishes. */
export interface FairCharge {
  readonly metered: MeteredUsage;
  /** Nothing is charged, whatever the upstream says that it used. */
  readonly free: boolean;
  /** The upstream's report cannot be true. */
  readonly doubtful?: boolean;
  /** For the record. */
  readonly note?: string;
}

/**
 * More than the model can have read or written. Searches make several rounds, whose inputs vendors add up;
 * they are left out of the judgement.
 */
function isImplausible(usage: Usage, contextTokens: number, choices: number): boolean {
  if (usage.searches > 0) return false;
  return inputTokensOf(usage) > contextTokens || outputTokensOf(usage) > contextTokens * choices;
}

/** What is known of an answer, without a report that cannot be true; wherever in the answer it stands. */
export function believed(tap: TapState, { model, head }: Exchange): TapState {
  const contextTokens = model?.contextTokens ?? Number.POSITIVE_INFINITY;
  if (!isImplausible(tap.usage, contextTokens, head?.choices ?? 1)) return tap;
  return { ...tap, usage: NO_USAGE, source: "none" };
}

/** Whether the report alone does not say what to charge, and the text must be looked at. */
export function needsText(tap: TapState, exchange: Exchange): boolean {
  return tap.source !== "reported" || outputTokensOf(tap.usage) === 0 || believed(tap, exchange) !== tap;
}

/** For the record, where a report is not believed. */
export function doubtOf(usage: Usage): string {
  return doubtNote({ inputTokens: inputTokensOf(usage), outputTokens: outputTokensOf(usage) });
}

/** By our own count, where the report cannot be true; undefined: it can. */
function doubted(exchange: Exchange, tap: TapState, bodyBytes: number): FairCharge | undefined {
  const ours = believed(tap, exchange);
  if (ours === tap) return undefined;
  return { metered: estimateUsage(ours, bodyBytes), free: false, doubtful: true, note: doubtOf(tap.usage) };
}

/**
 * An answer without any output costs nothing; a report that cannot be true is replaced by our own count.
 * @param textBytes of the request, asked for where the report does not say what to charge
 */
export function fairCharge(exchange: Exchange, tap: TapState, textBytes: () => number): FairCharge {
  if (!needsText(tap, exchange)) return { metered: { usage: tap.usage, source: "reported" }, free: false };
  const bodyBytes = textBytes();
  const metered = meterUsage(tap, bodyBytes);
  if (outputTokensOf(metered.usage) === 0 && tap.textBytes === 0) {
    return { metered, free: true, note: "empty answer: nothing is charged" };
  }
  return doubted(exchange, tap, bodyBytes) ?? { metered, free: false };
}

/** What an answer that its client cut is charged for: what was relayed. @param bodyBytes of the request as text */
export function fairCutCharge(exchange: Exchange, tap: TapState, bodyBytes: number): FairCharge {
  return doubted(exchange, tap, bodyBytes) ?? { metered: estimateUsage(tap, bodyBytes), free: false };
}
