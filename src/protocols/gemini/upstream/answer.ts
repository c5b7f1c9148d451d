import { type RawIndex, rawIndex } from "../../../base/raw-json.ts";
import type { SseEvent } from "../../../base/sse.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import { asList, asObject, asWord, type JsonObject } from "../../../core/json.ts";
import type { AnswerDecodeContext, AnswerDecoder } from "../../translation.ts";
import { readFinish } from "../finish.ts";
import { readUsage } from "../usage.ts";
import { decodeAnswerPart } from "./answer-parts.ts";
import {
  type ChoiceState,
  choiceOf,
  closeSlot,
  type DecoderState,
  newDecoderState,
} from "./decoder-state.ts";
import { errorOf, readError } from "./error.ts";
import { citations, searchPart } from "./grounding.ts";
import { decodeLogprobs } from "./logprobs.ts";

const AGAIN = "try again, or use another model.";

function fail(state: DecoderState, error: GatewayError): StreamPart[] {
  state.over = true;
  return [...start(state, {}), { type: "fail", error }];
}

function broken(state: DecoderState, what: string): StreamPart[] {
  return fail(state, new GatewayError("upstream_error", `The upstream of this model ${what}; ${AGAIN}`));
}

function start(state: DecoderState, chunk: JsonObject): StreamPart[] {
  if (state.started) return [];
  state.started = true;
  const { responseId: id, modelVersion: model } = chunk;
  return [
    { type: "start", id: typeof id === "string" ? id : "", model: typeof model === "string" ? model : "" },
  ];
}

function noteFinish(choice: ChoiceState, candidate: JsonObject): void {
  const { finishReason, finishMessage } = candidate;
  if (typeof finishReason !== "string" || finishReason === "") return;
  const detail = typeof finishMessage === "string" ? { detail: { finishMessage } } : {};
  choice.finish = { raw: finishReason, ...detail };
}

/** One candidate of a chunk; candidates come by index, or one alone without. */
function decodeCandidate(state: DecoderState, candidate: JsonObject, raw: RawIndex): StreamPart[] {
  const choice = choiceOf(state, typeof candidate.index === "number" ? candidate.index : 0);
  const content = asObject(candidate.content);
  const parts: StreamPart[] = [];
  for (const value of asList(content?.parts)) {
    const part = asObject(value);
    if (part) parts.push(...decodeAnswerPart(state, choice, part, raw));
  }
  parts.push(...decodeLogprobs(choice, asObject(candidate.logprobsResult)));
  const grounding = asObject(candidate.groundingMetadata);
  if (grounding && Object.keys(grounding).length > 0) choice.grounding = grounding;
  choice.citations.push(...asList(asObject(candidate.citationMetadata)?.citations));
  noteFinish(choice, candidate);
  return parts;
}

/** One `GenerateContentResponse`: a chunk of a stream, or the whole answer. */
function decodeChunk(state: DecoderState, chunk: JsonObject, raw: RawIndex): StreamPart[] {
  const parts = start(state, chunk);
  const error = errorOf(chunk);
  if (error) return [...parts, ...fail(state, readError(error, 0))];
  for (const value of asList(chunk.candidates)) {
    const candidate = asObject(value);
    if (candidate) parts.push(...decodeCandidate(state, candidate, raw));
  }
  const feedback = asObject(chunk.promptFeedback);
  if (feedback?.blockReason !== undefined) state.blocked = feedback;
  const usage = asObject(chunk.usageMetadata);
  if (usage) parts.push({ type: "usage", usage: readUsage(usage) });
  return parts;
}

/** A chunk, or a list of chunks as servers answer that do not know `alt=sse`. */
export function decodeJson(state: DecoderState, value: unknown, raw: RawIndex): StreamPart[] {
  const parts: StreamPart[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const chunk = asObject(item);
    if (chunk && !state.over) parts.push(...decodeChunk(state, chunk, raw));
  }
  return parts;
}

function decodeEvent(state: DecoderState, { data }: SseEvent): StreamPart[] {
  const text = data.trim();
  if (state.over || text === "" || text === "[DONE]") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What it held is lost, so the answer cannot be told whole any more.
    return broken(state, "sent a chunk that is no JSON");
  }
  return decodeJson(state, value, rawIndex(text, value));
}

/** What is still open or owed of one choice. */
function closeChoice(state: DecoderState, choice: ChoiceState): StreamPart[] {
  return [...citations(choice), ...closeSlot(state, choice), ...searchPart(state, choice)];
}

/** A prompt that was refused has no candidates. */
function blockedFinish(feedback: JsonObject): StreamPart {
  const raw = asWord(feedback.blockReason);
  const reason = { unified: "filter", raw, detail: { promptFeedback: feedback } } as const;
  return { type: "finish", choice: 0, reason };
}

/**
 * The connection ended, which is the only end that Gemini's streams have. The answer is whole when every
 * candidate said why it finished.
 */
export function decodeEnd(state: DecoderState): StreamPart[] {
  if (state.over) return [];
  const choices = [...state.choices.values()].sort((one, other) => one.choice - other.choice);
  if (choices.length === 0 && state.blocked) {
    state.over = true;
    return [blockedFinish(state.blocked), { type: "end" }];
  }
  if (choices.length === 0) return broken(state, "ended without an answer");
  if (choices.some(({ finish }) => finish === undefined))
    return broken(state, "broke off in the middle of its answer");
  state.over = true;
  const closed = choices.flatMap((choice) => closeChoice(state, choice));
  const finished = choices.flatMap(({ choice, finish, calls }): StreamPart[] =>
    finish ? [{ type: "finish", choice, reason: { ...finish, unified: readFinish(finish.raw, calls) } }] : [],
  );
  return [...closed, ...finished, { type: "end" }];
}

export function openDecoder(context: AnswerDecodeContext): AnswerDecoder {
  const state = newDecoderState(context);
  return {
    decode: (event) => decodeEvent(state, event),
    end: () => decodeEnd(state),
  };
}
