import type { SseEvent } from "../../base/sse.ts";
import { asList, asObject, type JsonObject } from "../../core/json.ts";
import type { TapState, UsageTap, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { keyMarker, stringBytes } from "../text-bytes.ts";
import { chatUsage } from "./usage.ts";

/** Takes a report over what is known so far; upstreams that report on every chunk report cumulatively. */
function takeChatUsage(state: TapState, usage: unknown): boolean {
  const raw = asObject(usage);
  if (!raw) return false;
  state.usage = chatUsage(raw);
  state.source = "reported";
  return true;
}

function readChatEvent(state: TapState, event: SseEvent): Verdict {
  if (event.data === "[DONE]") return "terminal";
  const chunk = eventObject(event.data);
  if (!chunk) return "relay";
  // OpenRouter sends its error beside choices, and `[DONE]` behind it.
  if (asObject(chunk.error) || typeof chunk.error === "string") return "failed";
  if (state.answerId === "" && typeof chunk.id === "string") state.answerId = chunk.id;
  if (!takeChatUsage(state, chunk.usage)) return "relay";
  const choices = asList(chunk.choices);
  const usageOnly = Array.isArray(chunk.choices) && choices.length === 0;
  state.finished = usageOnly || choices.some((choice) => typeof asObject(choice)?.finish_reason === "string");
  return usageOnly && !state.wantsUsage ? "drop" : "relay";
}

/** Some servers leave out `[DONE]`; the last report comes with the finish reason or after it. */
function chatEndsWell(state: TapState): boolean {
  return state.finished;
}

function readChatWhole(state: TapState, answer: JsonObject): void {
  if (typeof answer.id === "string") state.answerId = answer.id;
  takeChatUsage(state, answer.usage);
}

const encoder = new TextEncoder();
const TEXT_KEYS = ["content", "reasoning_content", "reasoning", "arguments", "refusal"].map(keyMarker);

/**
 * OpenAI says `"usage":null` in every chunk but the last, and to read each for that costs as much as
 * relaying it: a report is searched as an object, in the ways in which serialisers space it.
 */
const CHAT_MARKERS = ['"usage":{', '"usage": {', '"usage" :', "[DONE]", '"error"'].map((text) =>
  encoder.encode(text),
);

export const chatTap: UsageTap = {
  markers: CHAT_MARKERS,
  glance(state, events) {
    state.textBytes += stringBytes(events, TEXT_KEYS);
  },
  readEvent: readChatEvent,
  endsWell: chatEndsWell,
  readWhole: readChatWhole,
};
