import { type RawIndex, rawIndex } from "../../../base/raw-json.ts";
import type { SseEvent } from "../../../base/sse.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { FinishReason, StreamPart } from "../../../core/generation/stream-part.ts";
import { asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { eventObject } from "../../read-json.ts";
import type { AnswerDecodeContext, AnswerDecoder } from "../../translation.ts";
import { anthropicUsage, mergedUsage } from "../usage.ts";
import { readDelta } from "./block-delta.ts";
import { closeAsked, closeAskedBefore, closeBlock } from "./block-end.ts";
import { openBlock } from "./block-start.ts";
import { errorOf } from "./error.ts";
import { type DecodeState, newDecodeState, type Parts } from "./state.ts";

const FINISHES: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop_sequence",
  max_tokens: "length",
  model_context_window_exceeded: "context",
  tool_use: "tool",
  refusal: "refusal",
  pause_turn: "pause",
  compaction: "other",
};

function finishOf(raw: string, delta: JsonObject): FinishReason {
  const unified = (Object.hasOwn(FINISHES, raw) ? FINISHES[raw] : undefined) ?? "stop";
  const matched = delta.stop_sequence;
  const detail = asObject(delta.stop_details);
  return {
    unified,
    raw,
    ...(typeof matched === "string" ? { matched } : {}),
    ...(detail ? { detail } : {}),
  };
}

/** The start, once. Some compatible servers leave it out, some say it twice. */
function begin(state: DecodeState, message: JsonObject): Parts {
  if (state.started) return [];
  state.started = true;
  const usage = asObject(message.usage);
  if (usage) state.usage = mergedUsage(state.usage, usage);
  return [
    {
      type: "start",
      id: typeof message.id === "string" ? message.id : "",
      model: typeof message.model === "string" ? message.model : state.context.traits.model,
      ...(usage ? { usage: anthropicUsage(state.usage) } : {}),
    },
  ];
}

/** All that is still open ends here. */
function settle(state: DecodeState): Parts {
  return [...closeBlock(state), ...closeAsked(state)];
}

function usagePart(state: DecodeState): StreamPart {
  const tier = state.usage.service_tier;
  return {
    type: "usage",
    usage: anthropicUsage(state.usage),
    ...(typeof tier === "string" ? { serviceTier: tier } : {}),
  };
}

function finish(state: DecodeState, delta: JsonObject): Parts {
  if (state.finish || typeof delta.stop_reason !== "string") return [];
  state.finish = finishOf(delta.stop_reason, delta);
  return [...settle(state), { type: "finish", choice: 0, reason: state.finish }];
}

function end(state: DecodeState, last: StreamPart): Parts {
  state.ended = true;
  return [last];
}

function fail(state: DecodeState, error: GatewayError): Parts {
  return end(state, { type: "fail", error });
}

const BROKEN = "The upstream of this model sent an answer that cannot be read; try again.";

function brokenAnswer(what: unknown): GatewayError {
  return new GatewayError("upstream_error", BROKEN, { cause: String(JSON.stringify(what)).slice(0, 300) });
}

type Handler = (state: DecodeState, event: JsonObject, raw: RawIndex) => Parts;

const HANDLERS: Readonly<Record<string, Handler>> = {
  message_start: (state, event) => begin(state, asObject(event.message) ?? {}),
  content_block_start(state, event, raw) {
    const block = asObject(event.content_block) ?? {};
    if (block.type === "tool_use" && !block.name) return fail(state, brokenAnswer(block));
    return [
      ...begin(state, {}),
      ...closeBlock(state),
      ...closeAskedBefore(state, block),
      ...openBlock(state, block, raw),
    ];
  },
  content_block_delta: (state, event) => [
    ...begin(state, {}),
    ...readDelta(state, asObject(event.delta) ?? {}),
  ],
  content_block_stop: closeBlock,
  message_delta(state, event) {
    const usage = asObject(event.usage);
    if (usage) state.usage = mergedUsage(state.usage, usage);
    const finished = finish(state, asObject(event.delta) ?? {});
    return [...begin(state, {}), ...finished, ...(usage ? [usagePart(state)] : [])];
  },
  message_stop(state) {
    const finished = finish(state, { stop_reason: "" });
    return [...begin(state, {}), ...finished, ...end(state, { type: "end" })];
  },
  error: (state, event) => fail(state, errorOf(asObject(event.error), 0)),
  ping: () => [{ type: "ping" }],
};

/** One event's parts. Nothing is read past the end, and no content past the reason why it stopped. */
export function readEvent(state: DecodeState, event: JsonObject, raw: RawIndex): Parts {
  const type = asWord(event.type);
  if (state.ended || (state.finish && type.startsWith("content_block"))) return [];
  const handle = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  return handle ? handle(state, event, raw) : [];
}

const TORN = "The upstream of this model broke off its answer; try again.";

function decode(state: DecodeState, { name, data }: SseEvent): Parts {
  if (state.ended || data === "" || data === "[DONE]") return [];
  const event = eventObject(data);
  if (!event) return fail(state, brokenAnswer(data));
  const type = event.type ?? (name || (event.error === undefined ? undefined : "error"));
  return readEvent(state, { ...event, type }, rawIndex(data, event));
}

/** An answer that said why it stopped is whole without its `message_stop`; any other was torn. */
function endOfInput(state: DecodeState): Parts {
  if (state.ended) return [];
  if (state.finish) return end(state, { type: "end" });
  return fail(state, new GatewayError("upstream_error", TORN));
}

/** Reads `RawMessageStreamEvent`s, and what compatible servers make of them (PROTOCOLS.md 2.1, 3). */
export function openDecoder(context: AnswerDecodeContext): AnswerDecoder {
  const state = newDecodeState(context);
  return {
    decode: (event) => decode(state, event),
    end: () => endOfInput(state),
  };
}
