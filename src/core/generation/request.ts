import type { JsonObject } from "../json.ts";
import type { Protocol } from "../protocol.ts";
import type { CacheMark, Extensions, Node, RawJson } from "./node.ts";
import type { Tool, ToolChoice } from "./tool.ts";

/**
 * The neutral form of a request, between any client protocol and any upstream protocol. Three rules
 * make it lossless: order is content (a turn is an ordered list of parts, neighbouring turns of one
 * role stay apart); what a codec does not understand travels in `extensions` or as an opaque part and
 * is written again only in the protocol it came from; text that a peer may sign or hash is kept as it
 * was written (`RawJson`).
 */
export interface GenerationRequest {
  readonly origin: Protocol;
  /** As the client wrote it; the upstream's own name is in the traits of the target. */
  readonly model: string;
  readonly stream: boolean;
  /** Whether the client wants usage in a chat or completions stream; true elsewhere. */
  readonly wantsUsage: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | undefined;
  /** false: at most one call a turn; undefined: the protocol's default. */
  readonly parallelCalls: boolean | undefined;
  /** Tokens of output, reasoning included; undefined: the client left it to the model. */
  readonly outputTokensMax: number | undefined;
  readonly sampling: Sampling;
  readonly reasoning: Reasoning;
  readonly format: OutputFormat;
  readonly verbosity: string | undefined;
  readonly serviceTier: string | undefined;
  /** The end user's id as the client names it (`user`, `safety_identifier`, `metadata.user_id`). */
  readonly user: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly caching: Caching;
  readonly state: ConversationState;
  /** What the answer shall contain besides text: `audio`, `image`; empty: text. */
  readonly modalities: readonly string[];
  readonly extensions: Extensions;
}

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** `tool` turns hold results only (chat and Responses); Anthropic and Gemini put results into user turns. */
export interface Turn extends Node {
  readonly role: Role;
  /** Chat's participant name. */
  readonly name?: string;
  readonly parts: readonly Part[];
}

export type Part = TextPart | MediaPart | ReasoningPart | CallPart | ResultPart | SearchPart | OpaquePart;

export interface TextPart extends Node {
  readonly kind: "text";
  readonly text: string;
  /** The model's refusal in words. */
  readonly refusal?: boolean;
  readonly citations?: readonly Citation[];
  readonly phase?: "commentary" | "final_answer";
}

export const MEDIA_KINDS = ["image", "document", "audio", "video"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export type MediaSource =
  | { readonly type: "base64"; readonly bytes: string }
  | { readonly type: "url"; readonly url: string }
  /** A plain-text document. */
  | { readonly type: "text"; readonly text: string }
  /** A file that lives at one vendor. */
  | { readonly type: "file"; readonly fileId: string; readonly owner: Protocol };

export interface MediaPart extends Node {
  readonly kind: "media";
  readonly media: MediaKind;
  readonly source: MediaSource;
  /** `image/png`, `application/pdf`, `audio/wav`; undefined where a URL did not say. */
  readonly mime?: string;
  readonly name?: string;
  readonly title?: string;
  readonly context?: string;
  /** OpenAI's `low`, `high`, `auto`, `original`. */
  readonly detail?: string;
  /** Anthropic `citations.enabled`. */
  readonly citable?: boolean;
}

/** The model's thinking; its opaque state is the node's `signature`. */
export interface ReasoningPart extends Node {
  readonly kind: "reasoning";
  /** The thinking itself, "" where the vendor hides it. */
  readonly text: string;
  /** Responses: the summary's sections, apart from the text. */
  readonly summary?: readonly string[];
}

export interface CallPart extends Node {
  readonly kind: "call";
  readonly callId: string;
  readonly name: string;
  /** Codex's tools come in namespaces. */
  readonly namespace?: string;
  /** json: `input` is the source text of the arguments object; text: a freeform tool's input as it is. */
  readonly form: "json" | "text";
  readonly input: string;
  /**
   * The client-run built-in that is called, by its tool's `type` on the wire (`local_shell`, `tool_search`),
   * where the client's protocol writes such a call in an item of its own; `input` is its arguments object.
   */
  readonly builtin?: string;
}

export interface ResultPart extends Node {
  readonly kind: "result";
  readonly callId: string;
  /** The tool's name where the protocol says it again (Gemini). */
  readonly name?: string;
  readonly content: readonly Part[];
  readonly failed?: boolean;
}

/** A web search that the upstream made by itself, with what it found. */
export interface SearchPart extends Node {
  readonly kind: "search";
  readonly searchId: string;
  readonly queries: readonly string[];
  readonly sources: readonly SearchSource[];
  readonly failed?: string;
}

export interface SearchSource {
  readonly url: string;
  readonly title?: string;
  readonly pageAge?: string;
  /** Anthropic `encrypted_content`: needed for replay to Anthropic only. */
  readonly opaque?: string;
}

/** Something that only its own protocol can express: code execution, MCP, containers, compaction. */
export interface OpaquePart extends Node {
  readonly kind: "opaque";
  readonly protocol: Protocol;
  /** Its `type` on the wire. */
  readonly type: string;
  readonly raw: RawJson;
}

/** `start` and `end` count UTF-16 units of the output text that the citation covers, where known. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  readonly start?: number;
  readonly end?: number;
  /** As its own protocol wrote it, for its own protocol. */
  readonly extensions?: Extensions;
}

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  /** `n`; absent: 1. */
  readonly choices?: number;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  /** By token id, as the client wrote it. */
  readonly logitBias?: JsonObject;
}

export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof EFFORTS)[number];

export interface Reasoning {
  /** auto: the model decides how much (Anthropic `adaptive`); undefined: the client did not say. */
  readonly mode?: "off" | "auto" | "on";
  readonly effort?: Effort;
  readonly budgetTokens?: number;
  /** What of it the client wants to see. */
  readonly show?: "none" | "summary" | "full";
  /** Responses `reasoning.summary` as written (`auto`, `concise`, `detailed`). */
  readonly summaryStyle?: string;
}

export type OutputFormat =
  | { readonly type: "text" }
  | { readonly type: "json" }
  | {
      readonly type: "schema";
      readonly name?: string;
      readonly description?: string;
      readonly schema: RawJson;
      readonly strict?: boolean;
    };

export interface Caching {
  /** `prompt_cache_key`. */
  readonly key?: string;
  readonly retention?: string;
  /** Anthropic's top-level `cache_control`. */
  readonly mark?: CacheMark;
  /** Gemini `cachedContent`: a name at the vendor. */
  readonly content?: string;
}

export interface ConversationState {
  /** `previous_response_id`. */
  readonly previousId?: string;
  /** Responses `store`; undefined: the protocol's default. */
  readonly store?: boolean;
  readonly background?: boolean;
  readonly conversation?: string;
  /** Responses `include`. */
  readonly include?: readonly string[];
}
