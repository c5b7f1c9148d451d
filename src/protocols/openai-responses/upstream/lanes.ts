import type { Signature } from "../../../core/generation/node.ts";
import type { Citation } from "../../../core/generation/request.ts";
import type { PartHead, StreamPart, TokenLogprob } from "../../../core/generation/stream-part.ts";

/** A stream part of one item, before the answer's count of parts is known. */
export type Piece =
  | { readonly type: "open"; readonly part: PartHead }
  | { readonly type: "text"; readonly text: string; readonly section?: number }
  | { readonly type: "input"; readonly text: string }
  | { readonly type: "cite"; readonly citation: Citation }
  | { readonly type: "logprobs"; readonly tokens: readonly TokenLogprob[] }
  | { readonly type: "sign"; readonly signature: Signature }
  | { readonly type: "close" };

/** The parts of one output item, in their order. */
export interface Lane {
  readonly waiting: Piece[];
  done: boolean;
}

/**
 * Items may grow at the same time, parts of the neutral form may not: the first unfinished item's go out as they
 * come, those of later items wait for it.
 */
export interface Lanes {
  readonly queue: Lane[];
  /** Index of the part opened last; -1 before the first. */
  index: number;
  /** What may go out by now. */
  out: StreamPart[];
}

export function newLanes(): Lanes {
  return { queue: [], index: -1, out: [] };
}

export function addLane(lanes: Lanes): Lane {
  const lane = { waiting: [], done: false };
  lanes.queue.push(lane);
  return lane;
}

export function push(lanes: Lanes, lane: Lane, piece: Piece): void {
  lane.waiting.push(piece);
  if (lanes.queue[0] === lane) drain(lanes);
}

export function endLane(lanes: Lanes, lane: Lane): void {
  lane.done = true;
  drain(lanes);
}

function drain(lanes: Lanes): void {
  for (let lane = lanes.queue[0]; lane; lane = lanes.queue[0]) {
    for (const piece of lane.waiting.splice(0)) lanes.out.push(numbered(lanes, piece));
    if (!lane.done) return;
    lanes.queue.shift();
  }
}

function numbered(lanes: Lanes, piece: Piece): StreamPart {
  if (piece.type !== "open") return { ...piece, index: lanes.index };
  lanes.index++;
  return { type: "open", index: lanes.index, choice: 0, part: piece.part };
}

/** What may go out since the last call. */
export function takeOut(lanes: Lanes): readonly StreamPart[] {
  const { out } = lanes;
  lanes.out = [];
  return out;
}
