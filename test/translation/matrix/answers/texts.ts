import { anthropic, aText } from "./anthropic.ts";
import type { AnswerCase } from "./case.ts";
import { chat } from "./chat.ts";
import { gemini } from "./gemini.ts";
import { responses, rText } from "./responses.ts";

const ODD = '北京 "quoted" \\ / \u{1F600} \u2028 \t\n <b> é';

/** The same text of every upstream. */
function everywhere(text: string): AnswerCase["from"] {
  return {
    "anthropic-messages": anthropic([aText(text)]),
    "openai-chat": chat({ content: text }),
    "openai-responses": responses([rText(text)]),
    gemini: gemini([{ text }]),
  };
}

export const TEXTS: readonly AnswerCase[] = [
  { name: "a text", from: everywhere("Hello there, you."), said: { parts: [{ text: "Hello there, you." }] } },
  { name: "a text of every plane", from: everywhere(ODD), said: { parts: [{ text: ODD }] } },
  {
    name: "a text asked for by itself",
    ask: "plain",
    from: everywhere("Hello"),
    said: { parts: [{ text: "Hello" }] },
  },
  {
    name: "a text of white space",
    from: everywhere("\n \n"),
    said: { parts: [{ text: "\n \n" }] },
  },
  {
    name: "two texts",
    from: {
      "anthropic-messages": anthropic([aText("One."), aText("Two.")]),
      "openai-responses": responses([rText("One."), { ...rText("Two."), id: "msg_02" }]),
    },
    said: { parts: [{ text: "One." }, { text: "Two." }] },
  },
  {
    name: "an answer cut by its limit",
    from: {
      "anthropic-messages": anthropic([aText("Hel")], { stop: "max_tokens" }),
      "openai-chat": chat({ content: "Hel" }, { finish: "length" }),
      "openai-responses": responses([{ ...rText("Hel"), status: "incomplete" }], {
        incomplete: "max_output_tokens",
      }),
      gemini: gemini([{ text: "Hel" }], { finish: "MAX_TOKENS" }),
    },
    said: { parts: [{ text: "Hel" }], finish: "length" },
  },
  {
    name: "an answer that filled the context",
    from: { "anthropic-messages": anthropic([aText("Hel")], { stop: "model_context_window_exceeded" }) },
    said: { parts: [{ text: "Hel" }], finish: "length" },
  },
  {
    name: "an answer that met a stop sequence",
    ask: "stops",
    from: {
      "anthropic-messages": anthropic([aText("Hel")], { stop: "stop_sequence", sequence: "END" }),
      "openai-chat": chat({ content: "Hel" }),
      gemini: gemini([{ text: "Hel" }]),
    },
    said: { parts: [{ text: "Hel" }], finish: "stop_sequence END" },
    by: { "openai-chat": { finish: "stop" }, gemini: { finish: "stop" } },
  },
  {
    name: "a stop sequence that the gateway looks for",
    ask: "stops",
    from: { "openai-responses": responses([rText("Hey EEND and more")]) },
    said: { parts: [{ text: "Hey E" }], finish: "stop_sequence END" },
  },
  {
    name: "an answer that the vendor's filter cut",
    from: {
      "openai-chat": chat({ content: "Hel" }, { finish: "content_filter" }),
      "openai-responses": responses([{ ...rText("Hel"), status: "incomplete" }], {
        incomplete: "content_filter",
      }),
      gemini: gemini([{ text: "Hel" }], { finish: "SAFETY" }),
    },
    said: { parts: [{ text: "Hel" }], finish: "filter" },
  },
  {
    name: "a refusal",
    from: {
      "openai-chat": chat({ refusal: "I will not." }),
      "openai-responses": responses([
        { ...rText(""), content: [{ type: "refusal", refusal: "I will not." }] },
      ]),
    },
    said: { parts: [{ refusal: "I will not." }], finish: "refusal" },
  },
  {
    name: "a refusal of Claude's",
    from: {
      "anthropic-messages": anthropic([aText("I will not.")], {
        stop: "refusal",
        details: { type: "refusal", category: "general_harms", explanation: "no" },
      }),
    },
    said: { parts: [{ text: "I will not." }], finish: "refusal" },
    to: {
      "openai-chat": { finish: "filter" },
      "openai-responses": { parts: [{ text: "I will not." }, { refusal: "no" }] },
    },
  },
  {
    name: "a pause",
    from: { "anthropic-messages": anthropic([aText("So far")], { stop: "pause_turn" }) },
    said: { parts: [{ text: "So far" }], finish: "pause" },
  },
  {
    name: "nothing",
    from: {
      "anthropic-messages": anthropic([]),
      "openai-chat": chat({ content: "" }),
      gemini: gemini([]),
      "openai-responses": responses([]),
    },
    said: { parts: [] },
  },
];
