import { Raw } from "../../../base/raw-json.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { GenerationRequest, OutputFormat } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { type FieldName, fieldName, outputLimitName } from "../../field-names.ts";
import type { EncodeContext } from "../../translation.ts";
import { some } from "../members.ts";
import { type FieldGroup, keptOf, RESPONSES } from "../notes.ts";
import { writeToolChoice } from "./tools.ts";

type FieldWriter = (request: GenerationRequest, context: EncodeContext) => JsonObject;

/** How each group of members is written where the client did not write it in this protocol. */
export const WRITERS: { readonly [Group in FieldGroup]: FieldWriter } = {
  stream: ({ stream }) => (stream ? { stream } : {}),
  limit: writeLimit,
  sampling: writeSampling,
  reasoning: writeReasoning,
  text: writeText,
  choice: ({ toolChoice, tools }) => some("tool_choice", toolChoice && writeToolChoice(toolChoice, tools)),
  parallel: ({ parallelCalls }) => some("parallel_tool_calls", parallelCalls),
  tier: writeTier,
  user: ({ user }) => some("user", user),
  metadata: ({ metadata }) => some("metadata", metadata),
  caching: writeCaching,
  state: writeState,
};

/** The vendor refuses limits below this. */
const OUTPUT_TOKENS_MIN = 16;

function writeLimit(request: GenerationRequest, { traits, report }: EncodeContext): JsonObject {
  const { outputTokensMax } = request;
  if (outputTokensMax === undefined) return {};
  if (traits.vendor !== "openai" || outputTokensMax >= OUTPUT_TOKENS_MIN) {
    return { max_output_tokens: outputTokensMax };
  }
  report.lose("changed", outputLimitName(request), `at least ${OUTPUT_TOKENS_MIN} there`);
  return { max_output_tokens: OUTPUT_TOKENS_MIN };
}

const UNKNOWN_SAMPLING = [
  "topK",
  "seed",
  "stop",
  "presencePenalty",
  "frequencyPenalty",
  "logitBias",
] as const;

/** @throws GatewayError `unsupported` for several choices: an answer is one */
function writeSampling(request: GenerationRequest, { report }: EncodeContext): JsonObject {
  const { origin, sampling } = request;
  if ((sampling.choices ?? 1) > 1) throw severalChoices(fieldName(origin, "choices"));
  for (const key of UNKNOWN_SAMPLING) {
    const value = sampling[key];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    report.lose("dropped", fieldName(origin, key satisfies FieldName), "not in the Responses API");
  }
  return {
    ...some("temperature", sampling.temperature),
    ...some("top_p", sampling.topP),
    ...some("top_logprobs", sampling.topLogprobs),
  };
}

function severalChoices(param: string): GatewayError {
  const message = `${param}: this model's upstream answers with one choice; leave it out, or send several requests.`;
  return new GatewayError("unsupported", message, { param });
}

/** A summary is asked for where the client shows one; the vendor demands a verified account for it. */
function writeReasoning(request: GenerationRequest, { traits }: EncodeContext): JsonObject {
  if (traits.thinking === "none") return {};
  const { reasoning } = request;
  const effort = reasoning.mode === "off" ? "none" : reasoning.effort;
  const isShown = reasoning.show === "summary" || reasoning.show === "full";
  const summary = isShown && effort !== "none" ? (reasoning.summaryStyle ?? "auto") : undefined;
  const written = { ...reasoningExtras(request), ...some("effort", effort), ...some("summary", summary) };
  return Object.keys(written).length > 0 ? { reasoning: written } : {};
}

/** Members of `reasoning` that only this protocol has (`reasoning.context`). */
function reasoningExtras(request: GenerationRequest): JsonObject {
  const members = Object.entries(keptOf(request)).filter(([key]) => key.startsWith("reasoning."));
  return Object.fromEntries(members.map(([key, value]) => [key.slice("reasoning.".length), value]));
}

function writeText({ format, verbosity }: GenerationRequest): JsonObject {
  if (format.type === "text" && verbosity === undefined) return {};
  return { text: { format: writeFormat(format), ...some("verbosity", verbosity) } };
}

function writeFormat(format: OutputFormat): JsonObject {
  if (format.type !== "schema") return { type: format.type === "json" ? "json_object" : "text" };
  return {
    type: "json_schema",
    name: format.name ?? "answer",
    ...some("description", format.description),
    schema: new Raw(format.schema),
    strict: format.strict ?? false,
  };
}

const TIERS = new Set(["auto", "default", "flex", "scale", "priority"]);

function writeTier({ origin, serviceTier }: GenerationRequest, { report }: EncodeContext): JsonObject {
  if (serviceTier === undefined || TIERS.has(serviceTier)) return some("service_tier", serviceTier);
  report.lose("dropped", fieldName(origin, "serviceTier"), "no such tier in the Responses API");
  return {};
}

function writeCaching({ caching }: GenerationRequest): JsonObject {
  return { ...some("prompt_cache_key", caching.key), ...some("prompt_cache_retention", caching.retention) };
}

/**
 * Nothing is stored at the vendor for clients of other protocols, who send the whole conversation each time;
 * the model's state comes back to us sealed instead.
 */
function writeState(request: GenerationRequest, context: EncodeContext): JsonObject {
  const { state, origin } = request;
  if (origin !== RESPONSES) return { store: false, ...include(request, context) };
  return {
    ...some("previous_response_id", state.previousId),
    ...some("store", state.store),
    ...some("include", state.include),
  };
}

function include({ sampling, tools }: GenerationRequest, { traits }: EncodeContext): JsonObject {
  const words = [
    ...(traits.thinking === "none" ? [] : ["reasoning.encrypted_content"]),
    ...(sampling.logprobs ? ["message.output_text.logprobs"] : []),
    ...(tools.some((tool) => tool.builtin?.search) ? ["web_search_call.action.sources"] : []),
  ];
  return words.length > 0 ? { include: words } : {};
}
