import type { GenerationRequest, OutputFormat } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { DIALECT_OF } from "../../core/protocol.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { withInstruction } from "./turns.ts";

const JSON_ONLY =
  "Answer with one JSON object and nothing else: no words before or after it, no code fence around it.";

/**
 * The form of the answer as the target can be told it, else as an instruction. Never as a forced tool: that
 * does not go together with thinking.
 */
export function fitFormat(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const { format, origin } = request;
  if (format.type === "text") return request;
  if (format.type === "schema" && traits.schemaOutput && !isTorn(request, traits)) return request;
  const told = toldFormat(request, traits);
  // OpenAI refuses its JSON mode when no turn speaks of JSON; its own clients know.
  if (told.type === "json" && format.type === "json" && DIALECT_OF[origin] === "openai")
    return { ...request, format: told };
  if (told.type === "text" || format.type === "schema")
    report.lose("emulated", fieldName(origin, "format"), "the form of the answer as an instruction");
  return withInstruction({ ...request, format: told }, instruction(format));
}

/** Gemini before its third generation gives JSON or calls functions, not both in one request. */
function isTorn({ tools }: GenerationRequest, { protocol, thinking }: TargetTraits): boolean {
  return protocol === "gemini" && thinking !== "level" && tools.length > 0;
}

/** JSON without a schema is known everywhere but at Anthropic. */
function toldFormat(request: GenerationRequest, traits: TargetTraits): OutputFormat {
  const plain = traits.protocol === "anthropic-messages" || isTorn(request, traits);
  return { type: plain ? "text" : "json" };
}

function instruction(format: OutputFormat): string {
  if (format.type !== "schema") return JSON_ONLY;
  const about = format.description === undefined ? "" : ` It is: ${format.description}`;
  return `${JSON_ONLY}${about} It must be valid by this JSON Schema:\n\n${format.schema}`;
}
