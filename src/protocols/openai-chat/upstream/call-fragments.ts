import { GatewayError } from "../../../core/errors.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import {
  type CallDecoding,
  type ChoiceDecoding,
  closePart,
  type Decoding,
  failWith,
  openPart,
  stateSignature,
} from "./decoding.ts";

/**
 * Calls come in fragments, and servers differ in all that tells one call from the next (PROTOCOLS.md 2.2):
 * name and arguments in one fragment, ids repeated, new on each, missing or empty, `index` missing or always 0,
 * several calls in one delta, the name only after the id.
 */
interface Fragment {
  readonly slot: number | undefined;
  readonly id: string | undefined;
  readonly name: string;
  readonly form: "json" | "text";
  readonly input: string;
}

function textOf(value: unknown, state: Decoding): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? state.raw.of(value) : "";
}

function readFragment(call: JsonObject, state: Decoding): Fragment {
  const custom = asObject(call.custom);
  const inner = custom ?? asObject(call.function) ?? {};
  return {
    slot: typeof call.index === "number" ? call.index : undefined,
    id: typeof call.id === "string" && call.id !== "" ? call.id : undefined,
    name: typeof inner.name === "string" ? inner.name : "",
    form: custom ? "text" : "json",
    input: textOf(custom ? custom.input : inner.arguments, state),
  };
}

function isComplete(input: string): boolean {
  try {
    JSON.parse(input);
    return true;
  } catch {
    // Arguments that are no JSON yet go on.
    return false;
  }
}

function beginsCall(current: CallDecoding, fragment: Fragment): boolean {
  const { slot, id, name, input } = fragment;
  if (slot !== undefined && current.slot !== undefined && slot !== current.slot) return true;
  if (id !== undefined && current.id !== undefined) {
    return id !== current.id && (name !== "" || isComplete(current.input));
  }
  if (name === "" || current.name === "") return false;
  // Nothing but the names tells the calls apart; a server may repeat the name with every fragment.
  if (name !== current.name) return current.input === "" || isComplete(current.input);
  return input !== "" && isComplete(current.input);
}

/** A fragment of a call that is closed already; what it says can no longer be told. */
function isLate(choice: ChoiceDecoding, { slot, id }: Fragment): boolean {
  if (slot === undefined || slot === choice.call?.slot || !choice.closed.has(slot)) return false;
  return id === undefined || id === choice.closed.get(slot);
}

/** Ids as the server gives them; one that is missing or given twice is derived from the answer's. */
function callIdFor(state: Decoding, id: string | undefined): string {
  const serial = state.callIds.size.toString(16).padStart(2, "0");
  const callId =
    id !== undefined && !state.callIds.has(id) ? id : `call_${state.context.answerId.slice(0, 22)}${serial}`;
  state.callIds.add(callId);
  return callId;
}

function openCall(state: Decoding, choice: ChoiceDecoding, call: CallDecoding): void {
  const callId = callIdFor(state, call.id);
  const { name, form } = call;
  call.opened = callId;
  const open = openPart(state, choice, "call", { kind: "call", callId, name, form });
  call.signature ??= choice.callState.get(callId);
  choice.callState.delete(callId);
  const { signature } = call;
  if (signature) state.out.push({ type: "sign", index: open.index, signature });
  if (call.input !== "") state.out.push({ type: "input", index: open.index, text: call.input });
}

/** Ends the call at hand: the next begins, text goes on, or the answer is over. */
export function finishCall(state: Decoding, choice: ChoiceDecoding): void {
  const { call } = choice;
  if (!call) return;
  choice.call = undefined;
  if (call.slot !== undefined) choice.closed.set(call.slot, call.id);
  if (call.opened !== undefined) closePart(state, choice);
  else if (call.input !== "") {
    const message = "The upstream of this model called a tool without naming it; try again.";
    failWith(state, new GatewayError("upstream_error", message));
  }
}

function beginCall(state: Decoding, choice: ChoiceDecoding, fragment: Fragment): CallDecoding {
  finishCall(state, choice);
  closePart(state, choice);
  const call: CallDecoding = { ...fragment, name: "", input: "", signature: undefined, opened: undefined };
  choice.call = call;
  return call;
}

function extendCall(state: Decoding, choice: ChoiceDecoding, call: CallDecoding, fragment: Fragment): void {
  call.id ??= fragment.id;
  if (call.name === "") call.name = fragment.name;
  if (fragment.form === "text") call.form = "text";
  call.input += fragment.input;
  if (call.name === "") return;
  if (call.opened === undefined) openCall(state, choice, call);
  else if (fragment.input !== "" && choice.open) {
    state.out.push({ type: "input", index: choice.open.index, text: fragment.input });
  }
}

function takeFragment(state: Decoding, choice: ChoiceDecoding, value: unknown): void {
  const raw = asObject(value);
  if (!raw || state.over) return;
  const fragment = readFragment(raw, state);
  if (isLate(choice, fragment)) {
    if (fragment.input.trim() === "") return;
    const message = "The upstream of this model went back to a tool call that it had left; try again.";
    failWith(state, new GatewayError("upstream_error", message));
    return;
  }
  const current = choice.call;
  const call = current && !beginsCall(current, fragment) ? current : beginCall(state, choice, fragment);
  const google = asObject(asObject(raw.extra_content)?.google)?.thought_signature;
  if (typeof google === "string") signCall(state, choice, call, google);
  extendCall(state, choice, call, fragment);
}

/** Google's compatible endpoint: `tool_calls[].extra_content.google.thought_signature`. */
function signCall(state: Decoding, choice: ChoiceDecoding, call: CallDecoding, value: string): void {
  if (call.signature) return;
  call.signature = stateSignature(state, value, "google");
  if (call.opened === undefined || !choice.open) return;
  state.out.push({ type: "sign", index: choice.open.index, signature: call.signature });
}

/** `tool_calls` of a delta or of a whole message. */
export function takeCalls(state: Decoding, choice: ChoiceDecoding, calls: unknown): void {
  for (const call of asList(calls)) takeFragment(state, choice, call);
}

/** The older `function_call`, one an answer. */
export function takeFunctionCall(state: Decoding, choice: ChoiceDecoding, value: unknown): void {
  const call = asObject(value);
  if (call) takeFragment(state, choice, { function: call });
}
