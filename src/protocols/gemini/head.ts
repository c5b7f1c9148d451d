import { findMember, type Member, scanMembers } from "../../base/json-members.ts";
import { type Splice, spliceText } from "../../base/splice.ts";
import { GatewayError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { insertMember, lastMember, lowerLimits, openingOf, replaceValue } from "../edit-limit.ts";
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
import type { PathFacts, RequestEdits } from "../protocol.ts";

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
    ...(budgetIn(config) ? { outputTokensLeast: BUDGET_TOKENS_LEAST + ANSWER_TOKENS } : {}),
    choices: optionalCount(config, countKey, CHOICES_BOUNDS, `generationConfig.${countKey}`) ?? 1,
    wantsUsage: true,
    previousId: undefined,
    body,
  };
}

/** Models differ; none refuses this as too little. */
const BUDGET_TOKENS_LEAST = 512;
/** What is left for the answer beside a budget that was lowered. */
const ANSWER_TOKENS = 16;

/** The thinking budget and the names on the way to it; undefined where none is said or the model decides. */
function budgetIn(config: JsonObject): { budget: number; path: [string, string] } | undefined {
  const outer = config.thinkingConfig === undefined ? "thinking_config" : "thinkingConfig";
  const thinking = asObject(config[outer]);
  const inner = thinking?.thinkingBudget === undefined ? "thinking_budget" : "thinkingBudget";
  const budget = thinking?.[inner];
  return typeof budget === "number" && budget > 0 ? { budget, path: [outer, inner] } : undefined;
}

function lowerBudget(config: JsonObject, bytes: Uint8Array, open: number, limit: number): Splice[] {
  const found = budgetIn(config);
  if (!found || found.budget < limit) return [];
  const thinking = lastMember(scanMembers(bytes, open), found.path[0]);
  const member = thinking && lastMember(scanMembers(bytes, thinking.valueStart), found.path[1]);
  return member ? [replaceValue(member, Math.max(BUDGET_TOKENS_LEAST, limit - ANSWER_TOKENS))] : [];
}

const LIMITS = ["maxOutputTokens", "max_output_tokens"] as const;

function editLimit(body: JsonObject, bytes: Uint8Array, limit: number): Splice[] {
  const members = scanMembers(bytes);
  const key = body.generationConfig === undefined ? "generation_config" : "generationConfig";
  const member = lastMember(members, key);
  const config = asObject(body[key]);
  const fresh = `{"maxOutputTokens":${limit}}`;
  if (!member) return [insertMember(openingOf(bytes), members, "generationConfig", fresh)];
  if (!config) return [spliceText(member.valueStart, member.valueEnd, fresh)];
  const open = member.valueStart;
  return [...lowerLimits(bytes, open, config, LIMITS, limit), ...lowerBudget(config, bytes, open, limit)];
}

/** The model stands in the path; only a request that is wrapped for counting names it once more. */
export function editGeminiRequest(
  { body }: RequestHead,
  bytes: Uint8Array,
  { model, outputTokensMax }: RequestEdits,
): Splice[] {
  if (outputTokensMax !== undefined) return editLimit(body, bytes, outputTokensMax);
  const inner = wrappedIn(body, bytes);
  const member = inner && findMember(inner.members, "model");
  const name = `models/${model}`;
  if (!member || inner.wrapped.model === name || inner.wrapped.model === model) return [];
  return [spliceText(member.valueStart, member.valueEnd, JSON.stringify(name))];
}
