import type { Effort, GenerationRequest, Reasoning, Sampling } from "../core/generation/request.ts";
import { EFFORTS } from "../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../core/json.ts";
import { fieldName } from "../protocols/field-names.ts";
import type { LossReport } from "../protocols/translation.ts";
import { isAsked } from "./fit/reasoning-facts.ts";

/** Sets a field of `filled` unless the client did. */
type Setter = (filled: GenerationRequest, value: unknown, client: GenerationRequest) => GenerationRequest;

/**
 * A model's declared request fields (quoin.yaml `models[].defaults`, in the spelling of any protocol), set
 * unless the client set them. Thinking from a default never makes an error of a request that is fine
 * without it: it shrinks below the client's output limit, goes off where there is no room or a tool call
 * is forced, and takes temperature and its kin with it; all reported.
 */
export function applyDefaults(
  request: GenerationRequest,
  defaults: JsonObject,
  report: LossReport,
): GenerationRequest {
  let filled = request;
  for (const [name, value] of Object.entries(defaults)) {
    const set = SETTERS[name];
    filled = set ? set(filled, value, request) : setUnknown(filled, name, value);
  }
  return filled.reasoning === request.reasoning ? filled : fitDefaultThinking(filled, report);
}

const nested: Setter = (filled, value, client) =>
  Object.entries(asObject(value) ?? {}).reduce(
    (sofar, [name, inner]) => SETTERS[name]?.(sofar, inner, client) ?? sofar,
    filled,
  );

const isNumber = (value: unknown): value is number => typeof value === "number";
const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

function isEffort(value: unknown): value is Effort {
  return (EFFORTS as readonly unknown[]).includes(value);
}

/** A field of the request itself. */
function own<Field extends "outputTokensMax" | "verbosity" | "serviceTier" | "user" | "parallelCalls">(
  field: Field,
  isValue: (value: unknown) => value is NonNullable<GenerationRequest[Field]>,
): Setter {
  return (filled, value, client) =>
    client[field] === undefined && isValue(value) ? { ...filled, [field]: value } : filled;
}

function sampling(field: Exclude<keyof Sampling, "stop" | "logitBias" | "logprobs">): Setter {
  return (filled, value, client) =>
    client.sampling[field] === undefined && isNumber(value)
      ? { ...filled, sampling: { ...filled.sampling, [field]: value } }
      : filled;
}

const stop: Setter = (filled, value, client) => {
  const stops = (isText(value) ? [value] : asList(value)).filter(isText);
  if (client.sampling.stop !== undefined || stops.length === 0) return filled;
  return { ...filled, sampling: { ...filled.sampling, stop: stops } };
};

/** How much to think is one wish: a client that says any of it has said all of it. */
function reasoning(read: (value: unknown) => Reasoning): Setter {
  return (filled, value, client) => {
    const wish = read(value);
    if (isAsked(client.reasoning) || Object.keys(wish).length === 0) return filled;
    return { ...filled, reasoning: { ...filled.reasoning, ...wish } };
  };
}

function readEffort(effort: unknown): Reasoning {
  if (!isEffort(effort)) return {};
  return effort === "none" ? { mode: "off", effort } : { effort };
}

const MODES = { enabled: "on", adaptive: "auto", disabled: "off" } as const;

function isMode(type: unknown): type is keyof typeof MODES {
  return isText(type) && type in MODES;
}

/** Anthropic's `thinking`, DeepSeek's too. */
function readThinking(value: unknown): Reasoning {
  const { type, budget_tokens: budgetTokens } = asObject(value) ?? {};
  if (!isMode(type)) return {};
  return { mode: MODES[type], ...(isNumber(budgetTokens) ? { budgetTokens } : {}) };
}

/** Gemini's `thinkingConfig`: a budget of 0 is off, -1 the model's own choice. */
function readThinkingConfig(value: unknown): Reasoning {
  const { thinkingBudget, thinkingLevel } = asObject(value) ?? {};
  if (isText(thinkingLevel)) return readEffort(thinkingLevel.toLowerCase());
  if (!isNumber(thinkingBudget)) return {};
  if (thinkingBudget === 0) return { mode: "off" };
  return thinkingBudget < 0 ? { mode: "auto" } : { mode: "on", budgetTokens: thinkingBudget };
}

const readSwitch = (value: unknown): Reasoning => (isFlag(value) ? { mode: value ? "on" : "off" } : {});

const outputLimit = own("outputTokensMax", isNumber);

const SETTERS: Readonly<Record<string, Setter>> = {
  max_tokens: outputLimit,
  max_completion_tokens: outputLimit,
  max_output_tokens: outputLimit,
  maxOutputTokens: outputLimit,
  temperature: sampling("temperature"),
  top_p: sampling("topP"),
  topP: sampling("topP"),
  top_k: sampling("topK"),
  topK: sampling("topK"),
  seed: sampling("seed"),
  presence_penalty: sampling("presencePenalty"),
  presencePenalty: sampling("presencePenalty"),
  frequency_penalty: sampling("frequencyPenalty"),
  frequencyPenalty: sampling("frequencyPenalty"),
  stop,
  stop_sequences: stop,
  stopSequences: stop,
  thinking: reasoning(readThinking),
  reasoning_effort: reasoning(readEffort),
  effort: reasoning(readEffort),
  reasoning: reasoning((value) => readEffort(asObject(value)?.effort)),
  thinkingConfig: reasoning(readThinkingConfig),
  thinking_config: reasoning(readThinkingConfig),
  enable_thinking: reasoning(readSwitch),
  verbosity: own("verbosity", isText),
  service_tier: own("serviceTier", isText),
  serviceTier: own("serviceTier", isText),
  user: own("user", isText),
  parallel_tool_calls: own("parallelCalls", isFlag),
  generationConfig: nested,
  generation_config: nested,
  output_config: nested,
  chat_template_kwargs: nested,
  text: nested,
};

/** Chat servers alone have fields that no one else knows (`min_p`): it is their codec that writes these. */
function setUnknown(request: GenerationRequest, name: string, value: unknown): GenerationRequest {
  const chat = request.extensions["openai-chat"];
  if (chat?.[name] !== undefined) return request;
  return { ...request, extensions: { ...request.extensions, "openai-chat": { ...chat, [name]: value } } };
}

/** Tokens of thinking that Anthropic takes at least. */
const LEAST_TOKENS = 1_024;

/** Anthropic's rules for thinking, which hold where the request goes on in its own protocol, too. */
function fitDefaultThinking(request: GenerationRequest, report: LossReport): GenerationRequest {
  const { reasoning: wish, outputTokensMax: limit = Number.POSITIVE_INFINITY, toolChoice, origin } = request;
  const { budgetTokens, ...rest } = wish;
  if (wish.mode === "off" || budgetTokens === undefined) return request;
  const lose = (reason: string) => report.lose("changed", fieldName(origin, "reasoning"), reason);
  const forced = toolChoice?.mode === "one" || toolChoice?.mode === "required" || toolChoice?.required;
  if (forced || limit <= LEAST_TOKENS) {
    lose(forced ? "no thinking with a forced call" : "no room for thinking in so short an answer");
    return { ...request, reasoning: { ...rest, mode: "off" } };
  }
  const free = origin === "anthropic-messages" ? withoutSampling(request, report) : request;
  if (budgetTokens < limit) return free;
  lose("thinking shrinks below the output limit");
  return { ...free, reasoning: { ...rest, budgetTokens: Math.max(LEAST_TOKENS, Math.floor(limit / 2)) } };
}

/** Thinking is the model's name here, and a temperature a wish: Anthropic refuses the two together. */
function withoutSampling(request: GenerationRequest, report: LossReport): GenerationRequest {
  const { temperature = 1, topP = 1, topK, ...rest } = request.sampling;
  const lose = (field: "temperature" | "topP" | "topK") =>
    report.lose("dropped", fieldName(request.origin, field), "not together with thinking");
  if (temperature !== 1) lose("temperature");
  if (topP < 0.95) lose("topP");
  if (topK !== undefined) lose("topK");
  const kept = request.sampling.topP !== undefined && topP >= 0.95 ? { ...rest, topP } : rest;
  return { ...request, sampling: kept };
}
