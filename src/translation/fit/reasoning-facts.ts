import type { Reasoning } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";

/** What the rules for one kind of thinking control look at. */
export interface ReasoningFacts {
  readonly asked: Reasoning;
  readonly traits: TargetTraits;
  /** Tokens of the whole answer, thinking included; undefined: left to the model. */
  readonly outputTokensMax: number | undefined;
  /** Reports that the client's field was changed. */
  lose(reason: string): void;
}

export function isAsked({ mode, effort, budgetTokens }: Reasoning): boolean {
  return mode !== undefined || effort !== undefined || budgetTokens !== undefined;
}

export function isOff({ mode, effort }: Reasoning): boolean {
  return mode === "off" || (mode === undefined && effort === "none");
}

/** What of the wish is about seeing, not about thinking. */
export function visible({ show, summaryStyle }: Reasoning): Reasoning {
  return {
    ...(show === undefined ? {} : { show }),
    ...(summaryStyle === undefined ? {} : { summaryStyle }),
  };
}
