import type { Effort, GenerationRequest, Reasoning } from "../../core/generation/request.ts";
import type { TargetTraits, ThinkingControl } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { effortOfBudget, nearestEffort } from "./efforts.ts";
import { isAsked, isOff, type ReasoningFacts, visible } from "./reasoning-facts.ts";
import { fitBudget } from "./thinking-budget.ts";

/**
 * Reasoning as the target is told it (PROTOCOLS.md 1.5a): the same words for the same wish, and of what
 * cannot be said the nearest, with a loss.
 */
export function fitReasoning(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const path = fieldName(request.origin, "reasoning");
  const facts: ReasoningFacts = {
    asked: shownByDefault(request),
    traits,
    outputTokensMax: request.outputTokensMax,
    lose: (reason) => report.lose("changed", path, reason),
  };
  if (!isAsked(request.reasoning)) return { ...request, reasoning: facts.asked };
  return { ...request, reasoning: RULES[traits.thinking](facts) };
}

/** Chat has no word for it and Anthropic's older clients none: who asks for thinking there, sees it. */
function shownByDefault({ reasoning, origin }: GenerationRequest): Reasoning {
  const shows = origin === "openai-chat" || origin === "anthropic-messages";
  if (!shows || reasoning.show !== undefined || isOff(reasoning) || !isAsked(reasoning)) return reasoning;
  return { ...reasoning, show: "summary" };
}

/** The effort that was asked for, in words or in tokens; undefined: on, and no more was said. */
function askedEffort({ asked: { effort, budgetTokens }, lose }: ReasoningFacts): Effort | undefined {
  if (effort !== undefined && effort !== "none") return effort;
  if (budgetTokens === undefined || budgetTokens < 0) return undefined;
  lose("a budget of tokens as an effort");
  return effortOfBudget(budgetTokens);
}

/** The nearest effort that the model knows. */
function knownEffort(facts: ReasoningFacts, effort: Effort): Effort {
  const known = nearestEffort(effort, facts.traits.efforts);
  if (known !== effort) facts.lose(`effort ${effort} as ${known}`);
  return known;
}

const RULES: Record<ThinkingControl, (facts: ReasoningFacts) => Reasoning> = {
  none({ asked, lose }) {
    if (!isOff(asked)) lose("the model cannot be told how to think");
    return visible(asked);
  },
  budget: fitBudget,
  adaptive(facts) {
    const { asked } = facts;
    if (isOff(asked)) return { mode: "off" };
    const effort = askedEffort(facts);
    return { mode: "auto", ...visible(asked), ...(effort ? { effort: knownEffort(facts, effort) } : {}) };
  },
  effort(facts) {
    const { asked, traits } = facts;
    if (!isOff(asked)) {
      // Some models do not think at all unless they are told an effort.
      return { mode: "on", ...visible(asked), effort: knownEffort(facts, askedEffort(facts) ?? "medium") };
    }
    if (traits.efforts.length === 0 || traits.efforts.includes("none"))
      return { mode: "off", effort: "none" };
    return leastThinking(facts);
  },
  level(facts) {
    const { asked } = facts;
    if (isOff(asked)) return leastThinking(facts);
    const effort = askedEffort(facts);
    return { mode: "on", ...visible(asked), ...(effort ? { effort: knownEffort(facts, effort) } : {}) };
  },
  template: onOrOff,
  switch: onOrOff,
};

/** For models that always think. */
function leastThinking({ asked, traits, lose }: ReasoningFacts): Reasoning {
  lose("the model cannot stop thinking: as little as it can");
  return { mode: "on", ...visible(asked), effort: nearestEffort("minimal", traits.efforts) };
}

/** Servers with a switch; an effort is told beside it only where some are declared. */
function onOrOff(facts: ReasoningFacts): Reasoning {
  const { asked, traits, lose } = facts;
  if (isOff(asked)) return { mode: "off" };
  const on: Reasoning = { mode: "on", ...visible(asked) };
  if (traits.efforts.length > 0) {
    const effort = askedEffort(facts);
    return effort ? { ...on, effort: knownEffort(facts, effort) } : on;
  }
  const { effort, budgetTokens = 0 } = asked;
  // vLLM and SGLang cut thinking at `thinking_token_budget`.
  const isBounded = traits.thinking === "template" && budgetTokens > 0;
  if (isBounded) return { ...on, budgetTokens };
  if (effort !== undefined || budgetTokens > 0) lose("thinking can only be on or off");
  return on;
}
