import type { CallPart, GenerationRequest } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { asObject } from "../../core/json.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { mapParts, withTurns } from "./turns.ts";

/**
 * Arguments of the history's calls as the source text of an object, where the target has them as an
 * object (Anthropic, Gemini); chat and Responses take any text. No arguments are an empty object everywhere.
 */
export function fitArguments(
  request: GenerationRequest,
  { protocol }: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const strict = protocol === "anthropic-messages" || protocol === "gemini";
  const turns = mapParts(request.turns, (part, { at }) => {
    if (part.kind !== "call" || part.form === "text") return part;
    if (part.input.trim() === "") return { ...part, input: "{}" };
    return strict ? asObjectText(part, report, part.at ?? at ?? fieldName(request.origin, "turns")) : part;
  });
  return withTurns(request, turns);
}

function asObjectText(call: CallPart, report: LossReport, at: string): CallPart {
  const value = parsed(call.input);
  if (asObject(value)) return call;
  report.lose("changed", at, "arguments that are no object are wrapped in one");
  const wrapped = value === undefined ? { _raw: call.input } : undefined;
  return { ...call, input: wrapped ? JSON.stringify(wrapped) : `{"value":${call.input}}` };
}

/** undefined: not JSON (a model wrote half of it, or never JSON). */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
