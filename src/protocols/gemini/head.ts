import { findMember, type Member, scanMembers } from "../../base/json-members.ts";
import { GatewayError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import {
  badField,
  CHOICES_BOUNDS,
  controlledFields,
  OUTPUT_LIMIT_BOUNDS,
  optionalCount,
  refuseAmbiguous,
  refuseTenantBound,
  walkParts,
} from "../fields.ts";
import type { PathFacts } from "../protocol.ts";

/** Google's JSON accepts both spellings of every field (proto3 JSON mapping). */
const CONTROLLED = controlledFields([
  "generationConfig",
  "generation_config",
  "cachedContent",
  "cached_content",
  "contents",
]);
const CONTROLLED_CONFIG = controlledFields([
  "maxOutputTokens",
  "max_output_tokens",
  "candidateCount",
  "candidate_count",
]);

/** Anybody's address on the web; not one of Google's Files API or storage, read with the upstream's credential. */
const PUBLIC_ADDRESS = /^https?:\/\/(?!generativelanguage\.googleapis\.com|[^/]*@)/i;

/** Files stand in parts of contents, and in parts of a function's response. */
function refuseFile(part: JsonObject, path: string): Record<string, unknown> {
  const file = asObject(part.fileData) ?? asObject(part.file_data);
  const uri = file?.fileUri ?? file?.file_uri;
  if (typeof uri === "string" && !PUBLIC_ADDRESS.test(uri)) {
    throw refuseTenantBound(`${path}.fileData`, "send the content as inlineData.");
  }
  const answer = asObject(part.functionResponse) ?? asObject(part.function_response);
  return { parts: part.parts, "functionResponse.parts": answer?.parts };
}

/** What of a body names things in the upstream's account; counting tokens may wrap it all once more. */
function refuseForeign(body: JsonObject, prefix = ""): void {
  if (body.cachedContent !== undefined || body.cached_content !== undefined) {
    throw refuseTenantBound(
      `${prefix}cachedContent`,
      "send the whole contents; repeated prefixes are cached by themselves.",
    );
  }
  walkParts(body.contents, { path: `${prefix}contents`, depth: 0 }, refuseFile);
  const system = body.systemInstruction ?? body.system_instruction;
  walkParts([system], { path: `${prefix}systemInstruction`, depth: 0 }, refuseFile);
  const wrapped = asObject(body.generateContentRequest ?? body.generate_content_request);
  if (wrapped && prefix === "") refuseForeign(wrapped, "generateContentRequest.");
}

function configOf(body: JsonObject, bytes: Uint8Array, members: readonly Member[]): JsonObject {
  const member = findMember(members, "generationConfig") ?? findMember(members, "generation_config");
  const config = asObject(body.generationConfig ?? body.generation_config);
  if (!member || !config) return {};
  refuseAmbiguous(scanMembers(bytes, member.valueStart), CONTROLLED_CONFIG, `${member.key}.`);
  return config;
}

export function readGeminiHead(body: JsonObject, bytes: Uint8Array, path: PathFacts): RequestHead {
  const members = scanMembers(bytes);
  refuseAmbiguous(members, CONTROLLED);
  if (!path.model)
    throw new GatewayError(
      "bad_request",
      "The path names no model; write /v1beta/models/{model}:generateContent.",
    );
  const wrapped =
    path.operation === "count-tokens" &&
    asObject(body.generateContentRequest ?? body.generate_content_request) !== undefined;
  if (!wrapped && !Array.isArray(body.contents)) {
    throw badField("contents", "this field is required and must be a list.");
  }
  refuseForeign(body);
  const config = configOf(body, bytes, members);
  const limitKey = config.maxOutputTokens === undefined ? "max_output_tokens" : "maxOutputTokens";
  const countKey = config.candidateCount === undefined ? "candidate_count" : "candidateCount";
  return {
    model: path.model,
    stream: path.stream === true,
    outputTokensMax: optionalCount(config, limitKey, OUTPUT_LIMIT_BOUNDS, `generationConfig.${limitKey}`),
    choices: optionalCount(config, countKey, CHOICES_BOUNDS, `generationConfig.${countKey}`) ?? 1,
    wantsUsage: true,
    previousId: undefined,
    body,
  };
}
