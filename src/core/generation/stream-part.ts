import type { GatewayError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Usage } from "../usage.ts";
import type { Signature } from "./node.ts";
import type { CallPart, Citation, MediaPart, OpaquePart, SearchPart } from "./request.ts";

/**
 * The neutral form of an answer: a sequence of these, for streams and whole answers alike, so that the
 * two cannot differ. The order that every decoder keeps and every encoder may rely on:
 *
 *     start, then per part: open, (text | input | cite | logprobs | sign)*, close; then
 *     finish (one per choice), usage; then end, or fail at any point after start.
 *
 * At most one part of a choice is open at a time; `index` counts the parts of the whole answer from 0 without gaps.
 * `usage` may come at any time after start and replaces what was said before. `ping` may come anywhere.
 */
export type StreamPart =
  | StartPart
  | OpenPart
  /** Text of a text or reasoning part. `section`: the section of a reasoning summary, from 0. */
  | { readonly type: "text"; readonly index: number; readonly text: string; readonly section?: number }
  /** A piece of a call's input: JSON source text, or plain text for a freeform tool. */
  | { readonly type: "input"; readonly index: number; readonly text: string }
  | { readonly type: "cite"; readonly index: number; readonly citation: Citation }
  /** OpenAI's `logprobs.content[]` entries for the text just before. */
  | { readonly type: "logprobs"; readonly index: number; readonly tokens: readonly TokenLogprob[] }
  /** Opaque state of the open part. Comes at most once a part, whole. */
  | { readonly type: "sign"; readonly index: number; readonly signature: Signature }
  | { readonly type: "close"; readonly index: number }
  | { readonly type: "usage"; readonly usage: Usage; readonly serviceTier?: string }
  | { readonly type: "finish"; readonly choice: number; readonly reason: FinishReason }
  | { readonly type: "ping" }
  /** The upstream ended its answer as its protocol ends answers; nothing follows. */
  | { readonly type: "end" }
  /** The upstream says that it failed, or ended without an end; nothing follows. */
  | { readonly type: "fail"; readonly error: GatewayError };

export interface StartPart {
  readonly type: "start";
  /** The upstream's own id of the answer; "" where it has none. */
  readonly id: string;
  /** The name that the upstream reports. */
  readonly model: string;
  /** Seconds since the epoch, where the upstream says it. */
  readonly created?: number;
  /** Input tokens where they are known at the start (Anthropic). */
  readonly usage?: Usage;
}

export interface OpenPart {
  readonly type: "open";
  readonly index: number;
  readonly choice: number;
  readonly part: PartHead;
}

/** What is known of a part when it begins. Media, searches and opaque parts come whole; `close` follows. */
export type PartHead =
  | {
      readonly kind: "text";
      readonly id?: string;
      readonly refusal?: boolean;
      readonly phase?: "commentary" | "final_answer";
    }
  | { readonly kind: "reasoning"; readonly id?: string; readonly form: "full" | "summary" }
  | (Omit<CallPart, "input"> & { readonly input?: undefined })
  | MediaPart
  | SearchPart
  | OpaquePart;

/** OpenAI `ChatCompletionTokenLogprob`. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
  readonly top: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes?: readonly number[] | null;
  }[];
}

export const FINISH_REASONS = [
  "stop",
  "stop_sequence",
  "length",
  "context",
  "tool",
  "refusal",
  "filter",
  "pause",
  "malformed_tool",
  "error",
  "other",
] as const;

export interface FinishReason {
  readonly unified: (typeof FINISH_REASONS)[number];
  /** The upstream's own word. */
  readonly raw: string;
  /** The stop sequence that matched. */
  readonly matched?: string;
  /** Anthropic `stop_details`, Gemini `finishMessage`. */
  readonly detail?: JsonObject;
}
