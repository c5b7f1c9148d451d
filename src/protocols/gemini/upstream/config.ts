import { Raw } from "../../../base/raw-json.ts";
import type { Effort, GenerationRequest, OutputFormat, Reasoning } from "../../../core/generation/request.ts";
import type { ThinkingControl } from "../../../core/generation/traits.ts";
import type { JsonObject } from "../../../core/json.ts";
import { fieldName } from "../../field-names.ts";
import { CONFIG_FIELDS, present } from "../fields.ts";
import { fitJsonSchema } from "../schema/fit-json-schema.ts";
import { schemaToProto } from "../schema/to-proto.ts";
import { asWritten } from "../written.ts";
import { mediaResolution } from "./contents.ts";
import { type Encoding, innerFields, unknownFields } from "./encoding.ts";

function encodeSampling({ sampling, outputTokensMax }: GenerationRequest): JsonObject {
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    candidateCount: sampling.choices,
    maxOutputTokens: outputTokensMax,
    stopSequences: sampling.stop,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    seed: sampling.seed,
    responseLogprobs: sampling.logprobs,
    logprobs: sampling.topLogprobs,
  };
}

const LEVELS: Record<Effort, string> = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH",
  max: "HIGH",
};

/** Gemini 2.5: 0 turns thinking off, -1 leaves it to the model. */
function budgetOf({ mode, budgetTokens }: Reasoning): JsonObject {
  if (mode === "off") return { thinkingBudget: 0 };
  if (budgetTokens !== undefined) return { thinkingBudget: budgetTokens };
  return mode === "auto" ? { thinkingBudget: -1 } : {};
}

/** Gemini 3 cannot be stopped from thinking, only be kept short. */
function levelOf({ mode, effort }: Reasoning): JsonObject {
  if (mode === "off") return { thinkingLevel: "MINIMAL" };
  return effort === undefined ? {} : { thinkingLevel: LEVELS[effort] };
}

/** Who asks for thinking, and did not say that it shall stay hidden, is shown it. */
function thoughtsShown({ mode, effort, budgetTokens, show }: Reasoning): JsonObject {
  if (show !== undefined) return show === "none" ? {} : { includeThoughts: true };
  const asked = effort !== undefined || budgetTokens !== undefined || mode === "on" || mode === "auto";
  return asked && mode !== "off" && effort !== "none" ? { includeThoughts: true } : {};
}

function thinkingOf(control: ThinkingControl, reasoning: Reasoning): JsonObject {
  if (control === "none") return {};
  const amount = control === "budget" ? budgetOf(reasoning) : levelOf(reasoning);
  const thinkingConfig = { ...amount, ...(reasoning.mode === "off" ? {} : thoughtsShown(reasoning)) };
  return Object.keys(thinkingConfig).length > 0 ? { thinkingConfig } : {};
}

/** A schema goes with `application/json`, or Google refuses it. */
function encodeFormat({ traits, report, request }: Encoding, format: OutputFormat): JsonObject {
  if (format.type === "text") return {};
  const responseMimeType = "application/json";
  if (format.type === "json") return { responseMimeType };
  const path = fieldName(request.origin, "format");
  if (format.description !== undefined) {
    report.lose("dropped", `${path}.description`, "Gemini takes the description inside the schema");
  }
  if (!traits.jsonSchema) {
    const responseSchema = schemaToProto(format.schema);
    return responseSchema ? { responseMimeType, responseSchema } : { responseMimeType };
  }
  const { text, unheeded } = fitJsonSchema(format.schema);
  for (const keyword of unheeded)
    report.lose("dropped", `${path}.${keyword}`, "Gemini does not heed this keyword");
  return { responseMimeType, responseJsonSchema: new Raw(text) };
}

/** Speech comes alone, pictures come with text (Google's models know no other combinations). */
function encodeModalities(modalities: readonly string[]): JsonObject {
  if (modalities.length === 0) return {};
  const names = modalities.map((name) => name.toUpperCase());
  return { responseModalities: names.includes("AUDIO") ? names : ["TEXT", ...names] };
}

export function encodeConfig(encoding: Encoding): JsonObject {
  const { request, traits } = encoding;
  const { reasoning, format, modalities } = request;
  const generationConfig = {
    ...unknownFields(innerFields(request, "generationConfig"), CONFIG_FIELDS),
    ...mediaResolution(encoding),
    ...present(encodeSampling(request)),
    ...(asWritten(request, "$thinking", reasoning) ?? thinkingOf(traits.thinking, reasoning)),
    ...(asWritten(request, "$format", format) ?? encodeFormat(encoding, format)),
    ...(asWritten(request, "$modalities", modalities) ?? encodeModalities(modalities)),
  };
  const empty =
    Object.keys(generationConfig).length === 0 && request.extensions.gemini?.$config === undefined;
  return empty ? {} : { generationConfig };
}
