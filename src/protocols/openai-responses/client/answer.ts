import { GatewayError } from "../../../core/errors.ts";
import type { FinishReason, PartHead, StreamPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { openAiShape } from "../../errors/openai.ts";
import { type AnswerContext, type AnswerEncoder, type WireEvent, wordedBy } from "../../translation.ts";
import { wordOf } from "../members.ts";
import { keptOf } from "../notes.ts";
import { callInput, closeCall, endCall, openCall, partialCall } from "./answer-call.ts";
import {
  closeMessage,
  endMessage,
  messageCite,
  messageLogprobs,
  messageText,
  openMessage,
  partialMessage,
} from "./answer-message.ts";
import {
  closeReasoning,
  openReasoning,
  partialReasoning,
  reasoningSign,
  reasoningText,
  writeCarried,
} from "./answer-reasoning.ts";
import { type EncoderState, event, newEncoderState } from "./answer-state.ts";
import { writeMedia, writeOpaque, writeSearch } from "./answer-whole.ts";
import { compactParts, newCompaction } from "./compaction-answer.ts";
import { responseOf } from "./response-object.ts";

type Events = readonly WireEvent[];
const NONE: Events = [];

type Encoders = {
  readonly [Type in StreamPart["type"]]: (
    state: EncoderState,
    part: Extract<StreamPart, { type: Type }>,
  ) => Events;
};

const ENCODERS: Encoders = {
  start: (state) => start(state),
  open: (state, { part }) => openPart(state, part),
  text: takeText,
  input: (state, { text }) => (state.current?.kind === "call" ? callInput(state, state.current, text) : NONE),
  cite: (state, { citation }) =>
    state.current?.kind === "message" ? messageCite(state, state.current, citation) : NONE,
  logprobs: (state, { tokens }) =>
    state.current?.kind === "message" ? messageLogprobs(state, state.current, tokens) : NONE,
  sign: takeSign,
  close: (state) => closePart(state),
  usage(state, { usage, serviceTier }) {
    state.usage = usage;
    state.serviceTier = serviceTier ?? state.serviceTier;
    return NONE;
  },
  finish: takeFinish,
  ping: () => NONE,
  end: (state) => endAnswer(state),
  fail: (state, { error }) => failAnswer(state, error),
};

function start(state: EncoderState): Events {
  if (state.started) return NONE;
  state.started = true;
  const response = responseOf(state, "in_progress");
  return [event(state, "response.created", { response }), event(state, "response.in_progress", { response })];
}

type Openers = {
  readonly [Kind in PartHead["kind"]]: (
    state: EncoderState,
    head: Extract<PartHead, { kind: Kind }>,
  ) => Events;
};

const OPENERS: Openers = {
  text: openMessage,
  reasoning: openReasoning,
  call: openCall,
  media: writeMedia,
  search: writeSearch,
  opaque: writeOpaque,
};

function openPart(state: EncoderState, head: PartHead): Events {
  const before = [...release(state, "completed"), ...carriedBefore(state, head)];
  state.current = { kind: "silent" };
  const opener = OPENERS[head.kind] as (state: EncoderState, head: PartHead) => Events;
  return [...before, ...opener(state, head)];
}

/** A call's state that is known when it begins goes before it, as the vendor's own reasoning does. */
function carriedBefore(state: EncoderState, head: PartHead): Events {
  if (head.kind === "call" && head.signature) state.carried.push({ ...head.signature, callId: head.callId });
  return writeCarried(state);
}

function takeText(state: EncoderState, part: Extract<StreamPart, { type: "text" }>): Events {
  const { current } = state;
  if (current?.kind === "message") return messageText(state, current, part.text);
  return current?.kind === "reasoning" ? reasoningText(state, current, part.text, part.section) : NONE;
}

function takeSign(state: EncoderState, { signature }: Extract<StreamPart, { type: "sign" }>): Events {
  const { current } = state;
  if (current?.kind === "reasoning") return reasoningSign(current, signature);
  if (current?.kind === "call") state.carried.push({ ...signature, callId: current.callId });
  else state.carried.push(signature);
  return NONE;
}

function closePart(state: EncoderState): Events {
  const { current } = state;
  state.current = undefined;
  switch (current?.kind) {
    case "message":
      return closeMessage(state, current);
    case "reasoning":
      return closeReasoning(state, current);
    case "call":
      return closeCall(state, current);
    default:
      return NONE;
  }
}

/** Ends the item that waited for what follows it. */
function release(state: EncoderState, status: "completed" | "incomplete"): Events {
  const { held } = state;
  state.held = undefined;
  if (!held) return NONE;
  return held.kind === "message" ? endMessage(state, held, status) : endCall(state, held, status);
}

const CUT_SHORT: { readonly [Reason in FinishReason["unified"]]?: string } = {
  length: "max_output_tokens",
  context: "max_output_tokens",
  pause: "max_output_tokens",
  filter: "content_filter",
};

function takeFinish(
  state: EncoderState,
  { reason, choice }: Extract<StreamPart, { type: "finish" }>,
): Events {
  if (choice !== 0) return NONE;
  state.finish = reason;
  const isCut = CUT_SHORT[reason.unified] !== undefined;
  const held = release(state, isCut ? "incomplete" : "completed");
  return [...held, ...refusal(state, reason), ...writeCarried(state)];
}

/** A refusal that came without words of its own still is a refusal part here. */
function refusal(state: EncoderState, { unified, detail }: FinishReason): Events {
  if (unified !== "refusal" || state.refused) return NONE;
  const text = wordOf(detail?.explanation) ?? "The model declined to answer this request.";
  const opened = openMessage(state, { kind: "text", refusal: true });
  const { current } = state;
  if (current?.kind !== "message") return opened;
  const said = messageText(state, current, text);
  return [...opened, ...said, ...closePart(state), ...release(state, "completed")];
}

const BROKEN = new GatewayError(
  "upstream_error",
  "The model's answer broke off with a call that cannot be read; try again.",
);

/** The events that wait for the charge. */
function endAnswer(state: EncoderState): Events {
  const { finish, output } = state;
  if (finish?.unified === "malformed_tool" || finish?.unified === "error")
    return failAnswer(state, wordedBy(state.context, BROKEN));
  const before = [...start(state), ...release(state, "completed")];
  const cut = CUT_SHORT[finish?.unified ?? "stop"];
  const status = cut === undefined ? "completed" : "incomplete";
  const details = cut === undefined ? {} : { incomplete_details: { reason: cut } };
  const response = responseOf(state, status, { output, ...details });
  return [...before, event(state, `response.${status}`, { response }), { data: "[DONE]" }];
}

/** What was said so far; nothing of it is complete. */
function partialOutput({ output, held, current }: EncoderState): JsonObject[] {
  const partial = [held, current].flatMap((item) => {
    if (item?.kind === "message") return [partialMessage(item)];
    if (item?.kind === "call") return [partialCall(item)];
    const reasoning = item?.kind === "reasoning" ? partialReasoning(item) : undefined;
    return reasoning ? [reasoning] : [];
  });
  return [...output, ...partial];
}

/**
 * Codex ignores `error` events but reads `response.failed`, its code, and how long to wait from its words
 * (PROTOCOLS.md 1.8). No end mark follows.
 */
function failAnswer(state: EncoderState, error: GatewayError): Events {
  const before = start(state);
  const { code } = openAiShape(error);
  const waitS = error.retryAfterMs === undefined ? undefined : Math.ceil(error.retryAfterMs / 1000);
  const wait = waitS === undefined ? "" : ` Please try again in ${waitS}s.`;
  const said = { code: code ?? "server_error", message: `${error.message}${wait}` };
  const response = responseOf(state, "failed", { output: partialOutput(state), error: said });
  return [...before, event(state, "response.failed", { response: { ...response, usage: null } })];
}

function encodePart(state: EncoderState, part: StreamPart): Events {
  const encode = ENCODERS[part.type] as (state: EncoderState, part: StreamPart) => Events;
  return encode(state, part);
}

/** Writes one answer as openai `ResponseStreamEvent`s, whose terminal one has the whole response. */
export function openEncoder(context: AnswerContext): AnswerEncoder {
  const state = newEncoderState(context);
  const compaction = keptOf(context.request).$compaction === true ? newCompaction(context) : undefined;
  return {
    encode(part) {
      if (!compaction) return encodePart(state, part);
      return compactParts(compaction, part).flatMap((each) => encodePart(state, each));
    },
    fail: (error) => failAnswer(state, error),
  };
}
