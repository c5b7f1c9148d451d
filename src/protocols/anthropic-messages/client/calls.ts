import type { Signature } from "../../../core/generation/node.ts";
import type { OpenPart } from "../../../core/generation/stream-part.ts";
import { asObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { keptOf, withKept } from "../kept-members.ts";
import { type AnswerState, delta, startBlock } from "./state.ts";
import { endThinking } from "./thinking-out.ts";

type Events = readonly WireEvent[];

/** Whether a signature of the call has a place before it: in the thinking block that waits, or in one of its own. */
function mayCarry({ thinks, waiting }: AnswerState): boolean {
  return thinks && waiting?.signature?.by !== "anthropic";
}

function startCall(state: AnswerState, { part }: OpenPart, signature: Signature | undefined): Events {
  if (part.kind !== "call") return [];
  const before = endThinking(state, signature && { ...signature, callId: part.callId });
  state.open = { kind: "call", block: state.blocks };
  const block = { type: "tool_use", id: part.callId, name: part.name, input: {} };
  return [...before, startBlock(state, withKept(block, keptOf(part)))];
}

export function openCall(state: AnswerState, open: OpenPart): Events {
  const signature = open.part.kind === "call" ? open.part.signature : undefined;
  if (signature || !mayCarry(state)) return startCall(state, open, signature);
  state.held = { open, input: "" };
  return [];
}

function inputDelta(state: AnswerState, text: string): Events {
  if (state.open?.kind !== "call" || text === "") return [];
  return [delta(state.open.block, { type: "input_json_delta", partial_json: text })];
}

/** Puts a held call on the wire, with its signature where that has come. */
export function releaseCall(state: AnswerState, signature?: Signature): Events {
  const { held } = state;
  state.held = undefined;
  if (!held) return [];
  return [...startCall(state, held.open, signature), ...inputDelta(state, held.input)];
}

function isWhole(text: string): boolean {
  if (!text.endsWith("}")) return false;
  try {
    return asObject(JSON.parse(text)) !== undefined;
  } catch {
    // More of it follows.
    return false;
  }
}

export function writeInput(state: AnswerState, text: string): Events {
  const { held } = state;
  if (held && held.input === "" && (text === "" || isWhole(text))) {
    held.input = text;
    return [];
  }
  return [...releaseCall(state), ...inputDelta(state, text)];
}
