import { eventEnd, parseEvent } from "../base/sse.ts";
import { GatewayError } from "../core/errors.ts";
import type { RequestHead } from "../core/request-head.ts";
import { NO_USAGE } from "../core/usage.ts";
import { newTapState } from "../protocols/protocol.ts";
import { letGo, type Refusal, refused } from "./classify-answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { Try } from "./try.ts";
import { type AnswerReader, readerOf, readWhole } from "./upstream-reader.ts";

/** An upstream's answer that is good so far: whole, or a stream whose first bytes are here. */
export interface UpstreamAnswer {
  readonly kind: "served";
  readonly status: number;
  readonly headers: Headers;
  readonly attempt: Try;
  /** The body of a whole answer. */
  readonly whole: Uint8Array | undefined;
  readonly first: Uint8Array;
  readonly reader: AnswerReader | undefined;
}

const EMPTY = new Uint8Array(0);

function isEventStream(headers: Headers): boolean {
  return headers.get("content-type")?.toLowerCase().startsWith("text/event-stream") === true;
}

/** A stream that begins with its protocol's error event has served nothing yet. */
function firstFailure(exchange: Exchange, first: Uint8Array): GatewayError | undefined {
  const end = eventEnd(first, 0);
  if (end < 0) return undefined;
  const event = parseEvent(first.subarray(0, end));
  const verdict = exchange.codec.tap.readEvent(newTapState(true, NO_USAGE), event);
  if (verdict !== "failed") return undefined;
  return new GatewayError(
    "upstream_error",
    "The upstream of this model failed as its answer began; try again.",
  );
}

/**
 * Waits for the first sign that the upstream is good: the whole body of a whole answer, the first
 * bytes of a stream. Until then another target can still be tried.
 */
export async function openAnswer(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  response: Response,
): Promise<UpstreamAnswer | Refusal> {
  const { status, headers } = response;
  const base = { kind: "served" as const, status, headers, attempt };
  if (!head.stream || status >= 400) {
    const whole = await readWhole(response, gateway.answerBytesMax);
    attempt.end();
    return { ...base, whole, first: EMPTY, reader: undefined };
  }
  if (!isEventStream(headers)) {
    letGo(response);
    const message = "The upstream of this model answered a streaming request without a stream; try again.";
    return refused(new GatewayError("upstream_error", message), "no event stream", status);
  }
  const reader = readerOf(response);
  const first = await reader.read();
  if (first === undefined) {
    const message = "The upstream of this model closed its stream before the first event; try again.";
    return refused(new GatewayError("upstream_error", message), "empty stream", status);
  }
  const failure = firstFailure(exchange, first);
  if (failure) {
    reader.cancel();
    return refused(failure, "error event", status);
  }
  exchange.firstByteMs = gateway.clock.monotonic() - exchange.startedMs;
  return { ...base, whole: undefined, first, reader };
}
