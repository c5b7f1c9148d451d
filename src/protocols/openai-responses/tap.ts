import type { SseEvent } from "../../base/sse.ts";
import { asList, asObject, asWord, type JsonObject } from "../../core/json.ts";
import type { TapState, UsageTap, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { keyMarker, lastNumberAfter, stringBytes } from "../text-bytes.ts";
import { usageOfResponse } from "./usage.ts";

function readResponse(state: TapState, response: JsonObject | undefined): void {
  if (typeof response?.id === "string") state.answerId = response.id;
  const usage = response && usageOfResponse(response);
  if (!usage) return;
  state.usage = usage;
  state.source = "reported";
}

const handlers: Record<string, (state: TapState, event: JsonObject) => Verdict> = {
  "response.created"(state, event) {
    state.raw = asObject(event.response) ?? {};
    readResponse(state, asObject(event.response));
    state.source = "none";
    return "relay";
  },
  "response.completed": readEnd,
  "response.incomplete": readEnd,
  // Some compatible servers end so.
  "response.done": readEnd,
  "response.failed"(state) {
    state.saidFailed = true;
    return "failed";
  },
  error: () => "failed",
};

function readEnd(state: TapState, event: JsonObject): Verdict {
  readResponse(state, asObject(event.response));
  state.finished = true;
  return "terminal";
}

const encoder = new TextEncoder();
const TEXT_KEYS = [keyMarker("delta")];
const SEQUENCE = keyMarker("sequence_number");

export const responsesTap: UsageTap = {
  markers: [...Object.keys(handlers).map((type) => encoder.encode(`"${type}"`))],
  glance(state, events) {
    state.textBytes += stringBytes(events, TEXT_KEYS);
    state.sequence = lastNumberAfter(events, SEQUENCE) ?? state.sequence;
  },
  readEvent(state: TapState, event: SseEvent): Verdict {
    const body = eventObject(event.data);
    const type = typeof body?.type === "string" ? body.type : event.name;
    const handler = Object.hasOwn(handlers, type) ? handlers[type] : undefined;
    return body && handler ? handler(state, body) : "relay";
  },
  endsWell: () => false,
  readWhole(state, answer) {
    readResponse(state, answer);
    if (state.source === "reported") return;
    const parts = asList(answer.output).flatMap((item) => asList(asObject(item)?.content));
    for (const part of parts) state.textBytes += Buffer.byteLength(asWord(asObject(part)?.text));
  },
};
