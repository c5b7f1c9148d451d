import { asObjects, asWord, type JsonObject } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Usage } from "../core/usage.ts";
import { endUsage } from "./anthropic-messages/client/usage.ts";
import { writeUsage as writeGeminiUsage } from "./gemini/usage.ts";
import { writeChatUsage } from "./openai-chat/usage.ts";
import { writeUsage as writeResponsesUsage } from "./openai-responses/usage.ts";
import type { TapState } from "./protocol.ts";
import type { WireEvent } from "./translation.ts";

/** A stream whose bytes passed and which is to end now, as one does that has met its output limit. */
export interface LimitEnd {
  /** The last event that was relayed: what is open, and what every event of this stream begins with. */
  readonly last: JsonObject;
  readonly tap: TapState;
  /** Of the whole answer, as it is charged. */
  readonly usage: Usage;
  /** Answers that the request asked for. */
  readonly choices: number;
}

type Ending = (end: LimitEnd) => readonly WireEvent[];

/** Chat and Completions: each choice says why it ended, then the usage where it was asked for. */
function chunks({ last, tap, usage, choices }: LimitEnd, said: JsonObject): readonly WireEvent[] {
  const { choices: _, usage: __, ...frame } = last;
  const ends = Array.from({ length: choices }, (_none, index) => ({
    index,
    ...said,
    finish_reason: "length",
  }));
  const events: WireEvent[] = ends.map((choice) => ({ data: { ...frame, choices: [choice] } }));
  if (tap.wantsUsage) events.push({ data: { ...frame, choices: [], usage: writeChatUsage(usage) } });
  return [...events, { data: "[DONE]" }];
}

function messagesEnd({ last, usage }: LimitEnd): readonly WireEvent[] {
  const type = asWord(last.type);
  const isOpen = type === "content_block_start" || type === "content_block_delta";
  const named = (data: JsonObject): WireEvent => ({ name: asWord(data.type), data });
  return [
    ...(isOpen ? [named({ type: "content_block_stop", index: last.index })] : []),
    named({
      type: "message_delta",
      delta: { stop_reason: "max_tokens", stop_sequence: null },
      usage: endUsage(usage, undefined),
    }),
    named({ type: "message_stop" }),
  ];
}

function responsesEnd({ tap, usage }: LimitEnd): readonly WireEvent[] {
  const response = {
    object: "response",
    output: [],
    ...tap.raw,
    id: tap.answerId,
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
    usage: writeResponsesUsage(usage),
  };
  const data = { type: "response.incomplete", sequence_number: tap.sequence + 1, response };
  return [{ name: data.type, data }];
}

function geminiEnd({ last, usage }: LimitEnd): readonly WireEvent[] {
  const known = asObjects(last.candidates).map(({ index }) => index ?? 0);
  const candidates = (known.length > 0 ? known : [0]).map((index) => ({
    index,
    content: { role: "model", parts: [{ text: "" }] },
    finishReason: "MAX_TOKENS",
  }));
  return [{ data: { ...last, candidates, usageMetadata: writeGeminiUsage(usage) } }];
}

const ENDINGS: Readonly<Record<Protocol, Ending>> = {
  "openai-chat": (end) => chunks(end, { delta: {}, logprobs: null }),
  "openai-completions": (end) => chunks(end, { text: "", logprobs: null }),
  "anthropic-messages": messagesEnd,
  "openai-responses": responsesEnd,
  gemini: geminiEnd,
};

/** The shortest end that the protocol's clients take for one at an output limit. */
export function endAtLimit(protocol: Protocol, end: LimitEnd): readonly WireEvent[] {
  return ENDINGS[protocol](end);
}
