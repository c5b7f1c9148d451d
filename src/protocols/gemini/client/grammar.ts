import { Raw } from "../../../base/raw-json.ts";
import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { Grammar, WireEvent } from "../../translation.ts";
import { isFinishReason } from "../finish.ts";

/** What has been seen of a stream: nothing of an answer yet, answering, or ended by its last chunk or an error. */
interface GrammarState {
  phase: "beginning" | "answering" | "ended";
  readonly choices: number;
  /** Candidates without a finish so far. */
  readonly unfinished: Set<number>;
  responseId: unknown;
  modelVersion: unknown;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const CONTENTS = ["text", "functionCall", "inlineData", "fileData", "executableCode", "codeExecutionResult"];

function wrongCall(call: JsonObject | undefined): string | undefined {
  if (!call) return "functionCall is no object";
  if (typeof call.name !== "string" || call.name === "") return "a functionCall without a name";
  if (typeof call.id !== "string" || call.id === "") return "a functionCall without an id";
  return call.args instanceof Raw || asObject(call.args)
    ? undefined
    : "a functionCall whose args are no object";
}

function wrongPart(part: JsonObject | undefined, last: boolean): string | undefined {
  if (!part) return "a part that is no object";
  const { thoughtSignature: signature } = part;
  if (CONTENTS.filter((field) => part[field] !== undefined).length > 1) return "a part with two contents";
  if (
    signature !== undefined &&
    !(typeof signature === "string" && signature !== "" && BASE64.test(signature))
  ) {
    return "a thoughtSignature that is no base64";
  }
  if (part.functionCall !== undefined) return wrongCall(asObject(part.functionCall));
  if (part.text !== undefined && typeof part.text !== "string") return "a text that is no string";
  const says = Object.keys(part).some((key) => key !== "text" && key !== "thought") || part.text !== "";
  return says || last ? undefined : "an empty text before the last chunk";
}

function wrongCandidate(state: GrammarState, candidate: JsonObject | undefined): string | undefined {
  if (!candidate) return "a candidate that is no object";
  const { index, content, finishReason } = candidate;
  if (typeof index !== "number" || index < 0 || index >= state.choices)
    return `a candidate with index ${index}`;
  const last = finishReason !== undefined;
  if (last && !isFinishReason(String(finishReason))) return `an unknown finishReason ${String(finishReason)}`;
  if (content !== undefined && asObject(content)?.role !== "model")
    return "a content whose role is not model";
  if (last) state.unfinished.delete(index);
  else state.unfinished.add(index);
  for (const part of asList(asObject(content)?.parts)) {
    const wrong = wrongPart(asObject(part), last);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongUsage(usage: JsonObject | undefined): string | undefined {
  if (!usage) return "a last chunk without usageMetadata";
  const sum = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount"]
    .map((field) => Number(usage[field] ?? 0))
    .reduce((total, tokens) => total + tokens, 0);
  return usage.totalTokenCount === sum ? undefined : "a totalTokenCount that is not the sum";
}

function wrongNames(state: GrammarState, { responseId, modelVersion }: JsonObject): string | undefined {
  if (typeof responseId !== "string" || typeof modelVersion !== "string")
    return "a chunk without responseId or modelVersion";
  state.responseId ??= responseId;
  state.modelVersion ??= modelVersion;
  const same = state.responseId === responseId && state.modelVersion === modelVersion;
  return same ? undefined : "chunks of two answers";
}

/** An error is a chunk of its own, and the end. */
function wrongError(state: GrammarState, error: JsonObject): string | undefined {
  state.phase = "ended";
  state.unfinished.clear();
  const right =
    typeof error.code === "number" && typeof error.message === "string" && typeof error.status === "string";
  return right ? undefined : "an error without code, message and status";
}

function checkChunk(state: GrammarState, chunk: JsonObject): string | undefined {
  const error = asObject(chunk.error);
  if (error) return wrongError(state, error);
  const names = wrongNames(state, chunk);
  if (names !== undefined) return names;
  const candidates = asList(chunk.candidates).map(asObject);
  const feedback = asObject(chunk.promptFeedback);
  if (candidates.length === 0 && !feedback) return "a chunk without candidates";
  for (const candidate of candidates) {
    const wrong = wrongCandidate(state, candidate);
    if (wrong !== undefined) return wrong;
  }
  const finished = candidates.filter((candidate) => candidate?.finishReason !== undefined);
  if (finished.length === 0 && !feedback) {
    state.phase = "answering";
    return undefined;
  }
  state.phase = "ended";
  return state.unfinished.size > 0
    ? "a last chunk that leaves candidates unfinished"
    : wrongUsage(asObject(chunk.usageMetadata));
}

function check(state: GrammarState, { name, data }: WireEvent): string | undefined {
  if (name !== undefined) return "an event line, which Gemini's clients die of";
  if (data === "[DONE]") return "[DONE], which Gemini's clients take for JSON";
  if (state.phase === "ended") return "a chunk after the last one";
  return checkChunk(state, data);
}

/** Follows a stream of Gemini chunks (PROTOCOLS.md 2.4): the finish comes once, on the last chunk. */
export function openGrammar(request: GenerationRequest): Grammar {
  const state: GrammarState = {
    phase: "beginning",
    choices: Math.max(request.sampling.choices ?? 1, 1),
    unfinished: new Set(),
    responseId: undefined,
    modelVersion: undefined,
  };
  return {
    check: (event) => check(state, event),
    end: () => (state.phase === "ended" ? undefined : "a chunk with the finishReason"),
  };
}
