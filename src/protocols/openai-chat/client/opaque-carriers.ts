import type { Signature } from "../../../core/generation/node.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { chunk, type Encoding, type PartEncoding } from "./encoding.ts";

/** OpenRouter's names for whose state it is; clients check them against a list. */
const FORMATS: ReadonlyMap<string, string> = new Map<string, string>([
  ["anthropic", "anthropic-claude-v1"],
  ["google", "google-gemini-v1"],
  ["openai", "openai-responses-v1"],
]);

function encrypted(sealed: string, signature: Signature, id: string | null, index: number): JsonObject {
  return {
    type: "reasoning.encrypted",
    data: sealed,
    id,
    format: FORMATS.get(signature.by) ?? "unknown",
    index,
  };
}

/** A call's state in the two places from which clients send it back: Google's and OpenRouter's. */
export function callState(state: Encoding, part: PartEncoding, signature: Signature) {
  const callId = part.head.kind === "call" ? part.head.callId : "";
  const sealed = state.context.seal([{ ...signature, callId }]);
  return {
    extra_content: { google: { thought_signature: sealed } },
    reasoning_details: [encrypted(sealed, signature, callId, part.choice.details++)],
  };
}

function signCall(state: Encoding, part: PartEncoding, signature: Signature): WireEvent[] {
  const { extra_content, reasoning_details } = callState(state, part, signature);
  const tool_calls = [{ index: part.slot, extra_content }];
  return [
    chunk(
      state,
      part.choice.choice,
      state.legacy ? { reasoning_details } : { tool_calls, reasoning_details },
    ),
  ];
}

/**
 * The text that is signed goes with the state that signs it: what comes back changed in the plain field must
 * not be passed off as signed. State of another part (Gemini's, of a call) names the call by itself.
 */
function signReasoning(state: Encoding, part: PartEncoding, signature: Signature): WireEvent[] {
  const { choice, text } = part;
  const said = text === "" ? [] : [{ type: "reasoning.text", text, index: choice.details++ }];
  const sealed = state.context.seal([signature]);
  const reasoning_details = [
    ...said,
    encrypted(sealed, signature, signature.callId ?? null, choice.details++),
  ];
  return [chunk(state, choice.choice, { reasoning_details })];
}

/** A text's state stands on the message as a whole, as Google's endpoint writes it. */
function signText(state: Encoding, part: PartEncoding, signature: Signature): WireEvent[] {
  const extra_content = { google: { thought_signature: state.context.seal([signature]) } };
  return [chunk(state, part.choice.choice, { extra_content })];
}

export function signPart(state: Encoding, part: PartEncoding, signature: Signature): readonly WireEvent[] {
  // Our own word says nothing that the plain text, sent back, would not.
  if (signature.by === "gateway") return [];
  if (part.head.kind === "call") return signCall(state, part, signature);
  return part.head.kind === "reasoning"
    ? signReasoning(state, part, signature)
    : signText(state, part, signature);
}
