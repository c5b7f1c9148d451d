import type { Reasoning } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { BUDGET_TOKENS } from "./efforts.ts";
import { isOff, type ReasoningFacts, visible } from "./reasoning-facts.ts";

/** Tokens that a model can be told to think. */
interface BudgetRange {
  readonly min: number;
  readonly max: number;
  /** It can be told not to think at all. */
  readonly canStop: boolean;
  /** It can be told to decide by itself, by this budget. */
  readonly auto?: number;
}

const ANTHROPIC: BudgetRange = { min: 1_024, max: Number.POSITIVE_INFINITY, canStop: true };
const OTHERS: BudgetRange = { min: 1, max: Number.POSITIVE_INFINITY, canStop: true };
/** Gemini 2.5 by the name of the model (ai.google.dev, thinking budgets). */
const GEMINI: readonly (readonly [name: RegExp, range: BudgetRange])[] = [
  [/pro/, { min: 128, max: 32_768, canStop: false, auto: -1 }],
  [/lite/, { min: 512, max: 24_576, canStop: true, auto: -1 }],
  [/./, { min: 1, max: 24_576, canStop: true, auto: -1 }],
];

function rangeOf({ protocol, model }: TargetTraits): BudgetRange {
  if (protocol === "anthropic-messages") return ANTHROPIC;
  return (protocol === "gemini" && GEMINI.find(([name]) => name.test(model))?.[1]) || OTHERS;
}

/**
 * Thinking as a number of tokens, below the limit of the answer: the client's limit is never raised, so
 * thinking shrinks to half of it, and goes off where that leaves less than the least.
 */
export function fitBudget(facts: ReasoningFacts): Reasoning {
  const { asked, traits, outputTokensMax, lose } = facts;
  const range = rangeOf(traits);
  if (isOff(asked) && range.canStop) return { mode: "off" };
  const on: Reasoning = { mode: "on", ...visible(asked) };
  if (isOff(asked)) {
    lose("the model cannot stop thinking: as little as it can");
    return { ...on, budgetTokens: range.min };
  }
  const wanted = wantedTokens(asked);
  if (wanted === undefined && range.auto !== undefined)
    return { ...on, mode: "auto", budgetTokens: range.auto };
  const budgetTokens = roomFor(wanted ?? BUDGET_TOKENS.medium, outputTokensMax, range);
  if (budgetTokens === undefined) {
    lose("no room for thinking in so short an answer");
    return { mode: "off" };
  }
  if (asked.budgetTokens !== undefined && asked.budgetTokens !== budgetTokens)
    lose(`a budget of ${asked.budgetTokens} tokens as ${budgetTokens}`);
  return { ...on, budgetTokens };
}

function wantedTokens({ budgetTokens, effort }: Reasoning): number | undefined {
  if (budgetTokens !== undefined && budgetTokens > 0) return budgetTokens;
  return effort === undefined || effort === "none" ? undefined : BUDGET_TOKENS[effort];
}

/**
 * The budget that fits: as wanted where the answer has room for it, else half of the answer; undefined
 * where the least does not fit.
 */
function roomFor(
  wanted: number,
  limit: number | undefined,
  { min, max, canStop }: BudgetRange,
): number | undefined {
  const clamped = Math.min(Math.max(wanted, min), max);
  if (limit === undefined || clamped < limit) return clamped;
  const half = Math.max(min, Math.floor(limit / 2));
  if (half < limit) return half;
  return canStop ? undefined : min;
}
