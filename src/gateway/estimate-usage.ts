import { type MeteredUsage, NO_USAGE, without } from "../core/usage.ts";
import type { TapState } from "../protocols/protocol.ts";
import { INPUT_BYTES_PER_TOKEN } from "./estimate-input.ts";

export const OUTPUT_BYTES_PER_TOKEN = 4;

/** What to charge for a whole answer: the upstream's report where there is one, otherwise an estimate. */
export function meterUsage(tap: TapState, bodyBytes: number): MeteredUsage {
  if (tap.source === "reported") return { usage: tap.usage, source: "reported" };
  return estimateUsage(tap, bodyBytes);
}

/**
 * What to charge for an answer that was cut or came without a report: the input as it was reported
 * (Anthropic does at the start) or from the request's bytes, and the output that was relayed, which
 * a report of earlier in the stream does not cover.
 */
export function estimateUsage(tap: TapState, bodyBytes: number): MeteredUsage {
  // The client left between the last report and the terminal event: nothing is left to estimate.
  if (tap.finished && tap.source === "reported") return { usage: tap.usage, source: "reported" };
  const known = tap.usage.input + tap.usage.cacheRead + tap.usage.cacheWrite5m + tap.usage.cacheWrite1h;
  const input = known > 0 ? tap.usage.input : Math.ceil(bodyBytes / INPUT_BYTES_PER_TOKEN);
  const relayed = without(Math.ceil(tap.textBytes / OUTPUT_BYTES_PER_TOKEN), tap.usage.reasoning);
  const output = Math.max(tap.usage.output, relayed);
  return { usage: { ...(known > 0 ? tap.usage : NO_USAGE), input, output }, source: "estimated" };
}
