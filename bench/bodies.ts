/** The model that the bench's configuration offers, and that every request asks for. */
export const MODEL = "bench-model";

/** The path that every target serves. */
export const CHAT_PATH = "/v1/chat/completions";

/** Where clients of Anthropic Messages ask: the same model, of an upstream that speaks chat only. */
export const MESSAGES_PATH = "/v1/messages";

/** Events of a stream of Messages besides its content: two that begin it, three that end it. */
export const MESSAGES_FRAMING_EVENTS = 5;

/** Content events of a stream in the sse scenario. */
export const STREAM_EVENTS = 100;

/**
 * Time between two events of one stream in the sse scenario. At 64 connections it makes some 21,000 events a
 * second, each its own write, which leaves every target below a full core: the cost of an event that arrives
 * alone is what is asked for, not how many can be swallowed together.
 */
export const STREAM_GAP_MS = 3;

const BODY_BYTES = 1024;
const QUESTION =
  "Tell me, in your own words and at the usual length, how a cornerstone is cut, moved and laid. ";

/** A request of 1 KB that wants a whole answer, of chat and of Messages alike. */
export function jsonBody(): string {
  return ofSize({});
}

/** A chat request of 1 KB that wants a stream with usage, at the scenario's pace. */
export function streamBody(): string {
  return ofSize(streamFields(`events=${STREAM_EVENTS};gap_ms=${STREAM_GAP_MS}`));
}

/** `streamBody` as a client of Messages says it; its user reaches the upstream as chat's. */
export function messagesStreamBody(): string {
  const pace = `events=${STREAM_EVENTS};gap_ms=${STREAM_GAP_MS}`;
  return ofSize({ stream: true, metadata: { user_id: pace } });
}

/** A chat request of 1 KB for a stream of a few quick events, to warm a target up. */
export function shortStreamBody(): string {
  return ofSize(streamFields("events=5;gap_ms=1"));
}

/** Content events of `shortStreamBody`. */
export const SHORT_STREAM_EVENTS = 5;

/** A chat request of 1 KB for a stream that sends an event every ten seconds and never ends. */
export function idleBody(): string {
  return ofSize(streamFields("idle"));
}

function streamFields(user: string): Record<string, unknown> {
  return { stream: true, stream_options: { include_usage: true }, user };
}

function ofSize(fields: Record<string, unknown>): string {
  const body = (content: string): string =>
    JSON.stringify({
      model: MODEL,
      max_tokens: 256,
      ...fields,
      messages: [{ role: "user", content }],
    });
  return body(QUESTION.repeat(16).slice(0, BODY_BYTES - body("").length));
}
