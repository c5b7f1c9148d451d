import { asChunk, LAST_CHUNK } from "./http-frames.ts";

/**
 * How the fake upstream shall answer one request. The load generator asks for it in the body's `user`
 * field ("events=100;gap_ms=5"), because that field passes through every gateway unchanged.
 */
export type Pace = {
  /** Content chunks of a stream; a role chunk, a finish chunk, a usage chunk and [DONE] come besides. */
  readonly events: number;
  /** Time between two events of one stream; 0 writes the whole stream at once. */
  readonly gapMs: number;
};

/** What a stream sends: the head with its first event, then the rest, one network write each. */
export type StreamScript = {
  readonly opening: Buffer;
  readonly events: readonly Buffer[];
  /** The events are repeated for ever: the idle stream. */
  readonly endless: boolean;
};

/** Events of a stream besides its content chunks: role, finish, usage and [DONE]. */
export const FRAMING_EVENTS = 4;

const IDLE: Pace = { events: 1, gapMs: 10_000 };
const WORDS = "An even measure of words, long enough that the whole answer comes to about one kilobyte. ";
const USAGE = {
  prompt_tokens: 212,
  completion_tokens: 100,
  total_tokens: 312,
  prompt_tokens_details: { cached_tokens: 64 },
};

/** The pace named by a `user` field: "idle", or "events=N;gap_ms=N" with either part left out. */
export function parsePace(text: string, fallback: Pace): Pace {
  if (text === "idle") return IDLE;
  const events = /events=(\d+)/.exec(text)?.[1];
  const gapMs = /gap_ms=(\d+)/.exec(text)?.[1];
  return {
    events: events === undefined ? fallback.events : Number(events),
    gapMs: gapMs === undefined ? fallback.gapMs : Number(gapMs),
  };
}

/** A whole HTTP answer with a chat completion of about 1 KB and its usage. */
export function jsonAnswer(): Buffer {
  const body = JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "bench-upstream-model",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: WORDS.repeat(8) },
        finish_reason: "stop",
      },
    ],
    usage: USAGE,
  });
  return Buffer.from(`${statusLine(200, "application/json")}content-length: ${body.length}\r\n\r\n${body}`);
}

/** An HTTP answer for anything but the one endpoint. */
export function notFoundAnswer(): Buffer {
  const body =
    '{"error":{"message":"The fake upstream serves POST /v1/chat/completions only.","code":"not_found"}}';
  return Buffer.from(`${statusLine(404, "application/json")}content-length: ${body.length}\r\n\r\n${body}`);
}

/** The bytes of a stream at this pace. The last event carries [DONE] and the end of the body. */
export function streamScript(pace: Pace): StreamScript {
  const head = Buffer.from(`${statusLine(200, "text/event-stream")}transfer-encoding: chunked\r\n\r\n`);
  const opening = Buffer.concat([head, chunk({ role: "assistant", content: "" }, null)]);
  const content = chunk({ content: " measured" }, null);
  if (pace === IDLE) return { opening, events: [content], endless: true };
  const events = Array.from({ length: pace.events }, () => content);
  events.push(chunk({}, "stop"), usageChunk(), Buffer.concat([asChunk("data: [DONE]\n\n"), LAST_CHUNK]));
  return { opening, events, endless: false };
}

function statusLine(status: number, contentType: string): string {
  return `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Not Found"}\r\ncontent-type: ${contentType}\r\n`;
}

function chunk(delta: Record<string, string>, finishReason: string | null): Buffer {
  return event({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
}

function usageChunk(): Buffer {
  return event({ choices: [], usage: USAGE });
}

function event(fields: Record<string, unknown>): Buffer {
  const envelope = {
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: "bench-upstream-model",
    system_fingerprint: "fp_bench",
  };
  return asChunk(`data: ${JSON.stringify({ ...envelope, ...fields })}\n\n`);
}
