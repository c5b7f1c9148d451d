import type { FinishReason } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";

/** `StopReason` by PROTOCOLS.md 1.7. */
const STOP_REASONS: Readonly<Record<FinishReason["unified"], string>> = {
  stop: "end_turn",
  stop_sequence: "stop_sequence",
  length: "max_tokens",
  context: "model_context_window_exceeded",
  tool: "tool_use",
  refusal: "refusal",
  filter: "refusal",
  pause: "pause_turn",
  malformed_tool: "end_turn",
  error: "end_turn",
  other: "end_turn",
};

/** `RefusalStopDetails`; other vendors say at most why, in words. */
function refusalDetails({ detail }: FinishReason): JsonObject {
  if (detail?.type === "refusal") return detail;
  const words = Object.values(detail ?? {}).find((value) => typeof value === "string");
  return { type: "refusal", category: null, explanation: words ?? null };
}

/** What `message_delta` says of the end. */
export function stopFields(finish: FinishReason | undefined): JsonObject {
  if (!finish) return { stop_reason: "end_turn", stop_sequence: null, stop_details: null };
  // A beta's reason that only Anthropic's own answers have.
  const reason = finish.raw === "compaction" ? "compaction" : STOP_REASONS[finish.unified];
  return {
    stop_reason: reason,
    stop_sequence: finish.unified === "stop_sequence" ? (finish.matched ?? null) : null,
    stop_details: reason === "refusal" ? refusalDetails(finish) : null,
  };
}
