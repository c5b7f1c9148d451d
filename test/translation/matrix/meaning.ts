/**
 * What a request and an answer mean, whatever protocol they are written in. Written from the vendors'
 * documents, and apart from `src/core/generation`: the matrix judges the translators with it.
 */
export interface RequestMeaning {
  /** Instructions before the conversation, joined by empty lines. */
  readonly system: string;
  /** Neighbours of one role are one turn; results stand in the user's turns. */
  readonly turns: readonly MeantTurn[];
  readonly tools: readonly MeantTool[];
  /** undefined: the model may choose. */
  readonly choice?: MeantChoice;
  /** false: one call at a time. */
  readonly parallel?: false;
  readonly outputMax?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly presence?: number;
  readonly frequency?: number;
  readonly choices?: number;
  /** How many of the likeliest tokens besides the chosen one. */
  readonly logprobs?: number;
  readonly logitBias?: unknown;
  readonly reasoning?: MeantReasoning;
  readonly format?: MeantFormat;
  readonly verbosity?: string;
  readonly tier?: string;
  readonly user?: string;
  readonly metadata?: unknown;
  readonly cacheKey?: string;
  /** What else the answer may be: `audio`, `image`. */
  readonly modalities?: readonly string[];
  /** Members that only this protocol has, by name. */
  readonly own?: Readonly<Record<string, unknown>>;
}

export interface MeantTurn {
  readonly role: "user" | "assistant" | "system";
  readonly parts: readonly MeantPart[];
}

export type MeantPart = (
  | { readonly text: string; readonly name?: string }
  | MeantMedia
  /** `call` numbers the calls of the conversation from 1. */
  | {
      readonly call: number;
      readonly tool: string;
      readonly args: unknown;
      readonly freeform?: true;
      readonly signature?: string;
    }
  | {
      readonly resultOf: number;
      readonly text: string;
      readonly failed?: true;
      readonly media?: readonly MeantMedia[];
    }
  | { readonly thinking: string; readonly signature?: string }
  | { readonly opaque: string }
) & { readonly cache?: string };

export interface MeantMedia {
  readonly media: "image" | "document" | "audio" | "video" | "file";
  readonly mime?: string;
  readonly base64?: string;
  readonly url?: string;
  readonly fileId?: string;
  readonly plain?: string;
  readonly detail?: string;
  readonly fileName?: string;
}

export interface MeantTool {
  readonly name: string;
  readonly description?: string;
  /** The source text without white space; absent: any input. */
  readonly schema?: string;
  readonly strict?: true;
  /** Takes text, not JSON; the text is its grammar. */
  readonly freeform?: string;
  /** One of the vendor's own: `search`, or its type on the wire. */
  readonly builtin?: string;
  readonly search?: {
    readonly domains?: readonly string[];
    readonly city?: string;
    readonly country?: string;
  };
  readonly cache?: string;
}

export interface MeantChoice {
  readonly mode: "none" | "required" | "one" | "some";
  readonly names?: readonly string[];
}

export const LEVELS = ["minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Level = (typeof LEVELS)[number];

export interface MeantReasoning {
  readonly on: boolean;
  readonly level?: Level;
  readonly shown?: true;
}

export interface MeantFormat {
  readonly schema?: string;
  readonly name?: string;
  readonly strict?: true;
}

/** An answer as its client's SDK gives it. */
export interface AnswerMeaning {
  /** One, or several where several were asked for. */
  readonly choices: readonly MeantAnswer[];
  readonly usage?: MeantUsage;
  /** The name that the answer says the model has. */
  readonly model: string;
}

export interface MeantAnswer {
  readonly parts: readonly AnswerPart[];
  readonly finish: Finish;
}

/** Why an answer ended; with `stop_sequence` the sequence, where it is told. */
export type Finish =
  | "stop"
  | `stop_sequence ${string}`
  | "length"
  | "tool"
  | "refusal"
  | "filter"
  | "pause"
  | "none"
  | `unknown ${string}`;

export type AnswerPart =
  | { readonly text: string; readonly cites?: readonly MeantCite[]; readonly logprobs?: readonly string[] }
  | { readonly thinking: string }
  | { readonly refusal: string }
  | { readonly tool: string; readonly args: unknown; readonly freeform?: true }
  | { readonly image: string }
  | { readonly search: readonly string[]; readonly found: readonly string[] };

export interface MeantCite {
  readonly url: string;
  readonly title?: string;
}

/** Disjoint, so that protocols can be compared: no input token is in two of them. */
export interface MeantUsage {
  readonly fresh: number;
  readonly cached: number;
  readonly written: number;
  /** Reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}
