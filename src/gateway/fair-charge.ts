import { inputTokensOf, type MeteredUsage, NO_USAGE, type Usage } from "../core/usage.ts";
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

function written({ output, reasoning, audioOutput, imageOutput }: Usage): number {
  return output + reasoning + audioOutput + imageOutput;
}

/**
 * More than the model can have read or written. Searches make several rounds, whose inputs vendors add up;
 * they are left out of the judgement.
 */
function isImplausible(usage: Usage, contextTokens: number, choices: number): boolean {
  if (usage.searches > 0) return false;
  return inputTokensOf(usage) > contextTokens || written(usage) > contextTokens * choices;
}

/** Whether the report alone does not say what to charge, and the text must be looked at. */
export function needsText(tap: TapState, { model, head }: Exchange): boolean {
  if (tap.source !== "reported" || written(tap.usage) === 0) return true;
  return isImplausible(tap.usage, model?.contextTokens ?? Number.POSITIVE_INFINITY, head?.choices ?? 1);
}

/**
 * An answer without any output costs nothing; a report that cannot be true is replaced by our own count.
 * @param bodyBytes of the request
 */
export function fairCharge(exchange: Exchange, tap: TapState, bodyBytes: number): FairCharge {
  const metered = meterUsage(tap, bodyBytes);
  if (!needsText(tap, exchange)) return { metered, free: false };
  if (written(metered.usage) === 0 && tap.textBytes === 0) {
    return { metered, free: true, note: "empty answer: nothing is charged" };
  }
  if (tap.source !== "reported" || written(tap.usage) === 0) return { metered, free: false };
  const own = estimateUsage({ ...tap, usage: NO_USAGE, source: "none" }, bodyBytes);
  const note = `implausible usage: the upstream reports ${inputTokensOf(tap.usage)} tokens of input and ${written(tap.usage)} of output, more than the model's context; charged by our own count`;
  return { metered: own, free: false, doubtful: true, note };
}
