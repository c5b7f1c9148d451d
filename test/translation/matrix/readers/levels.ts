import type { Level } from "../meaning.ts";

/** Thinking in tokens as one of the words that other vendors have for it (PROTOCOLS.md 1.5a). */
export function levelOfBudget(tokens: number): Level {
  if (tokens <= 1_024) return "minimal";
  if (tokens <= 4_096) return "low";
  if (tokens <= 16_000) return "medium";
  return tokens <= 32_000 ? "high" : "xhigh";
}
