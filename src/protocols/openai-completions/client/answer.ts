import { GatewayError } from "../../../core/errors.ts";
import type { FinishReason, StreamPart, TokenLogprob } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { NO_USAGE, type Usage, type UsageKind } from "../../../core/usage.ts";
import { openAiError } from "../../errors/openai.ts";
import { writeChatUsage } from "../../openai-chat/usage.ts";
import { type AnswerContext, type AnswerEncoder, type WireEvent, wordedBy } from "../../translation.ts";
import { logprobLists } from "./logprobs.ts";

type Events = readonly WireEvent[];
const NONE: Events = [];

/** All that is known of an answer while it is written. */
interface Encoding {
  readonly context: AnswerContext;
  readonly frame: JsonObject;
  /** Answers a prompt: the k-th of prompt p is choice p × n + k. */
  readonly choices: number;
  /** Prompts whose answer is not over. */
  open: number;
  /** The choice of every open text, by prompt and index. */
  readonly texts: Map<string, number>;
  /** Characters of tokens told so far, by choice. */
  readonly told: Map<number, number>;
  readonly usages: Map<number, Usage>;
  failed: boolean;
}

/** A part of the answer to one of the prompts. */
interface Of<K extends StreamPart["type"]> {
  readonly prompt: number;
  readonly part: Extract<StreamPart, { type: K }>;
}

function chunk(state: Encoding, index: number, text: string, more: JsonObject = {}): WireEvent {
  const choice = { index, text, logprobs: null, finish_reason: null, ...more };
  return { data: { ...state.frame, choices: [choice] } };
}

const keyOf = (prompt: number, index: number) => `${prompt} ${index}`;

/** Words that are shown; thoughts, calls and media have no place in a text. */
function open(state: Encoding, { prompt, part }: Of<"open">): Events {
  if (part.part.kind === "text") {
    state.texts.set(keyOf(prompt, part.index), prompt * state.choices + part.choice);
  }
  return NONE;
}

function writeText(state: Encoding, { prompt, part }: Of<"text">): Events {
  const choice = state.texts.get(keyOf(prompt, part.index));
  return choice === undefined || part.text === "" ? NONE : [chunk(state, choice, part.text)];
}

function writeTokens(state: Encoding, choice: number, tokens: readonly TokenLogprob[]): Events {
  const from = state.told.get(choice) ?? 0;
  const characters = tokens.reduce((sum, { token }) => sum + [...token].length, 0);
  state.told.set(choice, from + characters);
  return [chunk(state, choice, "", { logprobs: logprobLists(tokens, from) })];
}

type Word = "stop" | "length" | "content_filter";

/** PROTOCOLS.md 1.7, column L; the last two say that nothing whole came. */
const WORDS: { readonly [K in FinishReason["unified"]]: Word | "failed" } = {
  stop: "stop",
  stop_sequence: "stop",
  length: "length",
  context: "length",
  tool: "stop",
  refusal: "content_filter",
  filter: "content_filter",
  pause: "length",
  other: "stop",
  malformed_tool: "failed",
  error: "failed",
};

function finish(state: Encoding, { prompt, part: { choice, reason } }: Of<"finish">): Events {
  const word = WORDS[reason.unified];
  if (word !== "failed") return [chunk(state, prompt * state.choices + choice, "", { finish_reason: word })];
  const message = `The model did not finish its answer (${reason.raw || reason.unified}); try again.`;
  return fail(state, wordedBy(state.context, new GatewayError("upstream_error", message)));
}

/** What the answers to all prompts used together. */
function sum(usages: Iterable<Usage>): Usage {
  const total = { ...NO_USAGE };
  for (const usage of usages) {
    for (const kind of Object.keys(total) as UsageKind[]) total[kind] += usage[kind];
  }
  return total;
}

function end(state: Encoding): Events {
  state.open--;
  if (state.open > 0) return NONE;
  const says = state.context.request.wantsUsage && state.usages.size > 0;
  const usage = says
    ? [{ data: { ...state.frame, choices: [], usage: writeChatUsage(sum(state.usages.values())) } }]
    : [];
  return [...usage, { data: "[DONE]" }];
}

function fail(state: Encoding, error: GatewayError): Events {
  if (state.failed) return NONE;
  state.failed = true;
  return [{ data: openAiError(error) }];
}

type Handlers = { readonly [K in StreamPart["type"]]: (state: Encoding, of: Of<K>) => Events };

const HANDLERS: Handlers = {
  start: () => NONE,
  open,
  text: writeText,
  input: () => NONE,
  cite: () => NONE,
  logprobs(state, { prompt, part }) {
    const choice = state.texts.get(keyOf(prompt, part.index));
    return choice === undefined ? NONE : writeTokens(state, choice, part.tokens);
  },
  sign: () => NONE,
  close(state, { prompt, part }) {
    state.texts.delete(keyOf(prompt, part.index));
    return NONE;
  },
  usage(state, { prompt, part }) {
    state.usages.set(prompt, part.usage);
    return NONE;
  },
  finish,
  ping: () => NONE,
  end,
  fail: (state, { part }) => fail(state, part.error),
};

/** Writes the answers to several prompts as one; the end is written when the last of them is over. */
export interface PromptsEncoder {
  /** @param prompt its place among the prompts, from 0 */
  encode(prompt: number, part: StreamPart): readonly WireEvent[];
  fail(error: GatewayError): readonly WireEvent[];
}

function newEncoding(context: AnswerContext, prompts: number): Encoding {
  const { answerId, created, model, request } = context;
  return {
    context,
    frame: { id: `cmpl-${answerId}`, object: "text_completion", created, model },
    choices: request.sampling.choices ?? 1,
    open: prompts,
    texts: new Map(),
    told: new Map(),
    usages: new Map(),
    failed: false,
  };
}

/**
 * @param context of the first prompt's request; all have the same but for their turns
 * @param prompts how many there are
 */
export function openPromptsEncoder(context: AnswerContext, prompts: number): PromptsEncoder {
  const state = newEncoding(context, prompts);
  return {
    encode(prompt, part) {
      if (state.failed) return NONE;
      // The table's types tie each handler to its part; the look-up cannot show that to the compiler.
      const handle = HANDLERS[part.type] as (
        state: Encoding,
        of: { prompt: number; part: StreamPart },
      ) => Events;
      return handle(state, { prompt, part });
    },
    fail: (error) => fail(state, error),
  };
}

/** Writes openai's `Completion` stream of one prompt (PROTOCOLS.md 2.5). */
export function openPromptEncoder(context: AnswerContext): AnswerEncoder {
  const encoder = openPromptsEncoder(context, 1);
  return { encode: (part) => encoder.encode(0, part), fail: encoder.fail };
}
