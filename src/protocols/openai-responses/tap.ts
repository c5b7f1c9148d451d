import type { SseEvent } from "../../base/sse.ts";
import { asList, asObject, type JsonObject } from "../../core/json.ts";
import { count, type Usage, without } from "../../core/usage.ts";
import type { TapState, UsageTap, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { keyMarker, lastNumberAfter, stringBytes } from "../text-bytes.ts";

/** `ResponseUsage` (openai): totals include cached, written and reasoning tokens. */
function responsesUsage(raw: JsonObject, searches: number): Usage {
  const details = asObject(raw.input_tokens_details);
  const total = count(raw.input_tokens);
  const cacheRead = Math.min(count(details?.cached_tokens), total);
  const cacheWrite5m = Math.min(count(details?.cache_write_tokens), without(total, cacheRead));
  const output = count(raw.output_tokens);
  const reasoning = Math.min(count(asObject(raw.output_tokens_details)?.reasoning_tokens), output);
  return {
    input: without(total, cacheRead, cacheWrite5m),
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    audioInput: 0,
    output: without(output, reasoning),
    reasoning,
    audioOutput: 0,
    searches,
  };
}

function readResponse(state: TapState, response: JsonObject | undefined): void {
  if (typeof response?.id === "string") state.answerId = response.id;
  const raw = asObject(response?.usage);
  if (!raw) return;
  const searches = asList(response?.output).filter((item) => asObject(item)?.type === "web_search_call");
  state.usage = responsesUsage(raw, searches.length);
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
    for (const part of parts) state.textBytes += Buffer.byteLength(String(asObject(part)?.text ?? ""));
  },
};
