import type { FinishReason, TokenLogprob } from "../../../core/generation/stream-part.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { writeFinish } from "../finish.ts";
import { writeUsage } from "../usage.ts";
import { type CandidateState, chunk, type EncoderState, takeCarried } from "./encoder-state.ts";
import { groundingOf } from "./grounding.ts";

const STOPPED: FinishReason = { unified: "stop", raw: "" };

/** What must still be said in parts; one empty text where nothing is, as Google itself ends. */
function lastParts(state: EncoderState, candidate: CandidateState): readonly JsonObject[] {
  const carrier = takeCarried(state, candidate);
  const parts =
    "thoughtSignature" in carrier ? [...candidate.waiting, { text: "", ...carrier }] : candidate.waiting;
  candidate.waiting = [];
  return parts.length > 0 ? parts : [{ text: "" }];
}

/** A call that is no JSON was left out: unless the answer was cut, the client hears that it was malformed. */
function finishOf({ finish = STOPPED, malformed }: CandidateState): JsonObject {
  const { finishMessage, explanation } = finish.detail ?? {};
  if (malformed !== undefined && (finish.unified === "tool" || finish.unified === "stop")) {
    const message = `The arguments of ${malformed} are no JSON.`;
    return { finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: message };
  }
  const message = finishMessage ?? explanation;
  return {
    finishReason: writeFinish(finish),
    ...(typeof message === "string" ? { finishMessage: message } : {}),
  };
}

function logprobsOf(tokens: readonly TokenLogprob[]): JsonObject {
  if (tokens.length === 0) return {};
  const written = (token: { token: string; logprob: number }) => ({
    token: token.token,
    logProbability: token.logprob,
  });
  const logprobsResult = {
    chosenCandidates: tokens.map(written),
    topCandidates: tokens.map(({ top }) => ({ candidates: top.map(written) })),
  };
  return { logprobsResult };
}

function lastCandidate(state: EncoderState, candidate: CandidateState): JsonObject {
  const { index } = candidate;
  return {
    index,
    content: { role: "model", parts: lastParts(state, candidate) },
    ...finishOf(candidate),
    ...groundingOf(candidate),
    ...logprobsOf(candidate.logprobs),
  };
}

/** A refused prompt has no candidate. */
function promptFeedback(candidates: readonly CandidateState[]): JsonObject | undefined {
  if (candidates.some(({ empty }) => !empty)) return undefined;
  return asObject(candidates[0]?.finish?.detail?.promptFeedback);
}

/** The last chunk: every candidate's finish, and the usage. */
export function endEvents(state: EncoderState): readonly WireEvent[] {
  const candidates = [...state.candidates.values()].sort((one, other) => one.index - other.index);
  const usageMetadata = writeUsage(state.usage);
  const feedback = promptFeedback(candidates);
  if (feedback) return [chunk(state, { promptFeedback: feedback, usageMetadata })];
  return [
    chunk(state, {
      candidates: candidates.map((candidate) => lastCandidate(state, candidate)),
      usageMetadata,
    }),
  ];
}
