import { Raw } from "../../../base/raw-json.ts";
import type { GenerationRequest, OutputFormat } from "../../../core/generation/request.ts";
import type { ThinkingControl } from "../../../core/generation/traits.ts";
import type { JsonObject } from "../../../core/json.ts";
import { type FieldName, fieldName } from "../../field-names.ts";
import type { EncodeContext } from "../../translation.ts";
import { GROUP_NAMES, type GroupName, writtenGroup } from "../notes.ts";

type Writer = (request: GenerationRequest, context: EncodeContext) => JsonObject;

function lose(request: GenerationRequest, context: EncodeContext, field: FieldName, reason: string): void {
  context.report.lose("dropped", fieldName(request.origin, field), reason);
}

const isOpenAi = ({ traits }: EncodeContext) => traits.vendor === "openai";

function writeLimit(request: GenerationRequest, { traits }: EncodeContext): JsonObject {
  const key = traits.completionTokensField ? "max_completion_tokens" : "max_tokens";
  return { [key]: request.outputTokensMax };
}

function writeSampling(request: GenerationRequest, context: EncodeContext): JsonObject {
  const { sampling } = request;
  if (sampling.topK !== undefined && isOpenAi(context)) {
    lose(request, context, "topK", "OpenAI has no top_k");
  }
  return {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: isOpenAi(context) ? undefined : sampling.topK,
    seed: sampling.seed,
    stop: sampling.stop,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    n: sampling.choices,
    logprobs: sampling.logprobs,
    top_logprobs: sampling.logprobs ? sampling.topLogprobs : undefined,
    logit_bias: sampling.logitBias,
  };
}

const effortOnly: Writer = ({ reasoning }) => ({ reasoning_effort: reasoning.effort });

/** Google takes its own object inside chat, OpenRouter a budget in `reasoning`. */
function writeBudget({ reasoning }: GenerationRequest, { traits }: EncodeContext): JsonObject {
  const budget = reasoning.mode === "off" ? 0 : reasoning.budgetTokens;
  if (traits.vendor === "google") {
    if (budget === undefined) return { reasoning_effort: reasoning.effort };
    const shown = reasoning.show !== undefined && reasoning.show !== "none";
    const config = { thinking_budget: budget, ...(shown ? { include_thoughts: true } : {}) };
    return { extra_body: { google: { thinking_config: config } } };
  }
  if (reasoning.mode === "off") return { reasoning: { enabled: false } };
  return budget === undefined
    ? { reasoning_effort: reasoning.effort }
    : { reasoning: { max_tokens: budget } };
}

/** By how the model is told to think; fit has chosen mode, effort and budget for it. */
const THINKING: { readonly [K in ThinkingControl]: Writer } = {
  none: () => ({}),
  effort: effortOnly,
  adaptive: effortOnly,
  level: effortOnly,
  budget: writeBudget,
  template: ({ reasoning }) => ({
    chat_template_kwargs: { enable_thinking: reasoning.mode !== "off" },
    reasoning_effort: reasoning.mode === "off" ? undefined : reasoning.effort,
    thinking_token_budget: reasoning.mode === "off" ? undefined : reasoning.budgetTokens,
  }),
  switch: ({ reasoning }) => ({
    thinking: { type: reasoning.mode === "off" ? "disabled" : "enabled" },
    reasoning_effort: reasoning.mode === "off" ? undefined : reasoning.effort,
  }),
};

function writeReasoning(request: GenerationRequest, context: EncodeContext): JsonObject {
  const { mode, effort, budgetTokens } = request.reasoning;
  if (mode === undefined && effort === undefined && budgetTokens === undefined) return {};
  return THINKING[context.traits.thinking](request, context);
}

function writeFormat({ format }: { readonly format: OutputFormat }): JsonObject {
  if (format.type === "text") return {};
  if (format.type === "json") return { response_format: { type: "json_object" } };
  const json_schema = {
    name: format.name ?? "response",
    description: format.description,
    schema: new Raw(format.schema),
    strict: format.strict,
  };
  return { response_format: { type: "json_schema", json_schema } };
}

/** Fields that only OpenAI's own endpoint knows; others refuse or ignore them. */
function writeVerbosity(request: GenerationRequest, context: EncodeContext): JsonObject {
  if (request.verbosity === undefined) return {};
  if (isOpenAi(context)) return { verbosity: request.verbosity };
  lose(request, context, "verbosity", "the model has no verbosity");
  return {};
}

const TIERS = new Set(["auto", "default", "flex", "scale", "priority"]);

function writeTier(request: GenerationRequest, context: EncodeContext): JsonObject {
  const { serviceTier: tier } = request;
  if (tier === undefined) return {};
  if (isOpenAi(context) && TIERS.has(tier)) return { service_tier: tier };
  if (tier !== "auto") lose(request, context, "serviceTier", "the upstream has no such tier");
  return {};
}

/** OpenAI takes metadata for stored answers only, and we store none there. */
function writeMetadata(request: GenerationRequest, context: EncodeContext): JsonObject {
  if (request.metadata) lose(request, context, "metadata", "no answer is stored there");
  return {};
}

/** Hints; where they are not known, nothing is lost but speed. */
function writeCaching({ caching }: GenerationRequest, context: EncodeContext): JsonObject {
  return isOpenAi(context)
    ? { prompt_cache_key: caching.key, prompt_cache_retention: caching.retention }
    : {};
}

function writeModalities({ modalities }: GenerationRequest): JsonObject {
  return modalities.length > 0 ? { modalities: ["text", ...modalities] } : {};
}

/** The groups that say something of their own; tools write the choice among them. */
const WRITERS: { readonly [K in Exclude<GroupName, "choice" | "parallel">]: Writer } = {
  stream: ({ stream }) => (stream ? { stream } : {}),
  limit: writeLimit,
  sampling: writeSampling,
  reasoning: writeReasoning,
  format: writeFormat,
  verbosity: writeVerbosity,
  tier: writeTier,
  user: ({ user }) => ({ user }),
  metadata: writeMetadata,
  caching: writeCaching,
  store: () => ({}),
  modalities: writeModalities,
};

/** Every group as its client wrote it where it spoke chat and nothing has changed, else as the target takes it. */
export function writeSettings(request: GenerationRequest, context: EncodeContext): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of GROUP_NAMES) {
    if (name === "choice" || name === "parallel") continue;
    Object.assign(body, writtenGroup(request, name) ?? WRITERS[name](request, context));
  }
  return body;
}
