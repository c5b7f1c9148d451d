import { FunctionCallingConfigMode } from "@google/genai";
import type OpenAI from "openai";
import type { MeantTool } from "../meaning.ts";
import type { RequestCase } from "./case.ts";
import { a, c, g, r } from "./words.ts";

const SCHEMA = { type: "object" as const, properties: { at: { type: "string" } } };
const TWO: readonly MeantTool[] = ["one", "two"].map((name) => ({
  name,
  description: "Does",
  schema: JSON.stringify(SCHEMA),
}));

const aTools = ["one", "two"].map((name) => ({ name, description: "Does", input_schema: SCHEMA }));
const cTools = ["one", "two"].map(
  (name): OpenAI.ChatCompletionFunctionTool => ({
    type: "function",
    function: { name, description: "Does", parameters: SCHEMA },
  }),
);
const rTools = ["one", "two"].map(
  (name): OpenAI.Responses.FunctionTool => ({
    type: "function",
    name,
    description: "Does",
    parameters: SCHEMA,
    strict: false,
  }),
);
const gTools = [
  {
    functionDeclarations: ["one", "two"].map((name) => ({
      name,
      description: "Does",
      parametersJsonSchema: SCHEMA,
    })),
  },
];

const NUDGE = "<system-reminder>\nAnswer this turn by calling one of the tools.\n</system-reminder>";

const gMode = (mode: FunctionCallingConfigMode, names?: string[]) => ({
  functionCallingConfig: { mode, ...(names && { allowedFunctionNames: names }) },
});

export const CHOICES: readonly RequestCase[] = [
  {
    name: "the model chooses",
    bodies: {
      "anthropic-messages": a({ tools: aTools, tool_choice: { type: "auto" } }),
      "openai-chat": c({ tools: cTools, tool_choice: "auto" }),
      "openai-responses": r({ tools: rTools, tool_choice: "auto" }),
      gemini: g({ tools: gTools, toolConfig: gMode(FunctionCallingConfigMode.AUTO) }),
    },
    meaning: { tools: TWO },
  },
  {
    name: "no tool may be called",
    bodies: {
      "anthropic-messages": a({ tools: aTools, tool_choice: { type: "none" } }),
      "openai-chat": c({ tools: cTools, tool_choice: "none" }),
      "openai-responses": r({ tools: rTools, tool_choice: "none" }),
      gemini: g({ tools: gTools, toolConfig: gMode(FunctionCallingConfigMode.NONE) }),
    },
    meaning: { tools: TWO, choice: { mode: "none" } },
  },
  {
    name: "some tool must be called",
    bodies: {
      "anthropic-messages": a({ tools: aTools, tool_choice: { type: "any" } }),
      "openai-chat": c({ tools: cTools, tool_choice: "required" }),
      "openai-responses": r({ tools: rTools, tool_choice: "required" }),
      gemini: g({ tools: gTools, toolConfig: gMode(FunctionCallingConfigMode.ANY) }),
    },
    meaning: { tools: TWO, choice: { mode: "required" } },
  },
  {
    name: "one tool must be called",
    bodies: {
      "anthropic-messages": a({ tools: aTools, tool_choice: { type: "tool", name: "two" } }),
      "openai-chat": c({ tools: cTools, tool_choice: { type: "function", function: { name: "two" } } }),
      "openai-responses": r({ tools: rTools, tool_choice: { type: "function", name: "two" } }),
      gemini: g({ tools: gTools, toolConfig: gMode(FunctionCallingConfigMode.ANY, ["two"]) }),
    },
    meaning: { tools: TWO, choice: { mode: "one", names: ["two"] } },
  },
  {
    name: "one of some tools must be called",
    bodies: {
      "openai-chat": c({
        tools: [...cTools, { type: "function", function: { name: "three", parameters: SCHEMA } }],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: {
            mode: "required",
            tools: [
              { type: "function", function: { name: "one" } },
              { type: "function", function: { name: "two" } },
            ],
          },
        },
      }),
      "openai-responses": r({
        tools: [...rTools, { type: "function", name: "three", parameters: SCHEMA, strict: false }],
        tool_choice: {
          type: "allowed_tools",
          mode: "required",
          tools: [
            { type: "function", name: "one" },
            { type: "function", name: "two" },
          ],
        },
      }),
      gemini: g({
        tools: [
          {
            functionDeclarations: [
              ...(gTools[0]?.functionDeclarations ?? []),
              { name: "three", parametersJsonSchema: SCHEMA },
            ],
          },
        ],
        toolConfig: gMode(FunctionCallingConfigMode.ANY, ["one", "two"]),
      }),
    },
    meaning: {
      tools: [...TWO, { name: "three", schema: JSON.stringify(SCHEMA) }],
      choice: { mode: "some", names: ["one", "two"] },
    },
    at: { "anthropic-messages": { becomes: { tools: TWO, choice: { mode: "required" } } } },
  },
  {
    name: "one call at a time",
    bodies: {
      "anthropic-messages": a({
        tools: aTools,
        tool_choice: { type: "auto", disable_parallel_tool_use: true },
      }),
      "openai-chat": c({ tools: cTools, parallel_tool_calls: false }),
      "openai-responses": r({ tools: rTools, parallel_tool_calls: false }),
    },
    meaning: { tools: TWO, parallel: false },
    at: { gemini: { becomes: { parallel: undefined } } },
  },
  {
    name: "a tool must be called while the model thinks",
    bodies: {
      "openai-chat": c({
        max_tokens: 20_000,
        tools: cTools,
        tool_choice: "required",
        reasoning_effort: "medium",
      }),
      "openai-responses": r({
        max_output_tokens: 20_000,
        tools: rTools,
        tool_choice: "required",
        reasoning: { effort: "medium" },
      }),
    },
    meaning: {
      outputMax: 20_000,
      tools: TWO,
      choice: { mode: "required" },
      reasoning: { on: true, level: "medium" },
    },
    targets: { "openai-chat": "thinkingChat", "openai-responses": "thinkingResponses" },
    at: {
      // Anthropic refuses a forced tool beside thinking; its older models and Gemini show what they think, and
      // the gateway hides it from a client that did not ask to see it.
      "anthropic-messages": {
        becomes: {
          choice: undefined,
          turns: [{ role: "user", parts: [{ text: "Hi" }, { text: NUDGE }] }],
          reasoning: { on: true, level: "medium", shown: true },
        },
        quiet: ["turns", "reasoning"],
      },
      gemini: { becomes: { reasoning: { on: true, level: "medium", shown: true } }, quiet: true },
      "openai-responses": { becomes: { reasoning: { on: true, level: "medium", shown: true } }, quiet: true },
    },
  },
  {
    name: "a choice that names no declared tool",
    bodies: {
      "anthropic-messages": a({ tools: aTools, tool_choice: { type: "tool", name: "other" } }),
      "openai-chat": c({ tools: cTools, tool_choice: { type: "function", function: { name: "other" } } }),
      "openai-responses": r({ tools: rTools, tool_choice: { type: "function", name: "other" } }),
      gemini: g({ tools: gTools, toolConfig: gMode(FunctionCallingConfigMode.ANY, ["other"]) }),
    },
    meaning: {},
    at: {
      "anthropic-messages": { refused: "bad_request", param: /^tool/ },
      "openai-chat": { refused: "bad_request", param: /^tool/ },
      "openai-responses": { refused: "bad_request", param: /^tool/ },
      gemini: { refused: "bad_request", param: /^tool/ },
    },
  },
];
