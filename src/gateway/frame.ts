import { eventEnd, parseEvent } from "../base/sse.ts";
import type { Exchange } from "./exchange.ts";

/** How events reach the client: as they come, or as the elements of a JSON array. */
export interface Frame {
  readonly headers: Record<string, string>;
  wrap(events: Uint8Array): Uint8Array;
  end(controller: ReadableStreamDefaultController<Uint8Array>): void;
}

const AS_THEY_COME: Frame = { headers: {}, wrap: (events) => events, end: () => undefined };

const encoder = new TextEncoder();

/** Gemini without `alt=sse`: one JSON array, an element per event, its bytes kept. */
function jsonArray(): Frame {
  let opened = false;
  return {
    headers: { "content-type": "application/json; charset=UTF-8" },
    wrap(events) {
      let text = "";
      for (let from = 0; from < events.length; ) {
        const found = eventEnd(events, from);
        const end = found < 0 ? events.length : found;
        const { data } = parseEvent(events.subarray(from, end));
        from = end;
        if (data === "") continue;
        text += (opened ? ",\r\n" : "[") + data;
        opened = true;
      }
      return encoder.encode(text);
    },
    end(controller) {
      controller.enqueue(encoder.encode(opened ? "]\r\n" : "[]\r\n"));
    },
  };
}

export function frameFor(exchange: Exchange): Frame {
  const array = exchange.codec.id === "gemini" && new URLSearchParams(exchange.query).get("alt") !== "sse";
  return array ? jsonArray() : AS_THEY_COME;
}
