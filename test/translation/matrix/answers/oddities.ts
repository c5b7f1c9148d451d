import type OpenAI from "openai";
import { anthropic, aText, aTool } from "./anthropic.ts";
import type { AnswerCase } from "./case.ts";
import { CHAT_USAGE, chat, chunk, delta } from "./chat.ts";
import { gCall, gemini, geminiChunk } from "./gemini.ts";
import { responses, rText } from "./responses.ts";
import { frames } from "./sse.ts";

/** Streams as real servers send them, beside the documents. */

const HELLO = { parts: [{ text: "Hello" }] };
const LOOK = { tool: "look", args: { at: "N" } };

const hello = () => [
  delta({ role: "assistant", content: "" }),
  delta({ content: "Hel" }),
  delta({ content: "lo" }),
];

const STREAMS = {
  "anthropic-messages": anthropic([aText("Hello")]).stream ?? "",
  "openai-chat": chat({ content: "Hello" }).stream ?? "",
  "openai-responses": responses([rText("Hello")]).stream ?? "",
  gemini: gemini([{ text: "Hello" }]).stream ?? "",
};

/** Every stream, written in another way. */
function rewritten(rewrite: (stream: string) => string): AnswerCase["from"] {
  return Object.fromEntries(
    Object.entries(STREAMS).map(([name, stream]) => [name, { stream: rewrite(stream) }]),
  );
}

export const ODDITIES: readonly AnswerCase[] = [
  {
    name: "lines that end in CR LF",
    from: rewritten((stream) => stream.replace(/\r?\n/g, "\r\n")),
    said: HELLO,
  },
  { name: "lines that end in CR", from: rewritten((stream) => stream.replace(/\r?\n/g, "\r")), said: HELLO },
  {
    name: "no space behind colons",
    from: rewritten((stream) => stream.replace(/^(data|event): /gm, "$1:")),
    said: HELLO,
  },
  { name: "a byte order mark", from: rewritten((stream) => `\ufeff${stream}`), said: HELLO },
  {
    name: "comments, ids and times to retry",
    from: rewritten((stream) => `: hi\n\nretry: 10\n${stream.replace(/^data: /gm, ": ping\nid: 7\ndata: ")}`),
    said: HELLO,
  },
  {
    name: "no empty line at the end",
    from: rewritten((stream) => stream.trimEnd()),
    said: HELLO,
  },
  {
    name: "JSON over several lines",
    from: {
      gemini: {
        stream: [geminiChunk([{ text: "Hello" }]), geminiChunk([{ text: "" }], "STOP")]
          .map((part) => `data: ${JSON.stringify(part, null, 1).replaceAll("\n", "\ndata: ")}\n\n`)
          .join(""),
      },
    },
    said: HELLO,
  },
  {
    name: "pings among the events",
    from: {
      "anthropic-messages": {
        stream: STREAMS["anthropic-messages"].replaceAll(
          "event: content_block_delta",
          'event: ping\ndata: {"type":"ping"}\n\nevent: content_block_delta',
        ),
      },
    },
    said: HELLO,
  },
  {
    name: "no [DONE]",
    from: { "openai-chat": { stream: STREAMS["openai-chat"].replace("data: [DONE]\n\n", "") } },
    said: HELLO,
  },
  {
    name: "no usage",
    from: { "openai-chat": { stream: frames([...hello(), delta({}, "stop"), "[DONE]"]) } },
    said: { ...HELLO, usage: undefined },
    to: {
      "anthropic-messages": { usage: { fresh: 0, cached: 0, written: 0, output: 0, reasoning: 0 } },
      gemini: { usage: { fresh: 0, cached: 0, written: 0, output: 0, reasoning: 0 } },
    },
  },
  {
    name: "usage in every chunk",
    from: {
      "openai-chat": {
        stream: frames([
          ...hello().map((part) => ({ ...part, usage: { ...CHAT_USAGE, completion_tokens: 1 } })),
          { ...delta({}, "stop"), usage: CHAT_USAGE },
          "[DONE]",
        ]),
      },
    },
    said: HELLO,
  },
  {
    name: "Azure's first chunk without choices",
    from: {
      "openai-chat": {
        stream: frames([
          { ...chunk([]), prompt_filter_results: [{ prompt_index: 0 }] },
          ...hello(),
          delta({}, "stop"),
          chunk([], CHAT_USAGE),
          "[DONE]",
        ]),
      },
    },
    said: HELLO,
  },
  {
    name: "a whole message in one chunk",
    from: {
      "openai-chat": {
        stream: frames([
          {
            ...chunk(
              [
                {
                  index: 0,
                  delta: {
                    role: "assistant",
                    content: "Hello",
                    tool_calls: [
                      {
                        index: 0,
                        id: "call_1",
                        type: "function",
                        function: { name: "look", arguments: '{"at":"N"}' },
                      },
                    ],
                  },
                  finish_reason: "tool_calls",
                  logprobs: null,
                },
              ],
              CHAT_USAGE,
            ),
          },
          "[DONE]",
        ]),
      },
    },
    said: { parts: [{ text: "Hello" }, LOOK], finish: "tool" },
  },
  {
    name: "chunks whose content is null",
    from: {
      "openai-chat": {
        stream: frames([
          delta({ role: "assistant", content: null }),
          delta({ content: "Hello" }),
          delta({ content: null }, "stop"),
          chunk([], CHAT_USAGE),
          "[DONE]",
        ]),
      },
    },
    said: HELLO,
  },
  {
    name: "reasoning in the field `reasoning`",
    from: {
      "openai-chat": {
        stream: frames([
          delta({ role: "assistant", content: "" }),
          delta({ reasoning: "Hm." } as OpenAI.ChatCompletionChunk.Choice.Delta),
          delta({ content: "Hello" }),
          delta({}, "stop"),
          chunk([], CHAT_USAGE),
          "[DONE]",
        ]),
      },
    },
    said: { parts: [{ thinking: "Hm." }, { text: "Hello" }] },
  },
  {
    name: "a last response without output",
    from: { "openai-responses": { stream: responses([rText("Hello")], { hollow: true }).stream ?? "" } },
    said: HELLO,
  },
  {
    name: "response.done instead of response.completed",
    from: {
      "openai-responses": {
        stream: STREAMS["openai-responses"].replaceAll("response.completed", "response.done"),
      },
    },
    said: HELLO,
  },
  {
    name: "events of a kind that nobody knows",
    from: {
      "openai-responses": {
        stream: STREAMS["openai-responses"].replace(
          "event: response.output_item.added",
          'event: response.new_thing\ndata: {"type":"response.new_thing","sequence_number":2}\n\nevent: response.output_item.added',
        ),
      },
      "anthropic-messages": {
        stream: STREAMS["anthropic-messages"].replace(
          "event: content_block_start",
          'event: new_thing\ndata: {"type":"new_thing"}\n\nevent: content_block_start',
        ),
      },
    },
    said: HELLO,
  },
  {
    name: "Gemini's STOP in a later chunk than its call",
    from: {
      gemini: {
        stream: frames([
          geminiChunk([gCall("f1", "look", { at: "N" })]),
          geminiChunk([{ text: "" }], "STOP"),
        ]),
      },
    },
    said: { parts: [LOOK], finish: "tool" },
  },
  {
    name: "Gemini's STOP on every chunk",
    from: {
      gemini: {
        stream: frames([geminiChunk([{ text: "Hel" }], "STOP"), geminiChunk([{ text: "lo" }], "STOP")]),
      },
    },
    said: HELLO,
  },
  {
    name: "a last chunk of Gemini's without content",
    from: {
      gemini: {
        stream: frames([
          geminiChunk([{ text: "Hello" }]),
          {
            candidates: [{ index: 0, finishReason: "STOP" }],
            usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
          },
        ]),
      },
    },
    said: HELLO,
  },
  {
    name: "arguments in the start of Anthropic's block",
    from: {
      "anthropic-messages": {
        stream: (anthropic([aTool("toolu_1", "look", {})], { stop: "tool_use" }).stream ?? "")
          .replace('"input":{}', '"input":{"at":"N"}')
          .replace(/event: content_block_delta\n.*\n\n/g, ""),
      },
    },
    said: { parts: [LOOK], finish: "tool" },
  },
];
