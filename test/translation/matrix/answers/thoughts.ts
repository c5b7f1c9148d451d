import type OpenAI from "openai";
import { anthropic, aText, aThinking, aTool } from "./anthropic.ts";
import type { AnswerCase } from "./case.ts";
import { cCall, chat } from "./chat.ts";
import { gCall, gemini } from "./gemini.ts";
import { rCall, responses, rText } from "./responses.ts";

function reasoning(
  summary: readonly string[],
  more: Partial<OpenAI.Responses.ResponseReasoningItem> = {},
): OpenAI.Responses.ResponseReasoningItem {
  return {
    type: "reasoning",
    id: "rs_01",
    summary: summary.map((text) => ({ type: "summary_text", text })),
    ...more,
  };
}

const THOUGHT = { parts: [{ thinking: "Let me see." }, { text: "Hello" }] };

export const THOUGHTS: readonly AnswerCase[] = [
  {
    name: "thinking, then a text",
    from: {
      "anthropic-messages": anthropic([aThinking("Let me see.", "c2ln"), aText("Hello")]),
      "openai-chat": chat({ reasoning_content: "Let me see.", content: "Hello" }),
      "openai-responses": responses([
        reasoning(["Let me see."], { encrypted_content: "ZW5j" }),
        rText("Hello"),
      ]),
      gemini: gemini([{ text: "Let me see.", thought: true }, { text: "Hello" }]),
    },
    targets: { "openai-chat": "deepseek", "openai-responses": "thinkingResponses" },
    said: THOUGHT,
  },
  {
    name: "thinking that the client did not ask to see",
    ask: "plain",
    from: {
      "anthropic-messages": anthropic([aThinking("Let me see.", "c2ln"), aText("Hello")]),
      "openai-responses": responses([reasoning(["Let me see."]), rText("Hello")]),
      gemini: gemini([{ text: "Let me see.", thought: true }, { text: "Hello" }]),
    },
    said: { parts: [{ text: "Hello" }] },
    // Chat has no word for it, so it is shown; a Responses client gets an item that has no words.
    to: { "openai-chat": THOUGHT },
    pairs: {
      "anthropic-messages>openai-responses": { parts: [{ thinking: "" }, { text: "Hello" }] },
      "gemini>openai-responses": { parts: [{ thinking: "" }, { text: "Hello" }] },
      // Between peers of one protocol nothing is hidden.
      "anthropic-messages>anthropic-messages": THOUGHT,
      "openai-responses>openai-responses": THOUGHT,
      "gemini>gemini": THOUGHT,
    },
  },
  {
    name: "thinking and nothing else, cut by the limit",
    from: {
      "anthropic-messages": anthropic([aThinking("Let me", "c2ln")], { stop: "max_tokens" }),
      "openai-chat": chat({ reasoning_content: "Let me" }, { finish: "length" }),
      gemini: gemini([{ text: "Let me", thought: true }], { finish: "MAX_TOKENS" }),
    },
    said: { parts: [{ thinking: "Let me" }], finish: "length" },
  },
  {
    name: "thinking that the vendor hides",
    from: {
      "anthropic-messages": anthropic([{ type: "redacted_thinking", data: "cmVk" }, aText("Hello")]),
      "openai-responses": responses([reasoning([], { encrypted_content: "ZW5j" }), rText("Hello")]),
    },
    targets: { "openai-responses": "thinkingResponses" },
    said: { parts: [{ thinking: "" }, { text: "Hello" }] },
  },
  {
    name: "a summary in two sections",
    from: { "openai-responses": responses([reasoning(["One.", "Two."]), rText("Hello")]) },
    said: { parts: [{ thinking: "One.\n\nTwo." }, { text: "Hello" }] },
  },
  {
    name: "reasoning in full, as open models give it",
    from: {
      "openai-responses": responses([
        reasoning([], { content: [{ type: "reasoning_text", text: "Let me see." }] }),
        rText("Hello"),
      ]),
    },
    said: THOUGHT,
  },
  {
    name: "thinking, then a call",
    from: {
      "anthropic-messages": anthropic(
        [aThinking("Let me see.", "c2ln"), aTool("toolu_1", "look", { at: "N" })],
        {
          stop: "tool_use",
        },
      ),
      "openai-chat": chat({
        reasoning_content: "Let me see.",
        tool_calls: [cCall("call_1", "look", '{"at":"N"}')],
      }),
      "openai-responses": responses([
        reasoning(["Let me see."], { encrypted_content: "ZW5j" }),
        rCall("call_1", "look", '{"at":"N"}'),
      ]),
      gemini: gemini([{ text: "Let me see.", thought: true }, gCall("f1", "look", { at: "N" }, "c2ln")]),
    },
    targets: { "openai-chat": "deepseek", "openai-responses": "thinkingResponses" },
    said: { parts: [{ thinking: "Let me see." }, { tool: "look", args: { at: "N" } }], finish: "tool" },
    // The call's state travels in an item of its own.
    pairs: {
      "gemini>openai-responses": {
        parts: [{ thinking: "Let me see." }, { tool: "look", args: { at: "N" } }, { thinking: "" }],
      },
    },
  },
  {
    name: "a signed call without thinking",
    from: { gemini: gemini([gCall("f1", "look", { at: "N" }, "c2ln")]) },
    said: { parts: [{ tool: "look", args: { at: "N" } }], finish: "tool" },
    // The state of the call travels in a thinking of no words.
    to: {
      "anthropic-messages": { parts: [{ thinking: "" }, { tool: "look", args: { at: "N" } }] },
      "openai-responses": { parts: [{ tool: "look", args: { at: "N" } }, { thinking: "" }] },
    },
  },
  {
    name: "a signed text",
    from: { gemini: gemini([{ text: "Hello", thoughtSignature: "c2ln" }]) },
    said: { parts: [{ text: "Hello" }] },
    to: { "openai-responses": { parts: [{ text: "Hello" }, { thinking: "" }] } },
  },
  {
    name: "thinking between texts and calls",
    from: {
      "anthropic-messages": anthropic(
        [
          aThinking("First.", "c2ln"),
          aText("Let me look."),
          aThinking("Second.", "c2ln"),
          aTool("toolu_1", "look", { at: "N" }),
        ],
        { stop: "tool_use" },
      ),
    },
    said: {
      parts: [
        { thinking: "First." },
        { text: "Let me look." },
        { thinking: "Second." },
        { tool: "look", args: { at: "N" } },
      ],
      finish: "tool",
    },
  },
  {
    name: "thinking in tags",
    from: {
      "openai-chat": chat({ content: "<think>\nLet me see.</think>\n\nHello" }),
    },
    targets: { "openai-chat": "qwen" },
    said: THOUGHT,
  },
];
