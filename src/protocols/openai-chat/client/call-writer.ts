import type { Signature } from "../../../core/generation/node.ts";
import type { CallPart } from "../../../core/generation/request.ts";
import type { WireEvent } from "../../translation.ts";
import { chunk, type Encoding, type PartEncoding } from "./encoding.ts";
import { callState } from "./opaque-carriers.ts";

type Events = readonly WireEvent[];
type CallHead = Omit<CallPart, "input">;

function body({ form }: CallHead, name: string | undefined, input: string) {
  const named = name === undefined ? {} : { name };
  return form === "text" ? { custom: { ...named, input } } : { function: { ...named, arguments: input } };
}

/** A call's first fragment: everything but its input, and its state, which clients look for only here. */
function firstFragment(
  state: Encoding,
  part: PartEncoding,
  head: CallHead,
  signature: Signature | undefined,
): Events {
  const { choice, slot } = part;
  if (state.legacy) {
    const first = chunk(state, choice.choice, { function_call: { name: head.name, arguments: "" } });
    return slot === 0 ? [first] : [];
  }
  const type = head.form === "text" ? "custom" : "function";
  const call = { index: slot, id: head.callId, type, ...body(head, head.name, "") };
  if (!signature) return [chunk(state, choice.choice, { tool_calls: [call] })];
  const { extra_content, reasoning_details } = callState(state, part, signature);
  return [chunk(state, choice.choice, { tool_calls: [{ ...call, extra_content }], reasoning_details })];
}

function nextFragment(state: Encoding, part: PartEncoding, head: CallHead, input: string): Events {
  const { choice, slot } = part;
  if (!state.legacy)
    return [chunk(state, choice.choice, { tool_calls: [{ index: slot, ...body(head, undefined, input) }] })];
  // A message has room for one call only; the request asked for no more.
  return slot === 0 ? [chunk(state, choice.choice, { function_call: { arguments: input } })] : [];
}

/**
 * Gemini signs calls, and says so behind their arguments, which come whole: its calls wait for the signature,
 * since the AI SDK reads it from the first fragment alone. Those of all other models go at once.
 */
export function openCall(state: Encoding, part: PartEncoding, head: CallHead): Events {
  if (head.signature || !state.signsCalls) return firstFragment(state, part, head, head.signature);
  part.held = "";
  return [];
}

export function writeInput(state: Encoding, part: PartEncoding, input: string): Events {
  if (part.head.kind !== "call" || input === "") return [];
  part.hasInput = true;
  if (part.held === undefined) return nextFragment(state, part, part.head, input);
  part.held += input;
  return [];
}

/** Lets a call go that waited; undefined where it did not. */
export function releaseCall(state: Encoding, part: PartEncoding, signature?: Signature): Events | undefined {
  const { head, held } = part;
  if (head.kind !== "call" || held === undefined) return undefined;
  part.held = undefined;
  const rest = held === "" ? [] : nextFragment(state, part, head, held);
  return [...firstFragment(state, part, head, signature), ...rest];
}

/** A call without arguments is an empty object: clients parse what they get. */
export function closeCall(state: Encoding, part: PartEncoding): Events {
  const { head, hasInput } = part;
  const waited = releaseCall(state, part) ?? [];
  return head.kind === "call" && head.form === "json" && !hasInput
    ? [...waited, ...nextFragment(state, part, head, "{}")]
    : waited;
}
