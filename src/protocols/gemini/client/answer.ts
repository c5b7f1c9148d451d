import type { GatewayError } from "../../../core/errors.ts";
import type { MediaPart } from "../../../core/generation/request.ts";
import type { OpenPart, StreamPart } from "../../../core/generation/stream-part.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { geminiBody } from "../../errors/gemini.ts";
import type { AnswerContext, AnswerEncoder, WireEvent } from "../../translation.ts";
import { closeCall } from "./call.ts";
import {
  candidateOf,
  type EncoderState,
  isNative,
  newEncoderState,
  type OpenState,
  partChunk,
  takeCarried,
} from "./encoder-state.ts";
import { endEvents } from "./end.ts";

type Encoders = {
  readonly [Type in StreamPart["type"]]: (
    state: EncoderState,
    part: Extract<StreamPart, { type: Type }>,
  ) => readonly WireEvent[];
};

const ENCODERS: Encoders = {
  start: (state, { usage }) => {
    if (usage) state.usage = usage;
    return [];
  },
  open: encodeOpen,
  text: encodeText,
  input: (state, { index, text }) => {
    state.open.get(index)?.pieces.push(text);
    return [];
  },
  cite: (state, { index, citation }) => {
    const within = state.open.get(index);
    within?.candidate.cited.push({ citation, within });
    return [];
  },
  logprobs: (state, { index, tokens }) => {
    state.open.get(index)?.candidate.logprobs.push(...tokens);
    return [];
  },
  sign: (state, { index, signature }) => {
    const open = state.open.get(index);
    if (open) open.signature = signature;
    return [];
  },
  close: encodeClose,
  usage: (state, { usage }) => {
    state.usage = usage;
    return [];
  },
  finish: (state, { choice, reason }) => {
    candidateOf(state, choice).finish = reason;
    return [];
  },
  // A comment kills Gemini CLI, and there is no event for it (PROTOCOLS.md 1.10).
  ping: () => [],
  end: endEvents,
  fail: (_, { error }) => failEvents(error),
};

function encodeOpen(state: EncoderState, { index, choice, part }: OpenPart): readonly WireEvent[] {
  const candidate = candidateOf(state, choice);
  const start = candidate.units;
  const signature = part.kind === "call" ? part.signature : undefined;
  const open: OpenState = { part, candidate, pieces: [], start, end: start, section: undefined, signature };
  state.open.set(index, open);
  if (part.kind === "search") {
    candidate.queries.push(...part.queries);
    candidate.sources.push(...part.sources);
  }
  return [];
}

function encodeText(
  state: EncoderState,
  { index, text, section }: Extract<StreamPart, { type: "text" }>,
): readonly WireEvent[] {
  const open = state.open.get(index);
  if (!open || text === "") return [];
  const { candidate, part } = open;
  if (part.kind === "reasoning") {
    const gap = open.section !== undefined && section !== undefined && section !== open.section ? "\n\n" : "";
    open.section = section ?? open.section;
    open.pieces.push(gap, text);
    return partChunk(state, candidate, [{ text: `${gap}${text}`, thought: true }]);
  }
  candidate.text.push(text);
  candidate.units += text.length;
  return partChunk(state, candidate, [{ text, ...takeCarried(state, candidate) }]);
}

/** A media part comes whole. */
function mediaPart(part: MediaPart): JsonObject {
  const { source } = part;
  if (source.type === "url") return { fileData: { mimeType: part.mime, fileUri: source.url } };
  const data =
    source.type === "base64"
      ? source.bytes
      : Buffer.from(source.type === "text" ? source.text : "").toString("base64");
  const mimeType = part.mime ?? (source.type === "text" ? "text/plain" : "application/octet-stream");
  return { inlineData: { mimeType, data } };
}

type Closers = {
  readonly [Kind in OpenState["part"]["kind"]]: (state: EncoderState, open: OpenState) => WireEvent[];
};

const CLOSERS: Closers = {
  text: closeText,
  reasoning: closeReasoning,
  call: closeCall,
  media: (state, { part, candidate, signature }) => {
    if (part.kind !== "media") return [];
    const signed = signature && isNative(signature) ? { thoughtSignature: signature.value } : {};
    return partChunk(state, candidate, [{ ...mediaPart(part), ...signed }]);
  },
  search: () => [],
  opaque: (state, { part, candidate }) =>
    part.kind === "opaque" && part.protocol === "gemini"
      ? partChunk(state, candidate, [asObject(JSON.parse(part.raw)) ?? {}])
      : [],
};

function encodeClose(state: EncoderState, { index }: { readonly index: number }): readonly WireEvent[] {
  const open = state.open.get(index);
  if (!open) return [];
  open.end = open.candidate.units;
  state.open.delete(index);
  return CLOSERS[open.part.kind](state, open);
}

/** Google's own signature on text that is out already: an empty part bears it, with the next chunk. */
function closeText(_: EncoderState, { candidate, signature }: OpenState): WireEvent[] {
  if (signature && isNative(signature))
    candidate.waiting.push({ text: "", thoughtSignature: signature.value });
  return [];
}

/**
 * Thinking that another vendor signed: the signature travels with the thinking's text on the next part,
 * since clients drop thoughts (Gemini CLI) but echo what is on calls and texts.
 */
function closeReasoning(_: EncoderState, { candidate, signature, pieces }: OpenState): WireEvent[] {
  const text = pieces.join("");
  if (signature && isNative(signature)) {
    candidate.waiting.push({ text: "", thought: true, thoughtSignature: signature.value });
  } else if (signature) {
    candidate.carried.push(text === "" ? signature : { ...signature, text });
  } else if (text !== "") {
    candidate.carried.push({ value: text, by: "gateway" });
  }
  return [];
}

/** The dialect's error as a chunk of its own. */
function failEvents(error: GatewayError): readonly WireEvent[] {
  return [{ data: asObject(JSON.parse(geminiBody(error))) ?? {} }];
}

/** Writes `GenerateContentResponse` chunks (PROTOCOLS.md 2.4). */
export function openEncoder(context: AnswerContext): AnswerEncoder {
  const state = newEncoderState(context);
  return {
    encode(part) {
      const encode = ENCODERS[part.type] as (state: EncoderState, part: StreamPart) => readonly WireEvent[];
      return encode(state, part);
    },
    fail: failEvents,
  };
}
