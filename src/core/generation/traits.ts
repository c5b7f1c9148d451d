import type { Protocol } from "../protocol.ts";
import type { Vendor } from "./node.ts";
import type { MediaKind } from "./request.ts";

/**
 * How a model is told to think.
 * none: it does not think, or cannot be told ·
 * budget: Anthropic's older models, `thinking: {type: enabled, budget_tokens}`; Gemini 2.5 `thinkingBudget` ·
 * adaptive: Anthropic's newer models, `thinking: {type: adaptive}` with `output_config.effort` ·
 * effort: `reasoning_effort`, `reasoning.effort` ·
 * level: Gemini 3 `thinkingLevel` ·
 * template: chat servers, `chat_template_kwargs.enable_thinking` (vLLM, SGLang, llama.cpp) ·
 * switch: DeepSeek, Moonshot and Z.AI, `thinking: {type: enabled | disabled}` in chat.
 */
export const THINKING_CONTROLS = [
  "none",
  "budget",
  "adaptive",
  "effort",
  "level",
  "template",
  "switch",
] as const;
export type ThinkingControl = (typeof THINKING_CONTROLS)[number];

/**
 * What a target can express beyond its protocol: facts about the upstream and about the model, declared in
 * quoin.yaml (`quirks`) or known by provider and name. Encoders read nothing else of a target.
 */
export interface TargetTraits {
  readonly protocol: Protocol;
  /** The upstream's own name of the model. */
  readonly model: string;
  /** Who can read the opaque state that this target makes. */
  readonly vendor: Vendor;
  /** The credential's account, for opaque state that is bound to one. */
  readonly scope: string;
  /** Most tokens that the model gives; the encoder fills it in where the protocol demands a limit. */
  readonly outputTokensMax: number;
  readonly thinking: ThinkingControl;
  /** Efforts that the model knows, ascending; the nearest is taken. Empty: all. */
  readonly efforts: readonly string[];
  /** false: temperature, top_p and top_k are refused by the model (newer Claude, OpenAI's reasoning models). */
  readonly sampling: boolean;
  /** `temperature` and `top_p` exclude each other (Claude Opus 4.1 to 4.6). Absent: false. */
  readonly temperatureOrTopP?: boolean;
  /** Where `sampling` is false: they are taken while the effort is `none` (gpt-5.1 and newer). Absent: false. */
  readonly samplingWhenOff?: boolean;
  /** Media that the model takes. */
  readonly media: readonly MediaKind[];
  /** false: image URLs must be fetched and sent as bytes. */
  readonly mediaUrls: boolean;
  /** The schema of an answer can be given. */
  readonly schemaOutput: boolean;
  /** System turns may stand between others (Anthropic's newest; chat servers without strict templates). */
  readonly systemAnywhere: boolean;
  /** Chat and Responses: the role `developer` is known. */
  readonly developerRole: boolean;
  /** Turns must alternate between user and assistant, the first being the user's. */
  readonly alternation: boolean;
  /** Chat: `max_completion_tokens` instead of `max_tokens`. */
  readonly completionTokensField: boolean;
  /** Chat: `stream_options.include_usage` is known. */
  readonly streamUsage: boolean;
  /** Chat: the field in which reasoning is sent back to the model. */
  readonly reasoningField: "reasoning_content" | "reasoning";
  /** Chat: whether reasoning of earlier turns must, may or must not be sent back. */
  readonly replayReasoning: "required" | "optional" | "forbidden";
  /** Chat: `<think>` tags in the text are reasoning. */
  readonly thinkTags: boolean;
  /** Most stop sequences that the target takes; 0: none. */
  readonly stopsMax: number;
  /** `n`, `seed`, penalties, `logit_bias`, logprobs are known. */
  readonly choices: boolean;
  /** OpenAI's own freeform (`custom`) tools. */
  readonly freeformTools: boolean;
  /** Most characters of a tool's name. */
  readonly toolNameMax: number;
  /** Most characters of a call's id; 9 is Mistral's rule: nine letters and digits, no more and no fewer. */
  readonly callIdMax: number;
  /** The vendor's own web search can be asked for. */
  readonly webSearch: boolean;
  /** The vendor's web search cannot stand beside functions (Gemini before 3). Absent: false. */
  readonly searchAlone?: boolean;
  /** Anthropic `cache_control`, OpenAI's `prompt_cache_breakpoint` (gpt-5.6 and newer). */
  readonly cacheMarks: boolean;
  /** Gemini: schemas go through `parametersJsonSchema` (false: the old proto fields). */
  readonly jsonSchema: boolean;
}

/** Traits that quoin.yaml may overrule, and that are known by vendor and name. */
export type Quirks = Partial<Omit<TargetTraits, "protocol" | "model" | "scope" | "outputTokensMax">>;
