import type { GenerationRequest, Part, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";

/** What Google documents for calls of a history that its model did not make. */
export const GEMINI_SENTINEL = "skip_thought_signature_validator";

/**
 * What a model insists on in each step of a history (an assistant turn that calls tools), where the
 * history cannot give it: Gemini 3 a signature on the first call, DeepSeek reasoning, if only an empty one.
 */
export function fitSteps(request: GenerationRequest, traits: TargetTraits): GenerationRequest {
  if (traits.protocol === "gemini" && traits.vendor === "google" && traits.thinking === "level") {
    return { ...request, turns: request.turns.map(withSentinel) };
  }
  if (request.origin === traits.protocol || SEALED_PROTOCOLS.has(traits.protocol)) return request;
  if (traits.replayReasoning !== "required" || request.reasoning.mode === "off") return request;
  return { ...request, turns: request.turns.map(withReasoning) };
}

const SEALED_PROTOCOLS: ReadonlySet<string> = new Set(["gemini", "openai-responses"]);

/** Of parallel calls Gemini signs the first only. */
function withSentinel(turn: Turn): Turn {
  const first = turn.parts.findIndex(({ kind }) => kind === "call");
  const call = turn.parts[first];
  if (turn.role !== "assistant" || !call || call.signature) return turn;
  const signed: Part = { ...call, signature: { value: GEMINI_SENTINEL, by: "google" } };
  return { ...turn, parts: turn.parts.with(first, signed) };
}

/** Never a made-up thought: models begin to repeat a placeholder that stands in every turn. */
function withReasoning(turn: Turn): Turn {
  const kinds = new Set(turn.parts.map(({ kind }) => kind));
  if (turn.role !== "assistant" || !kinds.has("call") || kinds.has("reasoning")) return turn;
  return { ...turn, parts: [{ kind: "reasoning", text: "" }, ...turn.parts] };
}
