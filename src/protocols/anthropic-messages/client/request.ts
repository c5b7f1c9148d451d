import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { OUTPUT_LIMIT_BOUNDS, optionalBoolean, optionalCount, requiredModel } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { refuseThread } from "../head.ts";
import { keptMembers } from "../kept-members.ts";
import { optionalObject, readCache } from "./node.ts";
import { readFormat, readReasoning, readSampling } from "./settings.ts";
import { readToolChoice, readTools } from "./tools.ts";
import { readTurns } from "./turns.ts";

const KNOWN = new Set([
  "model",
  "max_tokens",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "stop_sequences",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "service_tier",
  "metadata",
  "cache_control",
]);

const METADATA = new Set(["user_id"]);

const optionalText = (value: unknown) => (typeof value === "string" ? value : undefined);

/** What this protocol alone can say of the request as a whole, and how its fields were written. */
function keptOfBody(body: JsonObject, context: DecodeContext): JsonObject {
  const { raw } = context;
  const metadata = optionalObject(body, "metadata");
  const known = asObject(body.output_format) ? new Set([...KNOWN, "output_format"]) : KNOWN;
  return {
    ...keptMembers(body, known, raw),
    ...(metadata ? keptMembers(metadata, METADATA, raw, "metadata") : {}),
    ...readCache(body.cache_control, raw).note,
    ...(body.stream === false ? { $stream: false } : {}),
    ...(Array.isArray(body.tools) ? { $tools: "list" } : {}),
  };
}

/**
 * A body of `POST /v1/messages` or its `count_tokens` (@anthropic-ai/sdk, `MessageCreateParams`).
 * @throws GatewayError `bad_request` naming the field, `thread_unsupported`.
 */
export function decodeRequest(body: JsonObject, context: DecodeContext): GenerationRequest {
  refuseThread(body);
  const reasoning = readReasoning(body, context);
  const format = readFormat(body, context);
  const { cache } = readCache(body.cache_control, context.raw);
  return {
    origin: "anthropic-messages",
    model: requiredModel(body),
    stream: context.path.operation === "generate" && optionalBoolean(body, "stream"),
    wantsUsage: true,
    turns: readTurns(body, context),
    tools: readTools(body, context),
    ...readToolChoice(body, context),
    outputTokensMax: optionalCount(body, "max_tokens", OUTPUT_LIMIT_BOUNDS),
    sampling: readSampling(body),
    reasoning: reasoning.value,
    format: format.value,
    verbosity: undefined,
    serviceTier: optionalText(body.service_tier),
    user: optionalText(asObject(body.metadata)?.user_id),
    metadata: undefined,
    caching: cache ? { mark: cache } : {},
    state: {},
    modalities: [],
    extensions: {
      "anthropic-messages": { ...keptOfBody(body, context), ...reasoning.kept, ...format.kept },
    },
  };
}
