import { type MeteredUsage, NO_USAGE } from "../core/usage.ts";
import type { TapState } from "../protocols/protocol.ts";

/** Bytes of English, code and JSON that make a token, on average over the vendors' tokenizers. */
const INPUT_BYTES_PER_TOKEN = 3.5;
const OUTPUT_BYTES_PER_TOKEN = 4;

/**
 * What to charge for: the upstream's report where there is one; otherwise an estimate from the
 * request's bytes (unless the input was reported, as Anthropic does at the start) and the output
 * that was relayed.
 */
export function meterUsage(tap: TapState, bodyBytes: number): MeteredUsage {
  if (tap.source === "reported") return { usage: tap.usage, source: "reported" };
  const known = tap.usage.input + tap.usage.cacheRead + tap.usage.cacheWrite5m + tap.usage.cacheWrite1h;
  const input = known > 0 ? tap.usage.input : Math.ceil(bodyBytes / INPUT_BYTES_PER_TOKEN);
  const output = Math.max(tap.usage.output, Math.ceil(tap.textBytes / OUTPUT_BYTES_PER_TOKEN));
  return { usage: { ...(known > 0 ? tap.usage : NO_USAGE), input, output }, source: "estimated" };
}
