import type { RawIndex } from "../../../base/raw-json.ts";
import type { CacheMark } from "../../../core/generation/node.ts";
import type { Caching, GenerationRequest, OutputFormat, Sampling } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField, CHOICES_BOUNDS, optionalCount, refuseTenantBound } from "../../fields.ts";

/** Wire types: openai, `ChatCompletionCreateParamsBase`. */

function optionalNumber(body: JsonObject, key: string): number | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw badField(key, "must be a number.");
  return value;
}

export function optionalText(body: JsonObject, key: string, param = key): string | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badField(param, "must be a string.");
  return value;
}

/** A boolean, or undefined when absent or null: here false is a word of its own. */
export function optionalFlag(body: JsonObject, key: string, param = key): boolean | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw badField(param, "must be true or false.");
  return value;
}

function optionalObject(body: JsonObject, key: string): JsonObject | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  const object = asObject(value);
  if (!object) throw badField(key, "must be an object.");
  return object;
}

/** The object without members that are undefined. */
export function defined<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const { stop } = body;
  if (stop === undefined || stop === null) return undefined;
  if (typeof stop === "string") return [stop];
  if (Array.isArray(stop) && stop.every((item) => typeof item === "string")) return stop;
  throw badField("stop", "must be a string or a list of strings.");
}

/** What chat and legacy completions share; `logprobs` they write differently. */
export function readSampling(body: JsonObject): Sampling {
  return defined<Sampling>({
    temperature: optionalNumber(body, "temperature"),
    topP: optionalNumber(body, "top_p"),
    topK: optionalNumber(body, "top_k"),
    seed: optionalNumber(body, "seed"),
    stop: readStop(body),
    presencePenalty: optionalNumber(body, "presence_penalty"),
    frequencyPenalty: optionalNumber(body, "frequency_penalty"),
    choices: optionalCount(body, "n", CHOICES_BOUNDS),
    logitBias: optionalObject(body, "logit_bias"),
  });
}

const LOGPROBS_BOUNDS = { min: 0, max: 1000 };

export function readChatSampling(body: JsonObject): Sampling {
  return {
    ...readSampling(body),
    ...defined<Sampling>({
      logprobs: optionalFlag(body, "logprobs"),
      topLogprobs: optionalCount(body, "top_logprobs", LOGPROBS_BOUNDS),
    }),
  };
}

/** `response_format`; a type that only some server has says nothing in the neutral form. */
export function readFormat(body: JsonObject, raw: RawIndex): OutputFormat {
  const format = optionalObject(body, "response_format");
  if (format?.type === "json_object") return { type: "json" };
  if (format?.type !== "json_schema") return { type: "text" };
  const schema = asObject(format.json_schema);
  if (!schema) throw badField("response_format.json_schema", "must be an object with the schema.");
  const inner = asObject(schema.schema);
  const at = "response_format.json_schema";
  return {
    type: "schema",
    schema: inner ? raw.of(inner) : "{}",
    ...defined<{ name?: string; description?: string; strict?: boolean }>({
      name: optionalText(schema, "name", `${at}.name`),
      description: optionalText(schema, "description", `${at}.description`),
      strict: optionalFlag(schema, "strict", `${at}.strict`),
    }),
  };
}

/** Formats that only the client's own protocol can ask for (a server's `grammar`, `regex`). */
export function isForeignFormat(body: JsonObject): boolean {
  const type = asObject(body.response_format)?.type;
  return type !== undefined && type !== "text" && type !== "json_object" && type !== "json_schema";
}

const TTLS = new Set<unknown>(["5m", "30m", "1h"]);

/** Anthropic's `cache_control` inside chat, as OpenRouter takes it, or OpenAI's `prompt_cache_breakpoint`. */
export function readCacheMark(node: JsonObject): CacheMark | undefined {
  const mark = asObject(node.cache_control) ?? asObject(node.prompt_cache_breakpoint);
  if (!mark) return undefined;
  return TTLS.has(mark.ttl) ? { ttl: mark.ttl as "5m" | "30m" | "1h" } : {};
}

export function readCaching(body: JsonObject): Caching {
  for (const [at, google] of [
    ["extra_body.google", asObject(asObject(body.extra_body)?.google)],
    ["google", asObject(body.google)],
  ] as const) {
    if (google?.cached_content === undefined) continue;
    throw refuseTenantBound(`${at}.cached_content`, "send the content itself.");
  }
  return defined<Caching>({
    key: optionalText(body, "prompt_cache_key"),
    retention: optionalText(body, "prompt_cache_retention"),
    mark: readCacheMark({ cache_control: body.cache_control }),
  });
}

/** What the answer shall contain besides text. */
export function readModalities(body: JsonObject): readonly string[] {
  const { modalities } = body;
  if (modalities === undefined || modalities === null) return [];
  if (!Array.isArray(modalities) || !modalities.every((item) => typeof item === "string")) {
    throw badField("modalities", "must be a list of strings.");
  }
  return modalities.filter((modality) => modality !== "text");
}

type Scalars = Pick<GenerationRequest, "verbosity" | "serviceTier" | "user" | "metadata" | "parallelCalls">;

export function readScalars(body: JsonObject): Scalars {
  return {
    verbosity: optionalText(body, "verbosity"),
    serviceTier: optionalText(body, "service_tier"),
    user: optionalText(body, "user") ?? optionalText(body, "safety_identifier"),
    metadata: optionalObject(body, "metadata"),
    parallelCalls: optionalFlag(body, "parallel_tool_calls"),
  };
}
