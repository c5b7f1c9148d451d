import type { Effort, OutputFormat, Reasoning, Sampling } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField, OUTPUT_LIMIT_BOUNDS, optionalCount } from "../../fields.ts";
import { CONFIG_FIELDS, present } from "../fields.ts";
import { schemaFromProto } from "../schema/from-proto.ts";
import {
  fieldsOf,
  kept,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  type Reading,
  rest,
} from "./reading.ts";

const PATH = "generationConfig";

/** Everything that `generationConfig` says. */
export interface DecodedConfig {
  readonly sampling: Sampling;
  readonly outputTokensMax: number | undefined;
  readonly reasoning: Reasoning;
  readonly format: OutputFormat;
  readonly modalities: readonly string[];
  /** How the client wrote what can be written in several ways. */
  readonly written: {
    readonly thinking?: JsonObject;
    readonly format?: JsonObject;
    readonly modalities?: JsonObject;
  };
  readonly rest: JsonObject;
}

const NUMBERS = ["temperature", "topP", "topK", "seed", "presencePenalty", "frequencyPenalty"] as const;

function decodeSampling(config: JsonObject): Sampling {
  const sampling: { -readonly [Field in keyof Sampling]: Sampling[Field] } = {};
  for (const field of NUMBERS) {
    const value = optionalNumber(config[field], `${PATH}.${field}`);
    if (value !== undefined) sampling[field] = value;
  }
  const choices = optionalNumber(config.candidateCount, `${PATH}.candidateCount`);
  if (choices !== undefined) sampling.choices = choices;
  const top = optionalNumber(config.logprobs, `${PATH}.logprobs`);
  if (top !== undefined) sampling.topLogprobs = top;
  if (typeof config.responseLogprobs === "boolean") sampling.logprobs = config.responseLogprobs;
  if (config.stopSequences !== undefined)
    sampling.stop = texts(config.stopSequences, `${PATH}.stopSequences`);
  return sampling;
}

function texts(value: unknown, path: string): string[] {
  return optionalList(value, path).map((text) => {
    if (typeof text !== "string") throw badField(path, "must be a list of strings.");
    return text;
  });
}

const LEVELS: Readonly<Record<string, Effort>> = {
  MINIMAL: "minimal",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
};

/** `thinkingConfig`: a budget of 0 turns thinking off, -1 leaves it to the model; thoughts are hidden unless asked for. */
function decodeReasoning(thinking: JsonObject | undefined): Reasoning {
  if (!thinking) return { show: "none" };
  const path = `${PATH}.thinkingConfig`;
  const show = thinking.includeThoughts === true ? "summary" : "none";
  const level = optionalText(thinking.thinkingLevel, `${path}.thinkingLevel`)?.toUpperCase() ?? "";
  const budget = optionalNumber(thinking.thinkingBudget, `${path}.thinkingBudget`);
  if (budget === 0) return { mode: "off", show };
  if (budget !== undefined && budget > 0) return { mode: "on", budgetTokens: budget, show };
  const effort = Object.hasOwn(LEVELS, level) ? LEVELS[level] : undefined;
  if (effort) return { mode: "on", effort, show };
  return budget === undefined ? { show } : { mode: "auto", show };
}

function decodeFormat(reading: Reading, config: JsonObject): OutputFormat {
  const mime = optionalText(config.responseMimeType, `${PATH}.responseMimeType`) ?? "text/plain";
  const json = config.responseJsonSchema ?? config._responseJsonSchema;
  if (json !== undefined && json !== null) {
    return { type: "schema", schema: typeof json === "object" ? reading.raw.of(json) : JSON.stringify(json) };
  }
  if (asObject(config.responseSchema)) {
    return { type: "schema", schema: JSON.stringify(schemaFromProto(config.responseSchema)) };
  }
  return { type: mime === "application/json" ? "json" : "text" };
}

/** The fields among `names` as they were written; undefined without any. */
function noteOf(reading: Reading, config: JsonObject, names: readonly string[]): JsonObject | undefined {
  const found = names.filter((name) => config[name] !== undefined);
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map((name) => [name, kept(reading, config[name])]));
}

const FORMAT_FIELDS = ["responseMimeType", "responseSchema", "responseJsonSchema", "_responseJsonSchema"];

export function decodeConfig(reading: Reading, value: unknown): DecodedConfig {
  const object = optionalObject(value, PATH);
  const config = object ? fieldsOf(reading, object) : {};
  const thinking = optionalObject(config.thinkingConfig, `${PATH}.thinkingConfig`);
  const modalities = texts(config.responseModalities, `${PATH}.responseModalities`);
  const written = {
    thinking: noteOf(reading, config, ["thinkingConfig"]),
    format: noteOf(reading, config, FORMAT_FIELDS),
    modalities: noteOf(reading, config, ["responseModalities"]),
  };
  return {
    sampling: decodeSampling(config),
    outputTokensMax: optionalCount(config, "maxOutputTokens", OUTPUT_LIMIT_BOUNDS, `${PATH}.maxOutputTokens`),
    reasoning: decodeReasoning(thinking && fieldsOf(reading, thinking)),
    format: decodeFormat(reading, config),
    modalities: modalities.map((name) => name.toLowerCase()).filter((name) => name !== "text"),
    written: present(written),
    rest: rest(reading, config, CONFIG_FIELDS, "generationConfig"),
  };
}
