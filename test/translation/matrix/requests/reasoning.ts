import { ThinkingLevel } from "@google/genai";
import type { MeantPart, MeantReasoning, MeantTurn } from "../meaning.ts";
import { seal } from "../translate.ts";
import type { RequestCase } from "./case.ts";
import { a, aModel, aUser, c, g, gModel, gUser, r, words } from "./words.ts";

const THINKING = { "openai-chat": "thinkingChat", "openai-responses": "thinkingResponses" } as const;
const medium: MeantReasoning = { on: true, level: "medium" };
const SHOWN = { becomes: { reasoning: { ...medium, shown: true } }, quiet: true } as const;

const ASK: MeantTurn = { role: "user", parts: [{ text: "Hi" }] };
const GO: MeantTurn = { role: "user", parts: [{ text: "Go on" }] };
const model = (...parts: MeantPart[]): MeantTurn => ({ role: "assistant", parts });

export const REASONING: readonly RequestCase[] = [
  {
    name: "an effort of medium",
    bodies: {
      "openai-chat": c({ max_tokens: 20_000, reasoning_effort: "medium" }),
      "openai-responses": r({ max_output_tokens: 20_000, reasoning: { effort: "medium" } }),
    },
    meaning: { outputMax: 20_000, reasoning: medium },
    targets: { ...THINKING, "anthropic-messages": "newClaude" },
    at: { gemini: SHOWN, "anthropic-messages": SHOWN, "openai-responses": SHOWN },
    pairs: { "openai-responses>anthropic-messages": {} },
  },
  {
    name: "an effort of low, to models that count tokens",
    bodies: {
      "openai-chat": c({ max_tokens: 20_000, reasoning_effort: "low" }),
      "openai-responses": r({ max_output_tokens: 20_000, reasoning: { effort: "low", summary: "auto" } }),
      gemini: g(
        {},
        {
          maxOutputTokens: 20_000,
          thinkingConfig: { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true },
        },
      ),
    },
    meaning: { outputMax: 20_000, reasoning: { on: true, level: "low", shown: true } },
    from: { "openai-chat": { reasoning: { on: true, level: "low" } } },
    targets: { ...THINKING, gemini: "gemini25" },
    at: { "openai-chat": { becomes: { reasoning: { on: true, level: "low" } }, quiet: true } },
    pairs: {
      "openai-chat>anthropic-messages": {
        becomes: { reasoning: { on: true, level: "low", shown: true } },
        quiet: true,
      },
      "openai-chat>openai-responses": {
        becomes: { reasoning: { on: true, level: "low", shown: true } },
        quiet: true,
      },
      "openai-chat>gemini": { becomes: { reasoning: { on: true, level: "low", shown: true } }, quiet: true },
    },
  },
  {
    name: "a budget of tokens",
    bodies: {
      "anthropic-messages": a({ max_tokens: 20_000, thinking: { type: "enabled", budget_tokens: 10_000 } }),
      gemini: g(
        {},
        { maxOutputTokens: 20_000, thinkingConfig: { thinkingBudget: 10_000, includeThoughts: true } },
      ),
    },
    meaning: { outputMax: 20_000, reasoning: { ...medium, shown: true } },
    targets: THINKING,
    at: {
      "openai-chat": { becomes: { reasoning: medium } },
    },
  },
  {
    name: "Claude Code's budget of all but one token",
    bodies: {
      "anthropic-messages": a({ max_tokens: 32_000, thinking: { type: "enabled", budget_tokens: 31_999 } }),
    },
    meaning: { outputMax: 32_000, reasoning: { on: true, level: "high", shown: true } },
    targets: { ...THINKING, gemini: "gemini25" },
    at: { "openai-chat": { becomes: { reasoning: { on: true, level: "high" } } } },
  },
  {
    name: "no thinking",
    bodies: {
      "anthropic-messages": a({ thinking: { type: "disabled" } }),
      "openai-chat": c({ reasoning_effort: "none" }),
      "openai-responses": r({ reasoning: { effort: "none" } }),
      gemini: g({}, { thinkingConfig: { thinkingBudget: 0 } }),
    },
    meaning: { reasoning: { on: false } },
    targets: { ...THINKING, gemini: "gemini25" },
  },
  {
    name: "no thinking, to servers with a switch or a template",
    bodies: {
      "anthropic-messages": a({ thinking: { type: "disabled" } }),
      "openai-responses": r({ reasoning: { effort: "none" } }),
      gemini: g({}, { thinkingConfig: { thinkingBudget: 0 } }),
    },
    meaning: { reasoning: { on: false } },
    targets: { "openai-chat": "qwen", "openai-responses": "thinkingResponses", gemini: "gemini" },
    at: { gemini: { becomes: { reasoning: { on: true, level: "minimal", shown: true } } } },
  },
  {
    name: "no thinking, to DeepSeek",
    bodies: {
      "anthropic-messages": a({ thinking: { type: "disabled" } }),
    },
    meaning: { reasoning: { on: false } },
    targets: { "openai-chat": "deepseek", "openai-responses": "thinkingResponses", gemini: "gemini25" },
  },
  {
    name: "as much thinking as the model finds right",
    bodies: {
      "anthropic-messages": a({
        max_tokens: 20_000,
        thinking: { type: "adaptive", display: "summarized" },
        output_config: { effort: "high" },
      }),
    },
    meaning: { outputMax: 20_000, reasoning: { on: true, level: "high", shown: true } },
    targets: THINKING,
    at: { "openai-chat": { becomes: { reasoning: { on: true, level: "high" } }, quiet: true } },
  },
  {
    name: "an effort that the model does not know",
    bodies: {
      "openai-chat": c({ max_tokens: 20_000, reasoning_effort: "minimal" }),
      "openai-responses": r({ max_output_tokens: 20_000, reasoning: { effort: "minimal" } }),
    },
    meaning: { outputMax: 20_000, reasoning: { on: true, level: "minimal" } },
    targets: { ...THINKING, "anthropic-messages": "newClaude" },
    at: {
      "anthropic-messages": { becomes: { reasoning: { on: true, level: "low", shown: true } } },
      "openai-chat": { becomes: { reasoning: { on: true, level: "low" } } },
      "openai-responses": { becomes: { reasoning: { on: true, level: "low", shown: true } } },
      gemini: { becomes: { reasoning: { on: true, level: "minimal", shown: true } }, quiet: true },
    },
    pairs: { "openai-responses>anthropic-messages": { becomes: { reasoning: { on: true, level: "low" } } } },
  },
  {
    name: "thinking in an answer too short for it",
    bodies: {
      "openai-chat": c({ reasoning_effort: "high" }),
      "openai-responses": r({ reasoning: { effort: "high" } }),
    },
    meaning: { reasoning: { on: true, level: "high" } },
    targets: THINKING,
    at: {
      "anthropic-messages": { becomes: { reasoning: { on: false } } },
      gemini: { becomes: { reasoning: { on: true, level: "high", shown: true } }, quiet: true },
      "openai-responses": { becomes: { reasoning: { on: true, level: "high", shown: true } }, quiet: true },
    },
  },
  {
    name: "thinking for a model that cannot be told",
    bodies: {
      "anthropic-messages": a({ max_tokens: 20_000, thinking: { type: "enabled", budget_tokens: 10_000 } }),
      gemini: g(
        {},
        { maxOutputTokens: 20_000, thinkingConfig: { thinkingBudget: 10_000, includeThoughts: true } },
      ),
    },
    meaning: { outputMax: 20_000, reasoning: { ...medium, shown: true } },
    at: {
      "openai-chat": { becomes: { reasoning: undefined } },
      "openai-responses": { becomes: { reasoning: undefined } },
    },
  },
  {
    name: "Anthropic's signed thinking in the history",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          aModel({ type: "thinking", thinking: "Hm.", signature: "c2ln" }, words("Hello")),
          { role: "user", content: "Go on" },
        ],
      }),
    },
    meaning: { turns: [ASK, model({ thinking: "Hm.", signature: "c2ln" }, { text: "Hello" }), GO] },
    at: {
      "openai-chat": { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
      "openai-responses": { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
      gemini: { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
    },
  },
  {
    name: "thinking that is hidden, or signed and empty",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          aModel(
            { type: "redacted_thinking", data: "cmVk" },
            { type: "thinking", thinking: "", signature: "c2ln" },
            words("Hello"),
          ),
          { role: "user", content: "Go on" },
        ],
      }),
    },
    meaning: {
      turns: [
        ASK,
        model({ thinking: "", signature: "cmVk" }, { thinking: "", signature: "c2ln" }, { text: "Hello" }),
        GO,
      ],
    },
    at: {
      "openai-chat": { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
      "openai-responses": { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
      gemini: { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
    },
  },
  {
    name: "encrypted reasoning in the history",
    bodies: {
      "openai-responses": r({
        input: [
          { role: "user", content: "Hi" },
          {
            type: "reasoning",
            id: "rs_1",
            summary: [{ type: "summary_text", text: "Hm." }],
            encrypted_content: "ZW5j",
          },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Go on" },
        ],
        include: ["reasoning.encrypted_content"],
        store: false,
      }),
    },
    meaning: { turns: [ASK, model({ thinking: "Hm.", signature: "ZW5j" }, { text: "Hello" }), GO] },
    at: {
      "openai-chat": { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
      "anthropic-messages": { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
      gemini: { becomes: { turns: [ASK, model({ text: "Hello" }), GO] } },
    },
  },
  {
    name: "Gemini's signed call in the history",
    bodies: {
      gemini: g({
        contents: [
          gUser({ text: "Hi" }),
          gModel(
            { text: "Hm.", thought: true },
            { functionCall: { id: "f1", name: "look", args: {} }, thoughtSignature: "c2ln" },
          ),
          gUser({ functionResponse: { id: "f1", name: "look", response: { output: "seen" } } }),
        ],
      }),
    },
    meaning: {
      turns: [
        ASK,
        model({ thinking: "Hm." }, { call: 1, tool: "look", args: {}, signature: "c2ln" }),
        { role: "user", parts: [{ resultOf: 1, text: "seen" }] },
      ],
    },
    at: {
      "anthropic-messages": { becomes: { turns: LOOKED() } },
      "openai-chat": { becomes: { turns: LOOKED() } },
      "openai-responses": { becomes: { turns: LOOKED() } },
    },
  },
  {
    name: "DeepSeek's reasoning in a turn with a call, back to DeepSeek",
    self: "unsealed",
    bodies: {
      "anthropic-messages": a({
        max_tokens: 20_000,
        thinking: { type: "enabled", budget_tokens: 4_000 },
        messages: [
          { role: "user", content: "Hi" },
          aModel(
            { type: "thinking", thinking: "Hm.", signature: seal([{ value: "", by: "gateway" }]) },
            { type: "tool_use", id: "toolu_1", name: "look", input: {} },
          ),
          aUser({ type: "tool_result", tool_use_id: "toolu_1", content: "seen" }),
        ],
      }),
      "openai-responses": r({
        max_output_tokens: 20_000,
        reasoning: { effort: "low" },
        input: [
          { role: "user", content: "Hi" },
          {
            type: "reasoning",
            id: "rs_1",
            summary: [],
            content: [{ type: "reasoning_text", text: "Hm." }],
            encrypted_content: seal([{ value: "", by: "gateway" }]),
          },
          { type: "function_call", call_id: "call_1", name: "look", arguments: "{}" },
          { type: "function_call_output", call_id: "call_1", output: "seen" },
        ],
      }),
    },
    meaning: {
      outputMax: 20_000,
      reasoning: { on: true, level: "low", shown: true },
      turns: [
        ASK,
        model({ thinking: "Hm." }, { call: 1, tool: "look", args: {} }),
        { role: "user", parts: [{ resultOf: 1, text: "seen" }] },
      ],
    },
    from: { "openai-responses": { reasoning: { on: true, level: "low" } } },
    targets: { "openai-chat": "deepseek", "openai-responses": "thinkingResponses" },
    at: {
      "openai-chat": { becomes: { reasoning: { on: true } } },
      "openai-responses": { becomes: { turns: LOOKED() } },
      // Anthropic goes on thinking only from a step that its own model began.
      "anthropic-messages": { becomes: { turns: LOOKED(), reasoning: undefined } },
      gemini: {
        becomes: {
          turns: LOOKED("skip_thought_signature_validator"),
          reasoning: { on: true, level: "low", shown: true },
        },
        quiet: ["reasoning"],
      },
    },
  },
  {
    name: "a Gemini's state comes back in Anthropic's place",
    self: "unsealed",
    bodies: {
      "anthropic-messages": a({
        max_tokens: 20_000,
        thinking: { type: "enabled", budget_tokens: 4_000 },
        messages: [
          { role: "user", content: "Hi" },
          aModel(
            {
              type: "thinking",
              thinking: "",
              signature: seal([
                { value: "Z2Vt", by: "google", model: "gemini-3.5-flash", callId: "toolu_1" },
              ]),
            },
            { type: "tool_use", id: "toolu_1", name: "look", input: {} },
          ),
          aUser({ type: "tool_result", tool_use_id: "toolu_1", content: "seen" }),
        ],
      }),
    },
    meaning: { outputMax: 20_000, turns: LOOKED(), reasoning: { on: true, level: "low", shown: true } },
    targets: THINKING,
    at: {
      gemini: { becomes: { turns: LOOKED("Z2Vt") }, quiet: true },
      "openai-chat": { becomes: { reasoning: { on: true, level: "low" } }, also: /^messages/ },
      "openai-responses": { also: /^messages/ },
    },
  },
];

function LOOKED(signature?: string): MeantTurn[] {
  return [
    ASK,
    model({ call: 1, tool: "look", args: {}, ...(signature !== undefined && { signature }) }),
    { role: "user", parts: [{ resultOf: 1, text: "seen" }] },
  ];
}
