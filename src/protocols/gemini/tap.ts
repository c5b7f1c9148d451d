import type { SseEvent } from "../../base/sse.ts";
import { asList, asObject, type JsonObject } from "../../core/json.ts";
import type { TapState, UsageTap, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { keyMarker, stringBytes } from "../text-bytes.ts";
import { readUsage } from "./usage.ts";

function readAnswer(state: TapState, answer: JsonObject): void {
  if (typeof answer.responseId === "string") state.answerId = answer.responseId;
  const raw = asObject(answer.usageMetadata);
  if (!raw) return;
  state.usage = readUsage(raw);
  state.source = "reported";
}

function isFinished(answer: JsonObject): boolean {
  if (asObject(answer.promptFeedback)?.blockReason !== undefined) return true;
  return asList(answer.candidates).some((candidate) => typeof asObject(candidate)?.finishReason === "string");
}

const encoder = new TextEncoder();
const TEXT_KEYS = ["text", "args"].map(keyMarker);

export const geminiTap: UsageTap = {
  markers: ['"usageMetadata"', '"finishReason"', '"promptFeedback"', '"error"'].map((text) =>
    encoder.encode(text),
  ),
  glance(state, events) {
    state.textBytes += stringBytes(events, TEXT_KEYS);
  },
  readEvent(state: TapState, event: SseEvent): Verdict {
    const answer = eventObject(event.data);
    if (!answer) return "relay";
    if (asObject(answer.error)) return "failed";
    readAnswer(state, answer);
    const finished = isFinished(answer);
    state.finished ||= finished;
    // What follows a finish without candidates (usage alone) belongs to the end as well.
    return finished || (state.finished && asList(answer.candidates).length === 0) ? "last" : "relay";
  },
  // Gemini has no terminator: a stream whose last event was finished has ended well (see `last`).
  endsWell: () => false,
  readWhole: readAnswer,
};
