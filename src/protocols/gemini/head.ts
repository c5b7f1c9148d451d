import { findMember, type Member, scanMembers } from "../../base/json-members.ts";
import { type Splice, spliceText } from "../../base/splice.ts";
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
  "generateContentRequest",
  "generate_content_request",
]);
const CONTROLLED_WRAPPED = controlledFields(["model", "cachedContent", "cached_content", "contents"]);
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

/** The whole request that counting tokens may wrap, and where its members stand. */
function wrappedIn(
  body: JsonObject,
  bytes: Uint8Array,
): { wrapped: JsonObject; members: Member[] } | undefined {
  const wrapped = asObject(body.generateContentRequest ?? body.generate_content_request);
  if (!wrapped) return undefined;
  const top = scanMembers(bytes);
  const member = findMember(top, "generateContentRequest") ?? findMember(top, "generate_content_request");
  return member && { wrapped, members: scanMembers(bytes, member.valueStart) };
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
  const inner = path.operation === "count-tokens" ? wrappedIn(body, bytes) : undefined;
  if (inner) refuseAmbiguous(inner.members, CONTROLLED_WRAPPED, "generateContentRequest.");
  else if (!Array.isArray(body.contents)) {
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

/** The model stands in the path; only a request that is wrapped for counting names it once more. */
export function editGeminiRequest({ body }: RequestHead, bytes: Uint8Array, model: string): Splice[] {
  const inner = wrappedIn(body, bytes);
  const member = inner && findMember(inner.members, "model");
  const name = `models/${model}`;
  if (!member || inner.wrapped.model === name || inner.wrapped.model === model) return [];
  return [spliceText(member.valueStart, member.valueEnd, JSON.stringify(name))];
}
