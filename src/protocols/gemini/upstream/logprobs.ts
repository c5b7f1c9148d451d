import type { StreamPart, TokenLogprob } from "../../../core/generation/stream-part.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { ChoiceState } from "./decoder-state.ts";

function tokenOf(value: unknown): Omit<TokenLogprob, "top"> {
  const { token, logProbability } = asObject(value) ?? {};
  return {
    token: typeof token === "string" ? token : "",
    logprob: typeof logProbability === "number" ? logProbability : 0,
  };
}

/** `LogprobsResult`: the chosen tokens and, step by step, those that could have been. */
export function decodeLogprobs({ open }: ChoiceState, result: JsonObject | undefined): StreamPart[] {
  const chosen = asList(result?.chosenCandidates);
  if (open?.kind !== "text" || chosen.length === 0) return [];
  const steps = asList(result?.topCandidates);
  const tokens = chosen.map((value, step) => ({
    ...tokenOf(value),
    top: asList(asObject(steps[step])?.candidates).map(tokenOf),
  }));
  return [{ type: "logprobs", index: open.index, tokens }];
}
