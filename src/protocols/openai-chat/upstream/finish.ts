import { GatewayError } from "../../../core/errors.ts";
import type { FinishReason } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { finishCall } from "./call-fragments.ts";
import { type ChoiceDecoding, closePart, type Decoding, failWith } from "./decoding.ts";
import { flushState } from "./opaque-state.ts";
import { flushAudio, flushHeld } from "./text-deltas.ts";

type Unified = FinishReason["unified"];

/** openai's words, and those that compatible servers have been seen to say. */
const UNIFIED: ReadonlyMap<string, Unified> = new Map<string, Unified>([
  ["stop", "stop"],
  ["eos", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop_sequence"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "context"],
  ["tool_calls", "tool"],
  ["tool_use", "tool"],
  ["function_call", "tool"],
  ["content_filter", "filter"],
  ["safety", "filter"],
]);

/** Words by which a server says that it broke off: OpenRouter, vLLM and SGLang, DeepSeek. */
const BROKEN = new Set(["error", "abort", "insufficient_system_resource"]);

/** Takes a choice's `finish_reason`; null and "" are none. */
export function takeFinish(state: Decoding, choice: ChoiceDecoding, raw: JsonObject): void {
  const { finish_reason: reason } = raw;
  if (typeof reason !== "string" || reason === "") return;
  if (BROKEN.has(reason)) {
    const message = `The upstream of this model broke its answer off (${reason}); try again.`;
    failWith(state, new GatewayError("upstream_error", message));
    return;
  }
  // vLLM and SGLang name the stop sequence that matched; a number is a token's.
  const matched = raw.stop_reason ?? raw.matched_stop;
  choice.finish = { reason, ...(typeof matched === "string" ? { matched } : {}) };
}

function reasonOf({ finish, refused }: ChoiceDecoding): FinishReason {
  const raw = finish?.reason ?? "";
  const unified = raw === "" ? "stop" : (UNIFIED.get(raw.toLowerCase()) ?? "other");
  if (unified === "stop" && refused) return { unified: "refusal", raw };
  if (unified === "stop" && finish?.matched !== undefined) {
    return { unified: "stop_sequence", raw, matched: finish.matched };
  }
  return { unified, raw };
}

/** Closes what is open and says how the choice ended. */
export function finishChoice(state: Decoding, choice: ChoiceDecoding): void {
  finishCall(state, choice);
  flushHeld(state, choice);
  flushState(state, choice);
  closePart(state, choice);
  flushAudio(state, choice);
  if (!state.over) state.out.push({ type: "finish", choice: choice.choice, reason: reasonOf(choice) });
}
