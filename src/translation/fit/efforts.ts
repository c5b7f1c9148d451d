import { EFFORTS, type Effort } from "../../core/generation/request.ts";

function isEffort(text: string): text is Effort {
  return (EFFORTS as readonly string[]).includes(text);
}

/**
 * The effort that is nearest among those a model knows; between two the higher, as Google's own
 * OpenAI endpoint does it. `none` is never an approximation of anything.
 * @param known the model's efforts; empty: all
 */
export function nearestEffort(effort: Effort, known: readonly string[]): Effort {
  if (known.length === 0 || known.includes(effort)) return effort;
  const wanted = EFFORTS.indexOf(effort);
  const candidates = known.filter(isEffort).filter((word) => word !== "none");
  const distance = (word: Effort) => Math.abs(EFFORTS.indexOf(word) - wanted);
  return candidates.reduce(
    (best, word) => (distance(word) <= distance(best) ? word : best),
    candidates[0] ?? effort,
  );
}

/** Tokens of thinking that stand for an effort where a model is told tokens. */
export const BUDGET_TOKENS: Readonly<Record<Exclude<Effort, "none">, number>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
};

const STEPS: readonly (readonly [atMost: number, effort: Effort])[] = [
  [1_024, "minimal"],
  [4_096, "low"],
  [16_384, "medium"],
  [32_768, "high"],
];

/** The effort that stands for a budget where a model is told efforts. */
export function effortOfBudget(tokens: number): Effort {
  return STEPS.find(([atMost]) => tokens <= atMost)?.[1] ?? "xhigh";
}
