import type { Signature } from "../../../core/generation/node.ts";
import type { Citation, SearchSource } from "../../../core/generation/request.ts";
import type { FinishReason, PartHead, TokenLogprob } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { NO_USAGE, type Usage } from "../../../core/usage.ts";
import type { AnswerContext, WireEvent } from "../../translation.ts";

/** A part that is being written. */
export interface OpenState {
  readonly part: PartHead;
  readonly candidate: CandidateState;
  /** Thinking, or a call's input, in pieces: what must be told whole at its end. */
  readonly pieces: string[];
  /** Where it stands in the candidate's visible text, in UTF-16 units; `end` is set by its close. */
  readonly start: number;
  end: number;
  section: number | undefined;
  signature: Signature | undefined;
}

export interface CitedPlace {
  readonly citation: Citation;
  readonly within: OpenState;
}

export interface CandidateState {
  readonly index: number;
  /** The visible text: grounding counts its bytes. */
  readonly text: string[];
  units: number;
  /** Signatures of thinking by other vendors' models, waiting for a part to travel on. */
  carried: Signature[];
  /** Empty parts that bear a signature, waiting for the next part or the end. */
  waiting: JsonObject[];
  readonly queries: string[];
  readonly sources: SearchSource[];
  readonly cited: CitedPlace[];
  readonly logprobs: TokenLogprob[];
  finish: FinishReason | undefined;
  /** A call whose input is no JSON, so that no client must run it. */
  malformed: string | undefined;
  empty: boolean;
}

/** All that the encoder knows of one answer. */
export interface EncoderState {
  readonly context: AnswerContext;
  readonly candidates: Map<number, CandidateState>;
  readonly open: Map<number, OpenState>;
  usage: Usage;
}

export function newEncoderState(context: AnswerContext): EncoderState {
  return { context, candidates: new Map(), open: new Map(), usage: NO_USAGE };
}

export function candidateOf(state: EncoderState, index: number): CandidateState {
  const known = state.candidates.get(index);
  if (known) return known;
  const fresh: CandidateState = {
    index,
    text: [],
    units: 0,
    carried: [],
    waiting: [],
    queries: [],
    sources: [],
    cited: [],
    logprobs: [],
    finish: undefined,
    malformed: undefined,
    empty: true,
  };
  state.candidates.set(index, fresh);
  return fresh;
}

/** Every chunk names its model and answer; `role` is always "model". */
export function chunk({ context }: EncoderState, fields: JsonObject): WireEvent {
  return { data: { ...fields, modelVersion: context.model, responseId: context.answerId } };
}

/** A chunk with parts of one candidate, the waiting ones first. */
export function partChunk(
  state: EncoderState,
  candidate: CandidateState,
  parts: readonly JsonObject[],
): WireEvent[] {
  const all = [...candidate.waiting, ...parts];
  if (all.length === 0) return [];
  candidate.waiting = [];
  candidate.empty = false;
  const content = { role: "model", parts: all };
  return [chunk(state, { candidates: [{ index: candidate.index, content }] })];
}

/** An envelope as a thought signature: Google's clients insist on base64. */
export function sealed({ context }: EncoderState, signatures: readonly Signature[]): JsonObject {
  return { thoughtSignature: Buffer.from(context.seal(signatures)).toString("base64") };
}

/** Google's own signature goes bare, so that it can be passed through again. */
export function isNative(signature: Signature): boolean {
  return signature.by === "google";
}

/** Our own word that thinking is a model's matters to calls only (models that want it back with them). */
function isVendors(signature: Signature): boolean {
  return signature.by !== "gateway";
}

/** The signatures that travel on the next text, if any vendor needs them back. */
export function takeCarried(state: EncoderState, candidate: CandidateState): JsonObject {
  if (!candidate.carried.some(isVendors)) return {};
  const { carried } = candidate;
  candidate.carried = [];
  return sealed(state, carried);
}
