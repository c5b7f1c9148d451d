import type { Signature } from "../../../core/generation/node.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { type ChoiceDecoding, type Decoding, openPart, stateSignature } from "./decoding.ts";

/** Signs the reasoning at hand, or a part of its own where none is open. */
function signReasoning(state: Decoding, choice: ChoiceDecoding, signature: Signature): void {
  const { open } = choice;
  if (open?.kind === "reasoning" && open.signature === undefined) {
    open.signature = signature;
    return;
  }
  if (choice.call) {
    choice.lateState.push(signature);
    return;
  }
  openPart(state, choice, "reasoning", { kind: "reasoning", form: "full" }).signature = signature;
}

/** State that names its call: on the call where it is open, else kept for it. */
function signCall(state: Decoding, choice: ChoiceDecoding, signature: Signature & { callId: string }): void {
  const { call, open } = choice;
  if (call?.opened !== signature.callId || !open) choice.callState.set(signature.callId, signature);
  else if (!call.signature) {
    call.signature = signature;
    state.out.push({ type: "sign", index: open.index, signature });
  }
}

function takeState(state: Decoding, choice: ChoiceDecoding, detail: JsonObject): void {
  const { signature, data, id } = detail;
  if (typeof signature === "string" && signature !== "") {
    signReasoning(state, choice, stateSignature(state, signature));
    return;
  }
  if (typeof data !== "string" || data === "") return;
  const made = stateSignature(state, data);
  // Google's state of a call names the call, OpenAI's the reasoning item that it is.
  if (made.by === "google" && typeof id === "string" && id !== "") {
    signCall(state, choice, { ...made, callId: id });
  } else if (made.by === "openai" && typeof id === "string") {
    signReasoning(state, choice, { ...made, itemId: id });
  } else {
    signReasoning(state, choice, made.by === "anthropic" ? { ...made, redacted: true } : made);
  }
}

/** OpenRouter's `reasoning_details`: text that stands in `reasoning` too, and opaque state. */
export function takeDetails(state: Decoding, choice: ChoiceDecoding, details: unknown): void {
  for (const value of asList(details)) {
    const detail = asObject(value);
    if (detail) takeState(state, choice, detail);
  }
}

/** The text of `reasoning_details`, for servers that give it nowhere else. */
export function detailsText(details: unknown): string {
  return asList(details)
    .map((value) => asObject(value)?.text ?? asObject(value)?.summary)
    .filter((text) => typeof text === "string")
    .join("");
}

/** State that came too late for what it belongs to travels in parts of its own. */
export function flushState(state: Decoding, choice: ChoiceDecoding): void {
  for (const signature of [...choice.lateState, ...choice.callState.values()]) {
    signReasoning(state, choice, signature);
  }
}
