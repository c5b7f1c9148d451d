import type { PartHead } from "../../../core/generation/stream-part.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { some } from "../members.ts";
import { type TypedCall, typedCallOfType } from "../typed-calls.ts";
import { added, type CallItem, done, type EncoderState, itemEvent, place } from "./answer-state.ts";

type CallHead = Extract<PartHead, { kind: "call" }>;

/** Item type, prefix of its id, event and member of a call's input. */
const WORDS = {
  json: {
    type: "function_call",
    prefix: "fc",
    event: "response.function_call_arguments",
    member: "arguments",
  },
  text: {
    type: "custom_tool_call",
    prefix: "ctc",
    event: "response.custom_tool_call_input",
    member: "input",
  },
} as const;

/** openai `ResponseFunctionToolCall`, `ResponseCustomToolCall`, or the item of a vendor's tool that the client runs. */
export function openCall(state: EncoderState, head: CallHead): readonly WireEvent[] {
  const typed = head.builtin === undefined ? undefined : typedCallOfType(head.builtin);
  const item: CallItem = {
    kind: "call",
    ...place(state, typed?.prefix ?? WORDS[head.form].prefix, head.id),
    form: head.form,
    typed,
    callId: head.callId,
    name: head.name,
    namespace: head.namespace,
    input: "",
  };
  state.current = item;
  return [added(state, item, callOf(item, "in_progress"))];
}

function callOf(item: CallItem, status: string): JsonObject {
  const { typed } = item;
  if (typed) return typedItem(item, typed, status);
  const { type, member } = WORDS[item.form];
  return {
    id: item.id,
    type,
    status,
    call_id: item.callId,
    name: item.name,
    ...some("namespace", item.namespace),
    [member]: item.input,
  };
}

function typedItem(item: CallItem, typed: TypedCall, status: string): JsonObject {
  return {
    id: item.id,
    type: typed.call,
    status,
    call_id: item.callId,
    ...typed.marks,
    [typed.member]: { ...typed.fixed, ...parsed(item.input) },
  };
}

function parsed(input: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(input));
  } catch {
    // Half an input, of a call that is not to be run.
    return undefined;
  }
}

export function callInput(state: EncoderState, item: CallItem, delta: string): readonly WireEvent[] {
  item.input += delta;
  return item.typed ? [] : [itemEvent(state, item, `${WORDS[item.form].event}.delta`, { delta })];
}

/** JSON that parses is whole; of everything else only what follows tells whether it was cut. */
export function closeCall(state: EncoderState, item: CallItem): readonly WireEvent[] {
  const filled = item.form === "json" && item.input.trim() === "" ? callInput(state, item, "{}") : [];
  if (item.form === "json" && parsed(item.input)) return [...filled, ...endCall(state, item, "completed")];
  state.held = item;
  return filled;
}

/** A call that was cut has no `done` of its input: clients must not run it. */
export function endCall(state: EncoderState, item: CallItem, status: string): readonly WireEvent[] {
  const isSaid = !item.typed && status === "completed";
  const said = isSaid ? [inputDone(state, item)] : [];
  return [...said, done(state, item, callOf(item, status))];
}

function inputDone(state: EncoderState, item: CallItem): WireEvent {
  const { event, member } = WORDS[item.form];
  const named = item.form === "json" ? { name: item.name } : {};
  return itemEvent(state, item, `${event}.done`, { ...named, [member]: item.input });
}

export function partialCall(item: CallItem): JsonObject {
  return callOf(item, "incomplete");
}
