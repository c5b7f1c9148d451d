import { inputTokensOf, outputTokensOf, type Usage } from "../core/usage.ts";

/** Everything that the model read and wrote; what came from a cache was read too. */
export function totalTokens(usage: Usage): number {
  return inputTokensOf(usage) + outputTokensOf(usage);
}
