import { anthropic, aText } from "./anthropic.ts";
import type { AnswerCase } from "./case.ts";
import { chat, chunk, delta } from "./chat.ts";
import { gemini, geminiChunk } from "./gemini.ts";
import { numbered, responseOf, responses, rText } from "./responses.ts";
import { frames, sse } from "./sse.ts";

const STREAMS = {
  "anthropic-messages": anthropic([aText("Hello there, you.")]).stream ?? "",
  "openai-chat": chat({ content: "Hello there, you." }).stream ?? "",
  "openai-responses": responses([rText("Hello there, you.")]).stream ?? "",
  gemini: gemini([{ text: "Hello there, you." }]).stream ?? "",
};

/** Every stream, cut behind some of its text. */
function cut(): AnswerCase["from"] {
  return Object.fromEntries(
    Object.entries(STREAMS).map(([name, stream]) => [
      name,
      {
        stream:
          stream
            .slice(0, stream.indexOf("\n\n", stream.indexOf("there,")) + 2 || undefined)
            .split("\r\n\r\n")
            .slice(0, name === "gemini" ? 2 : undefined)
            .join("\r\n\r\n") + (name === "gemini" ? "\r\n\r\n" : ""),
      },
    ]),
  );
}

const PARTS = { parts: [] };

function begun(name: keyof typeof STREAMS): string {
  return cut()[name]?.stream ?? "";
}

export const FAILURES: readonly AnswerCase[] = [
  { name: "a stream that ends in the middle", from: cut(), said: PARTS, fails: "upstream_error" },
  {
    name: "a stream without any event",
    from: {
      "anthropic-messages": { stream: "" },
      "openai-chat": { stream: "" },
      "openai-responses": { stream: "" },
      gemini: { stream: "" },
    },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "a stream that only began",
    from: {
      "anthropic-messages": { stream: STREAMS["anthropic-messages"].split("\n\n")[0] ?? "" },
      "openai-chat": { stream: frames([delta({ role: "assistant", content: "" })]) },
      "openai-responses": { stream: STREAMS["openai-responses"].split("\n\n")[0] ?? "" },
      gemini: { stream: frames([geminiChunk([])]) },
    },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "an event that is no JSON",
    from: {
      "anthropic-messages": {
        stream: `${begun("anthropic-messages")}event: content_block_delta\ndata: {"type":\n\n`,
      },
      "openai-chat": { stream: `${begun("openai-chat")}data: {"choices":\n\n` },
      "openai-responses": { stream: `${begun("openai-responses")}event: x\ndata: {"type":\n\n` },
      gemini: { stream: `${begun("gemini")}data: {"candidates":\r\n\r\n` },
    },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "an upstream that is overloaded, told in mid-stream",
    from: {
      "anthropic-messages": {
        stream: `${begun("anthropic-messages")}${sse([{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as { type: string }])}`,
      },
      gemini: {
        stream: `${begun("gemini")}${frames([{ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }])}`,
      },
    },
    said: PARTS,
    fails: "overloaded",
  },
  {
    name: "a limit of the upstream's, told in the stream",
    from: {
      "anthropic-messages": {
        stream: sse([
          { type: "error", error: { type: "rate_limit_error", message: "slow" } } as { type: string },
        ]),
      },
      "openai-chat": {
        stream: frames([
          { error: { message: "slow", type: "requests", param: null, code: "rate_limit_exceeded" } },
        ]),
      },
      "openai-responses": {
        stream: sse(
          numbered([
            {
              type: "response.failed",
              response: responseOf([], { failed: { code: "rate_limit_exceeded", message: "slow" } }),
            },
          ]),
        ),
      },
      gemini: { stream: frames([{ error: { code: 429, message: "slow", status: "RESOURCE_EXHAUSTED" } }]) },
    },
    said: PARTS,
    fails: "rate_limit",
  },
  {
    name: "an error of a server in mid-stream",
    from: {
      "openai-responses": {
        stream: `${begun("openai-responses")}${sse(numbered([{ type: "response.failed", response: responseOf([], { failed: { code: "server_error", message: "The server is overloaded" } }) }]))}`,
      },
      "openai-chat": {
        stream: `${begun("openai-chat")}${frames([{ error: { message: "boom", type: "server_error", param: null, code: null } }])}`,
      },
    },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "a context that is too long, told in the stream",
    from: {
      "openai-chat": {
        stream: frames([
          {
            error: {
              message: "too long",
              type: "invalid_request_error",
              param: "messages",
              code: "context_length_exceeded",
            },
          },
        ]),
      },
      "anthropic-messages": {
        stream: sse([
          {
            type: "error",
            error: { type: "invalid_request_error", message: "prompt is too long: 9 tokens > 8 maximum" },
          } as { type: string },
        ]),
      },
    },
    said: PARTS,
    fails: "context_length",
  },
  {
    name: "Gemini's broken call",
    from: { gemini: gemini([], { finish: "MALFORMED_FUNCTION_CALL" }) },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "an error that says it is well",
    from: {
      "openai-chat": { whole: '{"error":{"message":"boom","type":"server_error","code":null}}' },
      "openai-responses": {
        whole: JSON.stringify(responseOf([], { failed: { code: "server_error", message: "boom" } })),
      },
    },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "an answer that is none",
    from: {
      "anthropic-messages": { whole: "{}" },
      "openai-chat": { whole: "{}" },
      "openai-responses": { whole: "{}" },
      gemini: { whole: "{}" },
    },
    said: PARTS,
    fails: "upstream_error",
  },
  {
    name: "a chunk of nothing but a finish",
    from: { "openai-chat": { stream: frames([chunk([]), "[DONE]"]) } },
    said: PARTS,
    fails: "upstream_error",
  },
];
