import type { GatewayError } from "../../../core/errors.ts";
import type { OpenPart, StreamPart } from "../../../core/generation/stream-part.ts";
import { NO_USAGE } from "../../../core/usage.ts";
import { anthropicError } from "../../errors/anthropic.ts";
import type { AnswerContext, AnswerEncoder, WireEvent } from "../../translation.ts";
import { openCall, releaseCall, writeInput } from "./calls.ts";
import { stopFields } from "./finish.ts";
import {
  type AnswerState,
  delta,
  event,
  newAnswerState,
  startBlock,
  stopBlock,
  type TextBlock,
} from "./state.ts";
import { endThinking, thinkingText } from "./thinking-out.ts";
import { endUsage, startUsage } from "./usage.ts";
import { mediaBlock, opaqueBlock, searchBlocks, wireCitation } from "./whole-parts.ts";

type Events = readonly WireEvent[];

type Handlers = {
  readonly [K in StreamPart["type"]]: (state: AnswerState, part: Extract<StreamPart, { type: K }>) => Events;
};

type Openers = {
  readonly [K in OpenPart["part"]["kind"]]: (
    state: AnswerState,
    part: Extract<OpenPart["part"], { kind: K }>,
    open: OpenPart,
  ) => Events;
};

const OPENERS: Openers = {
  text(state) {
    state.open = { kind: "text", block: undefined, text: "" };
    return [];
  },
  reasoning(state) {
    const before = endThinking(state);
    state.open = { kind: "thinking", block: undefined, section: 0, signature: undefined };
    return before;
  },
  call: (state, _part, open) => openCall(state, open),
  media: (state, part) => [...endThinking(state), ...mediaBlock(state, part)],
  search: (state, part) => [...endThinking(state), ...searchBlocks(state, part)],
  opaque: (state, part) => [...endThinking(state), ...opaqueBlock(state, part)],
};

/** Begins the text block on the wire, where it has not. */
function beginText(state: AnswerState, block: TextBlock): { index: number; events: Events } {
  if (block.block !== undefined) return { index: block.block, events: [] };
  const before = endThinking(state);
  const index = state.blocks;
  block.block = index;
  return { index, events: [...before, startBlock(state, { type: "text", text: "" })] };
}

function writeText(state: AnswerState, block: TextBlock, text: string): Events {
  if (text === "") return [];
  const { index, events } = beginText(state, block);
  block.text += text;
  return [...events, delta(index, { type: "text_delta", text })];
}

function closeOpen(state: AnswerState): Events {
  const { open } = state;
  state.open = undefined;
  if (open?.kind === "thinking") state.waiting = open;
  else if (open?.block !== undefined) return [stopBlock(open.block)];
  return [];
}

const HANDLERS: Handlers = {
  start(state, part) {
    const message = {
      id: `msg_${state.context.answerId}`,
      type: "message",
      role: "assistant",
      model: state.context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: startUsage(part.usage ?? NO_USAGE),
    };
    state.usage = part.usage;
    state.started = true;
    return [event("message_start", { message })];
  },
  open(state, open) {
    const opener = OPENERS[open.part.kind] as (
      state: AnswerState,
      part: OpenPart["part"],
      open: OpenPart,
    ) => Events;
    return opener(state, open.part, open);
  },
  text(state, { text, section }) {
    const { open } = state;
    if (open?.kind === "thinking") return thinkingText(state, open, text, section ?? 0);
    return open?.kind === "text" ? writeText(state, open, text) : [];
  },
  input: (state, { text }) => writeInput(state, text),
  cite(state, { citation }) {
    if (state.open?.kind !== "text") return [];
    const wire = wireCitation(state, citation, state.open.text);
    if (!wire) return [];
    const { index, events } = beginText(state, state.open);
    return [...events, delta(index, { type: "citations_delta", citation: wire })];
  },
  logprobs: () => [],
  sign(state, { signature }) {
    if (state.open?.kind === "thinking") state.open.signature = signature;
    // A signature that comes after its call began is kept by the gateway's store.
    return state.held ? releaseCall(state, signature) : [];
  },
  close: (state) => [...releaseCall(state), ...closeOpen(state)],
  usage(state, { usage, serviceTier }) {
    state.usage = usage;
    state.serviceTier = serviceTier ?? state.serviceTier;
    return [];
  },
  finish(state, { choice, reason }) {
    if (choice === 0) state.finish = reason;
    return endThinking(state);
  },
  ping: ({ started }) => (started ? [event("ping", {})] : []),
  end(state) {
    const before = endThinking(state);
    const usage = endUsage(state.usage ?? NO_USAGE, state.serviceTier);
    return [
      ...before,
      event("message_delta", { delta: { ...stopFields(state.finish), container: null }, usage }),
      event("message_stop", {}),
    ];
  },
  fail: (_state, { error }) => failure(error),
};

function failure(error: GatewayError): Events {
  return [{ name: "error", data: anthropicError(error) }];
}

/**
 * Writes an answer as `RawMessageStreamEvent`s, by the state machine of PROTOCOLS.md 2.1. Usage and stop reason
 * wait for `end`: upstreams of other protocols report usage last.
 */
export function openEncoder(context: AnswerContext): AnswerEncoder {
  const state = newAnswerState(context);
  return {
    encode(part) {
      const handle = HANDLERS[part.type] as (state: AnswerState, part: StreamPart) => Events;
      return handle(state, part);
    },
    fail: failure,
  };
}
