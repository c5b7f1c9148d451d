import type { Usage } from "../core/usage.ts";

/** Everything that the model wrote. */
export function outputTokens({ output, reasoning, audioOutput, imageOutput }: Usage): number {
  return output + reasoning + audioOutput + imageOutput;
}

/** Everything that the model read and wrote; what came from a cache was read too. */
export function totalTokens(usage: Usage): number {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, audioInput } = usage;
  return input + cacheRead + cacheWrite5m + cacheWrite1h + audioInput + outputTokens(usage);
}
