import type { SseEvent } from "../../base/sse.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { TapState, UsageTap, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { keyMarker, stringBytes } from "../text-bytes.ts";
import { anthropicUsage, mergedUsage } from "./usage.ts";

function merge(state: TapState, usage: unknown): void {
  const fields = asObject(usage);
  if (!fields) return;
  state.raw = mergedUsage(state.raw, fields);
  state.usage = anthropicUsage(state.raw);
}

const handlers: Record<string, (state: TapState, event: JsonObject) => Verdict> = {
  message_start(state, event) {
    const message = asObject(event.message);
    if (typeof message?.id === "string") state.answerId = message.id;
    merge(state, message?.usage);
    return "relay";
  },
  message_delta(state, event) {
    merge(state, event.usage);
    if (typeof asObject(event.delta)?.stop_reason !== "string") return "relay";
    state.source = "reported";
    state.finished = true;
    // Some clients take this event for the end (Claude Code does), so it waits for the charge too.
    return "hold";
  },
  message_stop: () => "terminal",
  error: () => "failed",
};

const TEXT_KEYS = ["text", "partial_json", "thinking"].map(keyMarker);

const encoder = new TextEncoder();

export const anthropicTap: UsageTap = {
  markers: ["message_start", "message_delta", "message_stop", "error"].map((type) =>
    encoder.encode(`"${type}"`),
  ),
  glance(state, events) {
    state.textBytes += stringBytes(events, TEXT_KEYS);
  },
  readEvent(state: TapState, event: SseEvent): Verdict {
    const body = eventObject(event.data);
    const type = typeof body?.type === "string" ? body.type : "";
    const handler = Object.hasOwn(handlers, type) ? handlers[type] : undefined;
    return body && handler ? handler(state, body) : "relay";
  },
  endsWell: () => false,
  readWhole(state, answer) {
    if (typeof answer.id === "string") state.answerId = answer.id;
    if (!asObject(answer.usage)) return;
    merge(state, answer.usage);
    state.source = "reported";
  },
};
