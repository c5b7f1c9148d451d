import { EFFORTS, type Effort, type Reasoning } from "../../../core/generation/request.ts";
import { asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { defined } from "./settings.ts";

/**
 * How chat clients ask for reasoning. OpenAI has `reasoning_effort`; the others come from the vendors whose
 * models are reached through chat, and clients write several at once. Later readers win over earlier ones.
 */
const READERS: readonly ((body: JsonObject) => Reasoning)[] = [
  readTemplate,
  readDashScope,
  readThinking,
  readGoogle,
  readOpenRouter,
  (body) => readEffort(body.reasoning_effort),
];

export function readReasoning(body: JsonObject): Reasoning {
  return Object.assign({}, ...READERS.map((read) => read(body))) as Reasoning;
}

const isEffort = (value: unknown): value is Effort => EFFORTS.some((effort) => effort === value);

function readEffort(value: unknown): Reasoning {
  if (!isEffort(value)) return {};
  return value === "none" ? { mode: "off", effort: "none" } : { mode: "on", effort: value };
}

function readBudget(value: unknown): Reasoning {
  if (typeof value !== "number" || !Number.isInteger(value)) return {};
  // Google and DashScope: 0 turns thinking off, -1 leaves it to the model.
  if (value === 0) return { mode: "off" };
  return value < 0 ? { mode: "auto" } : { mode: "on", budgetTokens: value };
}

function readSwitch(value: unknown): Reasoning {
  return typeof value === "boolean" ? { mode: value ? "on" : "off" } : {};
}

/** vLLM and SGLang: `chat_template_kwargs.enable_thinking` (Qwen) or `.thinking` (DeepSeek), `thinking_token_budget`. */
function readTemplate(body: JsonObject): Reasoning {
  const kwargs = asObject(body.chat_template_kwargs);
  return {
    ...readEffort(kwargs?.reasoning_effort),
    ...readSwitch(kwargs?.enable_thinking ?? kwargs?.thinking),
    ...readBudget(body.thinking_token_budget),
  };
}

/** Alibaba's DashScope: `enable_thinking`, `thinking_budget`. */
function readDashScope(body: JsonObject): Reasoning {
  return { ...readSwitch(body.enable_thinking), ...readBudget(body.thinking_budget) };
}

const MODES: ReadonlyMap<unknown, Reasoning["mode"]> = new Map<unknown, Reasoning["mode"]>([
  ["enabled", "on"],
  ["disabled", "off"],
  ["adaptive", "auto"],
  ["auto", "auto"],
]);
const SHOWN: ReadonlyMap<unknown, Reasoning["show"]> = new Map<unknown, Reasoning["show"]>([
  ["summarized", "summary"],
  ["omitted", "none"],
]);

/** Anthropic's object, which DeepSeek, GLM, Kimi and Doubao take in chat too. */
function readThinking(body: JsonObject): Reasoning {
  const thinking = asObject(body.thinking);
  if (!thinking) return {};
  const budget = readBudget(thinking.budget_tokens);
  return {
    ...budget,
    ...defined<Reasoning>({ mode: MODES.get(thinking.type), show: SHOWN.get(thinking.display) }),
  };
}

/** Google's compatible endpoint: `extra_body.google.thinking_config`, or `google` where the SDK unwrapped it. */
function readGoogle(body: JsonObject): Reasoning {
  const google = asObject(asObject(body.extra_body)?.google) ?? asObject(body.google);
  const config = asObject(google?.thinking_config) ?? asObject(google?.thinkingConfig);
  if (!config) return {};
  const level = asWord(config.thinking_level ?? config.thinkingLevel ?? "").toLowerCase();
  const shown = config.include_thoughts ?? config.includeThoughts;
  return {
    ...readBudget(config.thinking_budget ?? config.thinkingBudget),
    ...readEffort(level),
    ...(typeof shown === "boolean" ? { show: shown ? ("full" as const) : ("none" as const) } : {}),
  };
}

/** OpenRouter: `reasoning: {effort, max_tokens, enabled, exclude}` and the older `include_reasoning`. */
function readOpenRouter(body: JsonObject): Reasoning {
  const reasoning = asObject(body.reasoning);
  const hidden = reasoning?.exclude === true || body.include_reasoning === false;
  return {
    ...readSwitch(reasoning?.enabled),
    ...readBudget(reasoning?.max_tokens),
    ...readEffort(reasoning?.effort),
    ...(hidden ? { show: "none" as const } : {}),
    ...(typeof reasoning?.summary === "string" ? { summaryStyle: reasoning.summary } : {}),
  };
}

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  chat_template_kwargs: ["enable_thinking", "thinking", "reasoning_effort"],
  extra_body: ["google"],
  google: ["thinking_config", "thinkingConfig", "cached_content"],
  reasoning: ["enabled", "max_tokens", "effort", "exclude", "summary"],
  thinking: ["type", "budget_tokens", "display"],
};

/** Of the reasoning fields, the members that say something else: of no other protocol's business. */
export function reasoningLeftovers(body: JsonObject): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const [key, known] of Object.entries(KNOWN)) {
    const rest = without(asObject(body[key]), known);
    if (rest) kept[key] = rest;
  }
  const google = without(asObject(asObject(body.extra_body)?.google), KNOWN.google ?? []);
  if (google) kept.extra_body = { ...asObject(kept.extra_body), google };
  const { reasoning_effort: effort } = body;
  if (typeof effort === "string" && !isEffort(effort)) kept.reasoning_effort = effort;
  return kept;
}

function without(object: JsonObject | undefined, names: readonly string[]): JsonObject | undefined {
  const rest = Object.entries(object ?? {}).filter(([key, value]) => value !== null && !names.includes(key));
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}
