import type { Signature } from "../../../core/generation/node.ts";
import type { WireEvent } from "../../translation.ts";
import { type AnswerState, delta, startBlock, stopBlock, type ThinkingBlock, wholeBlock } from "./state.ts";

/** Text without a vendor's signature is signed by our word, so that it can be sent back to its model. */
const OUR_WORD: Signature = { value: "", by: "gateway" };

const THINKING = { type: "thinking", thinking: "", signature: "" };

/** Text of a thinking part; sections of a summary are paragraphs. */
export function thinkingText(
  state: AnswerState,
  block: ThinkingBlock,
  text: string,
  section: number,
): readonly WireEvent[] {
  if (text === "") return [];
  const events: WireEvent[] = [];
  const began = block.block !== undefined;
  if (block.block === undefined) {
    block.block = state.blocks;
    events.push(startBlock(state, THINKING));
  }
  const paragraph = began && section > block.section ? "\n\n" : "";
  block.section = section;
  events.push(delta(block.block, { type: "thinking_delta", thinking: paragraph + text }));
  return events;
}

/** Anthropic's own signature goes bare, so that its models read it when the client sends it back; others are sealed. */
function signatureText(
  state: AnswerState,
  own: Signature | undefined,
  call: Signature | undefined,
): string | undefined {
  if (own?.by === "anthropic") return own.value;
  const signatures = [own, call].filter((signature) => signature !== undefined);
  return signatures.length > 0 ? state.context.seal(signatures) : undefined;
}

/** A block that shows nothing and carries opaque state; clients that did not ask for thinking get none. */
function carrierBlock(state: AnswerState, signature: string | undefined): readonly WireEvent[] {
  if (signature === undefined || !state.thinks) return [];
  return wholeBlock(state, THINKING, [{ type: "signature_delta", signature }]);
}

/** Thinking that Anthropic hides is a block of its own kind. */
function redactedBlock(state: AnswerState, hidden: Signature | undefined): readonly WireEvent[] {
  return hidden ? wholeBlock(state, { type: "redacted_thinking", data: hidden.value }) : [];
}

/**
 * Ends the thinking block that waited for the next part.
 * @param call the signature of the call that comes next, bound to its id
 */
export function endThinking(state: AnswerState, call?: Signature): readonly WireEvent[] {
  const block = state.waiting;
  state.waiting = undefined;
  const hidden =
    block?.signature?.redacted && block.signature.by === "anthropic" ? block.signature : undefined;
  const own = hidden ? undefined : block?.signature;
  if (block?.block === undefined) {
    const redacted = redactedBlock(state, hidden);
    return [...redacted, ...carrierBlock(state, signatureText(state, own, call))];
  }
  const signature = signatureText(state, own ?? OUR_WORD, call) ?? "";
  const signed = delta(block.block, { type: "signature_delta", signature });
  return [signed, stopBlock(block.block), ...redactedBlock(state, hidden)];
}
