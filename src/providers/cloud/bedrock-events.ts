import { asObject, asWord, type JsonObject } from "../../core/json.ts";
import { BrokenEventStream, eventStreamReader, type StreamMessage } from "./event-stream.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Members of `ResponseStream` (@aws-sdk/client-bedrock-runtime) in Anthropic's words. */
const ERROR_TYPES: Readonly<Record<string, string>> = {
  throttlingException: "rate_limit_error",
  serviceUnavailableException: "overloaded_error",
  validationException: "invalid_request_error",
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BrokenEventStream("has an event that is no JSON");
  }
}

function objectIn(bytes: Uint8Array): JsonObject {
  const object = asObject(parsed(decoder.decode(bytes)));
  if (object) return object;
  throw new BrokenEventStream("has an event that is no object");
}

const sse = (event: string, data: JsonObject): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function errorEvent({ headers, payload }: StreamMessage): string {
  const kind = headers[":exception-type"] ?? headers[":error-code"] ?? "";
  const said = payload.length > 0 ? objectIn(payload).message : headers[":error-message"];
  const message = typeof said === "string" ? said : `the upstream broke off: ${kind}`;
  return sse("error", { type: "error", error: { type: ERROR_TYPES[kind] ?? "api_error", message } });
}

/** What AWS adds to the last event is its own count of the same. */
const METRICS = "amazon-bedrock-invocationMetrics";

function chunkEvent(payload: Uint8Array): string {
  const event = objectIn(Buffer.from(asWord(objectIn(payload).bytes), "base64"));
  const { [METRICS]: _, ...data } = event;
  // Without a type it is a sign of life.
  return typeof data.type === "string" ? sse(data.type, data) : "";
}

function eventOf(message: StreamMessage): string {
  if (message.headers[":message-type"] !== "event") return errorEvent(message);
  return message.headers[":event-type"] === "chunk" ? chunkEvent(message.payload) : "";
}

/**
 * Anthropic's events out of what InvokeModelWithResponseStream answers, as server-sent events. A stream that ends
 * within a message, or is none, fails.
 */
export function bedrockEvents(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const messages = eventStreamReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          if (!messages.isBetween()) throw new BrokenEventStream("ended within a message");
          controller.close();
          return;
        }
        const text = messages.read(value).map(eventOf).join("");
        if (text === "") continue;
        controller.enqueue(encoder.encode(text));
        return;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
