import { GatewayError } from "../../../core/errors.ts";
import type { Citation, MediaPart } from "../../../core/generation/request.ts";
import type { FinishReason, OpenPart, PartHead, StreamPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { openAiError } from "../../errors/openai.ts";
import { inlineUrl } from "../../inline-url.ts";
import { type AnswerContext, type AnswerEncoder, type WireEvent, wordedBy } from "../../translation.ts";
import { keptOf } from "../notes.ts";
import { writeChatUsage } from "../usage.ts";
import { closeCall, openCall, releaseCall, writeInput } from "./call-writer.ts";
import { type ChoiceEncoding, chunk, type Encoding, enterChoice, type PartEncoding } from "./encoding.ts";
import { logprobsOf } from "./logprobs.ts";
import { signPart } from "./opaque-carriers.ts";

type Events = readonly WireEvent[];
const NONE: Events = [];

function urlOf(media: MediaPart): string | undefined {
  const { source } = media;
  if (source.type === "url") return source.url;
  return source.type === "base64" ? inlineUrl(media.mime ?? "image/png", source.bytes) : undefined;
}

/** Images as OpenRouter gives them, audio as openai's `ChatCompletionAudio`. */
function writeMedia(state: Encoding, choice: ChoiceEncoding, media: MediaPart): Events {
  if (media.media === "audio" && media.source.type === "base64") {
    const { id, transcript, expires_at } = keptOf(media);
    const audio = {
      id: id ?? `audio_${state.context.answerId}`,
      data: media.source.bytes,
      transcript: transcript ?? "",
      expires_at: expires_at ?? state.context.created + 3600,
    };
    return [chunk(state, choice.choice, { audio })];
  }
  const url = urlOf(media);
  if (media.media !== "image" || url === undefined) return NONE;
  const image = { type: "image_url", image_url: { url }, index: choice.images++ };
  return [chunk(state, choice.choice, { images: [image] })];
}

/** By kind of part, what its opening says. Searches and what only another protocol has are left out. */
const OPEN: {
  readonly [K in PartHead["kind"]]: (state: Encoding, part: PartEncoding) => Events;
} = {
  text: () => NONE,
  reasoning: () => NONE,
  call: (state, part) => (part.head.kind === "call" ? openCall(state, part, part.head) : NONE),
  media: (state, { head, choice }) => (head.kind === "media" ? writeMedia(state, choice, head) : NONE),
  search: () => NONE,
  opaque: () => NONE,
};

function open(state: Encoding, { index, choice: number, part: head }: OpenPart): Events {
  const { choice, events } = enterChoice(state, number);
  const slot = head.kind === "call" ? choice.calls++ : -1;
  const from = choice.content.length;
  const part: PartEncoding = {
    choice,
    head,
    from,
    slot,
    text: "",
    section: undefined,
    held: undefined,
    hasInput: false,
  };
  state.parts.set(index, part);
  return [...events, ...OPEN[head.kind](state, part)];
}

/** Several thoughts, and the sections of one, are paragraphs of one field. */
function writeReasoning(
  state: Encoding,
  part: PartEncoding,
  text: string,
  section: number | undefined,
): Events {
  const { choice } = part;
  if (text === "") return NONE;
  const isNext = part.text === "" ? choice.hasReasoning : section !== part.section;
  part.section = section;
  choice.hasReasoning = true;
  const said = isNext ? `\n\n${text}` : text;
  part.text += part.text === "" ? text : said;
  return [chunk(state, choice.choice, { reasoning_content: said })];
}

function writeText(state: Encoding, part: PartEncoding, text: string, section: number | undefined): Events {
  const { head, choice } = part;
  if (head.kind === "reasoning") return writeReasoning(state, part, text, section);
  if (head.kind !== "text" || text === "") return NONE;
  if (head.refusal) {
    choice.refused = true;
    return [chunk(state, choice.choice, { refusal: text })];
  }
  choice.content += text;
  return [chunk(state, choice.choice, { content: text })];
}

/** Characters, as Python and OpenAI count them. */
const characters = (text: string) => [...text].length;

function annotationOf(part: PartEncoding, citation: Citation): JsonObject | undefined {
  if (citation.url === undefined) return undefined;
  const { content } = part.choice;
  const start = part.from + (citation.start ?? 0);
  const end = citation.end === undefined ? content.length : part.from + citation.end;
  const url_citation = {
    url: citation.url,
    title: citation.title ?? "",
    start_index: characters(content.slice(0, start)),
    end_index: characters(content.slice(0, end)),
  };
  return { type: "url_citation", url_citation };
}

function cite(state: Encoding, part: PartEncoding, citation: Citation): Events {
  const annotation = annotationOf(part, citation);
  return annotation ? [chunk(state, part.choice.choice, { annotations: [annotation] })] : NONE;
}

type Word = "stop" | "length" | "tool_calls" | "content_filter";

/** PROTOCOLS.md 1.7; the last two say that nothing whole came, which no word of chat's says. */
const WORDS: { readonly [K in FinishReason["unified"]]: Word | "failed" } = {
  stop: "stop",
  stop_sequence: "stop",
  length: "length",
  context: "length",
  tool: "tool_calls",
  refusal: "content_filter",
  filter: "content_filter",
  pause: "length",
  other: "stop",
  malformed_tool: "failed",
  error: "failed",
};

function finish(state: Encoding, number: number, reason: FinishReason): Events {
  const { choice, events } = enterChoice(state, number);
  const word = reason.unified === "refusal" && choice.refused ? "stop" : WORDS[reason.unified];
  if (word === "failed") {
    const message = `The model did not finish its answer (${reason.raw || reason.unified}); try again.`;
    return [...events, ...fail(state, wordedBy(state.context, new GatewayError("upstream_error", message)))];
  }
  const finish_reason = word === "tool_calls" && state.legacy ? "function_call" : word;
  // vLLM's field for the sequence that matched.
  const more = reason.matched === undefined ? {} : { stop_reason: reason.matched };
  return [...events, chunk(state, number, {}, { finish_reason, ...more })];
}

function end(state: Encoding): Events {
  const { usage, context, serviceTier } = state;
  const tier = serviceTier === undefined ? {} : { service_tier: serviceTier };
  const last: WireEvent[] = [];
  if (usage && context.request.wantsUsage) {
    last.push({ data: { ...state.frame, choices: [], usage: writeChatUsage(usage), ...tier } });
  }
  return [...last, { data: "[DONE]" }];
}

function fail(state: Encoding, error: GatewayError): Events {
  if (state.failed) return NONE;
  state.failed = true;
  return [{ data: openAiError(error) }];
}

type Handlers = {
  readonly [K in StreamPart["type"]]: (state: Encoding, part: Extract<StreamPart, { type: K }>) => Events;
};

function onPart(state: Encoding, index: number, write: (part: PartEncoding) => Events): Events {
  const part = state.parts.get(index);
  return part ? write(part) : NONE;
}

const HANDLERS: Handlers = {
  start(state, { model }) {
    state.signsCalls = /gemini/i.test(model);
    return enterChoice(state, 0).events;
  },
  open,
  text: (state, { index, text, section }) =>
    onPart(state, index, (part) => writeText(state, part, text, section)),
  input: (state, { index, text }) => onPart(state, index, (part) => writeInput(state, part, text)),
  cite: (state, { index, citation }) => onPart(state, index, (part) => cite(state, part, citation)),
  logprobs: (state, { index, tokens }) =>
    onPart(state, index, ({ choice, head }) => [
      chunk(state, choice.choice, {}, { logprobs: logprobsOf(tokens, head.kind === "text" && head.refusal) }),
    ]),
  sign: (state, { index, signature }) =>
    onPart(state, index, (part) => releaseCall(state, part, signature) ?? signPart(state, part, signature)),
  close: (state, { index }) => {
    const events = onPart(state, index, (part) => closeCall(state, part));
    state.parts.delete(index);
    return events;
  },
  usage(state, { usage, serviceTier }) {
    state.usage = usage;
    state.serviceTier = serviceTier ?? state.serviceTier;
    return NONE;
  },
  finish: (state, { choice, reason }) => finish(state, choice, reason),
  ping: () => NONE,
  end,
  fail: (state, { error }) => fail(state, error),
};

function newEncoding(context: AnswerContext): Encoding {
  const { answerId, created, model, request } = context;
  const frame = { id: `chatcmpl-${answerId}`, object: "chat.completion.chunk", created, model };
  const legacy = request.tools.some((tool) => keptOf(tool).$legacy === true);
  return {
    context,
    frame,
    legacy,
    signsCalls: false,
    choices: new Map(),
    parts: new Map(),
    usage: undefined,
    serviceTier: undefined,
    failed: false,
  };
}

/** Writes openai's `ChatCompletionChunk` stream (PROTOCOLS.md 2.2). */
export function openChatEncoder(context: AnswerContext): AnswerEncoder {
  const state = newEncoding(context);
  return {
    encode(part) {
      if (state.failed) return NONE;
      // The table's types tie each handler to its part; the look-up cannot show that to the compiler.
      return (HANDLERS[part.type] as (state: Encoding, part: StreamPart) => Events)(state, part);
    },
    fail: (error) => fail(state, error),
  };
}
