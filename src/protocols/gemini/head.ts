import { findMember, type Member, scanMembers } from "../../base/json-members.ts";
import { GatewayError } from "../../core/errors.ts";
import { asList, asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import {
  badField,
  CHOICES_BOUNDS,
  controlledFields,
  OUTPUT_LIMIT_BOUNDS,
  optionalCount,
  refuseAmbiguous,
  refuseTenantBound,
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

/** A URI of Google's own Files API, which belongs to the upstream's account. */
const FILES_API = /generativelanguage\.googleapis\.com\/.*files\//;

function refuseFiles(contents: unknown): void {
  for (const [index, content] of asList(contents).entries()) {
    for (const [part, value] of asList(asObject(content)?.parts).entries()) {
      const fields = asObject(value);
      const file = asObject(fields?.fileData) ?? asObject(fields?.file_data);
      const uri = file?.fileUri ?? file?.file_uri;
      if (typeof uri !== "string" || !FILES_API.test(uri)) continue;
      throw refuseTenantBound(
        `contents[${index}].parts[${part}].fileData`,
        "send the content as inlineData.",
      );
    }
  }
}

function configOf(body: JsonObject, bytes: Uint8Array, members: readonly Member[]): JsonObject {
  const member = findMember(members, "generationConfig") ?? findMember(members, "generation_config");
  const config = asObject(body.generationConfig ?? body.generation_config);
  if (!member || !config) return {};
  refuseAmbiguous(scanMembers(bytes, member.valueStart), CONTROLLED_CONFIG, `${member.key}.`);
  return config;
}

function refuseCached(body: JsonObject): void {
  if (body.cachedContent === undefined && body.cached_content === undefined) return;
  throw refuseTenantBound(
    "cachedContent",
    "send the whole contents; repeated prefixes are cached by themselves.",
  );
}

export function readGeminiHead(body: JsonObject, bytes: Uint8Array, path: PathFacts): RequestHead {
  const members = scanMembers(bytes);
  refuseAmbiguous(members, CONTROLLED);
  if (!path.model)
    throw new GatewayError(
      "bad_request",
      "The path names no model; write /v1beta/models/{model}:generateContent.",
    );
  const wrapped = path.operation === "count-tokens" && asObject(body.generateContentRequest);
  if (!wrapped && !Array.isArray(body.contents)) {
    throw badField("contents", "this field is required and must be a list.");
  }
  refuseCached(body);
  refuseFiles(body.contents);
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
