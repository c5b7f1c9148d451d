import { eventEnd, parseEvent } from "../base/sse.ts";
import type { Exchange } from "./exchange.ts";
import type { UpstreamAnswer } from "./open-answer.ts";

/** How events reach the client: as they come, or as the elements of a JSON array. */
export interface Frame {
  readonly headers: Record<string, string>;
  wrap(events: Uint8Array): Uint8Array;
  end(controller: ReadableStreamDefaultController<Uint8Array>): void;
  /** Bytes of media have no place for an error: the connection is cut, so that nobody takes them for whole. */
  readonly cutsOnError?: boolean;
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

/** Of an answer in events. */
export function frameOf({ codec, query }: Exchange): Frame {
  const array = codec.id === "gemini" && new URLSearchParams(query).get("alt") !== "sse";
  return array ? jsonArray() : AS_THEY_COME;
}

export function frameFor(exchange: Exchange, answer: UpstreamAnswer): Frame {
  if (answer.raw) {
    const type = answer.headers.get("content-type") ?? "application/octet-stream";
    return { ...AS_THEY_COME, headers: { "content-type": type }, cutsOnError: true };
  }
  return frameOf(exchange);
}
