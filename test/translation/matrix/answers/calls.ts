import { anthropic, aText, aTool } from "./anthropic.ts";
import { LONG_TOOL } from "./asks.ts";
import type { AnswerCase } from "./case.ts";
import { CHAT_USAGE, cCall, chat, chunk, delta } from "./chat.ts";
import { gCall, gemini } from "./gemini.ts";
import { rCall, responses, rText } from "./responses.ts";
import { frames } from "./sse.ts";

const LOOK = { tool: "look", args: { at: "N" } };
const CALLED = { parts: [LOOK], finish: "tool" } as const;

const PATCH = '*** Begin "Patch"\n+\u00e9 \\ tab\t\n*** End';

/** A chat stream by hand; its usage and its end are as OpenAI has them. */
function chunks(...deltas: Parameters<typeof delta>[0][]) {
  const all = [delta({ role: "assistant", content: null }), ...deltas.map((part) => delta(part))];
  return { stream: frames([...all, delta({}, "tool_calls"), chunk([], CHAT_USAGE), "[DONE]"]) };
}

export const CALLS: readonly AnswerCase[] = [
  {
    name: "a call",
    from: {
      "anthropic-messages": anthropic([aTool("toolu_1", "look", { at: "N" })], { stop: "tool_use" }),
      "openai-chat": chat({ tool_calls: [cCall("call_1", "look", '{"at":"N"}')] }),
      "openai-responses": responses([rCall("call_1", "look", '{"at":"N"}')]),
      gemini: gemini([gCall("f1", "look", { at: "N" })]),
    },
    said: CALLED,
  },
  {
    name: "a text, then a call",
    from: {
      "anthropic-messages": anthropic([aText("Let me see."), aTool("toolu_1", "look", { at: "N" })], {
        stop: "tool_use",
      }),
      "openai-chat": chat({ content: "Let me see.", tool_calls: [cCall("call_1", "look", '{"at":"N"}')] }),
      "openai-responses": responses([rText("Let me see."), rCall("call_1", "look", '{"at":"N"}')]),
      gemini: gemini([{ text: "Let me see." }, gCall("f1", "look", { at: "N" })]),
    },
    said: { parts: [{ text: "Let me see." }, LOOK], finish: "tool" },
  },
  {
    name: "two calls",
    from: {
      "anthropic-messages": anthropic([aTool("toolu_1", "look", { at: "N" }), aTool("toolu_2", "hear", {})], {
        stop: "tool_use",
      }),
      "openai-chat": chat({
        tool_calls: [cCall("call_1", "look", '{"at":"N"}'), cCall("call_2", "hear", "{}")],
      }),
      "openai-responses": responses([rCall("call_1", "look", '{"at":"N"}'), rCall("call_2", "hear", "{}")]),
      gemini: gemini([gCall("f1", "look", { at: "N" }), gCall("f2", "hear", {})]),
    },
    said: { parts: [LOOK, { tool: "hear", args: {} }], finish: "tool" },
  },
  {
    name: "two calls of one tool, without ids",
    from: { gemini: gemini([gCall(undefined, "look", { at: "N" }), gCall(undefined, "look", { at: "S" })]) },
    said: { parts: [LOOK, { tool: "look", args: { at: "S" } }], finish: "tool" },
  },
  {
    name: "arguments of every plane",
    from: {
      "anthropic-messages": anthropic(
        [aTool("toolu_1", "look", { at: '北 "q" \\ \u{1F600}\n', deep: [{ a: null }] })],
        {
          stop: "tool_use",
        },
      ),
      "openai-chat": chat({
        tool_calls: [
          cCall("call_1", "look", JSON.stringify({ at: '北 "q" \\ \u{1F600}\n', deep: [{ a: null }] })),
        ],
      }),
      "openai-responses": responses([
        rCall("call_1", "look", JSON.stringify({ at: '北 "q" \\ \u{1F600}\n', deep: [{ a: null }] })),
      ]),
      gemini: gemini([gCall("f1", "look", { at: '北 "q" \\ \u{1F600}\n', deep: [{ a: null }] })]),
    },
    said: {
      parts: [{ tool: "look", args: { at: '北 "q" \\ \u{1F600}\n', deep: [{ a: null }] } }],
      finish: "tool",
    },
  },
  {
    name: "a text between calls",
    from: {
      "anthropic-messages": anthropic(
        [aTool("toolu_1", "look", { at: "N" }), aText("And more."), aTool("toolu_2", "hear", {})],
        { stop: "tool_use" },
      ),
      "openai-responses": responses([
        rCall("call_1", "look", '{"at":"N"}'),
        rText("And more."),
        rCall("call_2", "hear", "{}"),
      ]),
    },
    said: { parts: [LOOK, { text: "And more." }, { tool: "hear", args: {} }], finish: "tool" },
  },
  {
    name: "a call cut by the limit",
    from: {
      "openai-chat": chat({ tool_calls: [cCall("call_1", "look", '{"at":"N')] }, { finish: "length" }),
      "openai-responses": responses([{ ...rCall("call_1", "look", '{"at":"N'), status: "incomplete" }], {
        incomplete: "max_output_tokens",
      }),
    },
    said: { parts: [{ tool: "look", args: { unread: '{"at":"N' } }], finish: "length" },
    to: {
      // Anthropic's SDK makes nothing of half an object; Gemini has whole calls only.
      "anthropic-messages": { parts: [{ tool: "look", args: {} }] },
      gemini: { parts: [] },
    },
  },
  {
    name: "a call after which the upstream says stop",
    from: {
      "openai-chat": chat({ tool_calls: [cCall("call_1", "look", '{"at":"N"}')] }, { finish: "stop" }),
    },
    said: CALLED,
  },
  {
    name: "a word of calls without a call",
    from: {
      "openai-chat": chat({ content: "Hello" }, { finish: "tool_calls" }),
      "anthropic-messages": anthropic([aText("Hello")], { stop: "tool_use" }),
    },
    said: { parts: [{ text: "Hello" }] },
  },
  {
    name: "ids that clients refuse",
    from: { "openai-chat": chat({ tool_calls: [cCall("functions.look:0", "look", '{"at":"N"}')] }) },
    said: CALLED,
  },
  {
    name: "a tool whose name was too long for the upstream",
    ask: "long",
    from: {
      "openai-chat": chat({
        tool_calls: [
          cCall("call_1", "mcp__serverserverserverserverserverserverserverserver___0005f009", "{}"),
        ],
      }),
      "openai-responses": responses([
        rCall("call_1", "mcp__serverserverserverserverserverserverserverserver___0005f009", "{}"),
      ]),
    },
    said: { parts: [{ tool: LONG_TOOL, args: {} }], finish: "tool" },
  },
  {
    name: "a tool in a namespace",
    ask: "namespaced",
    from: {
      "anthropic-messages": anthropic([aTool("toolu_1", "mcp__sky__look", { at: "N" })], {
        stop: "tool_use",
      }),
      "openai-chat": chat({ tool_calls: [cCall("call_1", "mcp__sky__look", '{"at":"N"}')] }),
      gemini: gemini([gCall("f1", "mcp__sky__look", { at: "N" })]),
    },
    said: { parts: [{ tool: "mcp__sky/look", args: { at: "N" } }], finish: "tool" },
  },
  {
    name: "a tool that takes text, from upstreams with functions only",
    ask: "freeform",
    from: {
      "anthropic-messages": anthropic([aTool("toolu_1", "patch", { input: PATCH })], { stop: "tool_use" }),
      "openai-chat": chat({ tool_calls: [cCall("call_1", "patch", JSON.stringify({ input: PATCH }))] }),
      gemini: gemini([gCall("f1", "patch", { input: PATCH })]),
    },
    targets: { "openai-chat": "qwen" },
    said: { parts: [{ tool: "patch", args: PATCH, freeform: true }], finish: "tool" },
    // Between peers of one protocol a call is what the upstream made it.
    pairs: { "openai-chat>openai-chat": { parts: [{ tool: "patch", args: { input: PATCH } }] } },
  },
  {
    name: "a tool that takes text, from OpenAI",
    ask: "freeform",
    from: {
      "openai-responses": responses([
        { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "patch", input: PATCH },
      ]),
    },
    targets: { "openai-responses": "thinkingResponses" },
    said: { parts: [{ tool: "patch", args: PATCH, freeform: true }], finish: "tool" },
  },
  {
    name: "name and arguments in one piece",
    from: {
      "openai-chat": chunks(
        {
          tool_calls: [
            { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"' } },
          ],
        },
        { tool_calls: [{ index: 0, function: { arguments: 'at":"N"}' } }] },
      ),
    },
    said: CALLED,
  },
  {
    name: "an id in every piece",
    from: {
      "openai-chat": chunks(
        {
          tool_calls: [
            { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"at"' } },
          ],
        },
        { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { arguments: ':"N"}' } }] },
      ),
    },
    said: CALLED,
  },
  {
    name: "calls without ids, and with empty ones",
    from: {
      "openai-chat": chunks(
        { tool_calls: [{ index: 0, function: { name: "look", arguments: '{"at":"N"}' } }] },
        { tool_calls: [{ index: 1, id: "", type: "function", function: { name: "hear", arguments: "{}" } }] },
      ),
    },
    said: { parts: [LOOK, { tool: "hear", args: {} }], finish: "tool" },
  },
  {
    name: "two calls in one piece",
    from: {
      "openai-chat": chunks({
        tool_calls: [
          { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"N"}' } },
          { index: 1, id: "call_2", type: "function", function: { name: "hear", arguments: "{}" } },
        ],
      }),
    },
    said: { parts: [LOOK, { tool: "hear", args: {} }], finish: "tool" },
  },
  {
    name: "two calls of index 0",
    from: {
      "openai-chat": chunks(
        {
          tool_calls: [
            { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"N"}' } },
          ],
        },
        {
          tool_calls: [
            { index: 0, id: "call_2", type: "function", function: { name: "hear", arguments: "{}" } },
          ],
        },
      ),
    },
    said: { parts: [LOOK, { tool: "hear", args: {} }], finish: "tool" },
  },
  {
    name: "white space between calls",
    from: {
      "openai-chat": chunks(
        {
          tool_calls: [
            { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"N"}' } },
          ],
        },
        { content: "\n" },
        {
          tool_calls: [
            { index: 1, id: "call_2", type: "function", function: { name: "hear", arguments: "{}" } },
          ],
        },
      ),
    },
    said: { parts: [LOOK, { tool: "hear", args: {} }], finish: "tool" },
  },
  {
    name: "a call as chat had them first",
    from: {
      "openai-chat": {
        stream: frames([
          delta({ role: "assistant", function_call: { name: "look", arguments: "" } }),
          delta({ function_call: { arguments: '{"at":"N"}' } }),
          delta({}, "function_call"),
          chunk([], CHAT_USAGE),
          "[DONE]",
        ]),
      },
    },
    said: CALLED,
  },
];
