import { ThinkingLevel } from "@google/genai";
import { type Bodies, bodyText } from "../bodies.ts";
import { a, c, g, l, r } from "../requests/words.ts";
import type { ClientProtocol } from "../targets.ts";

const SCHEMA = { type: "object" as const, properties: { at: { type: "string" } } };
/** Too long for OpenAI. */
export const LONG_TOOL = `mcp__${"server".repeat(8)}__${"tool".repeat(6)}`;

const cTool = (name: string) => ({ type: "function" as const, function: { name, parameters: SCHEMA } });
const rTool = (name: string) => ({ type: "function" as const, name, parameters: SCHEMA, strict: false });
const gTools = (...names: string[]) => [
  { functionDeclarations: names.map((name) => ({ name, parametersJsonSchema: SCHEMA })) },
];

/** Requests before the answers: clients that see thinking, have tools, and want to know the usage. */
const OPEN: Bodies = {
  "anthropic-messages": a({
    max_tokens: 20_000,
    thinking: { type: "enabled", budget_tokens: 4_000 },
    tools: [
      { name: "look", input_schema: SCHEMA },
      { name: "hear", input_schema: SCHEMA },
    ],
  }),
  "openai-chat": c({ reasoning_effort: "low", tools: [cTool("look"), cTool("hear")] }),
  "openai-responses": r({
    reasoning: { effort: "low", summary: "auto" },
    include: ["reasoning.encrypted_content"],
    tools: [rTool("look"), rTool("hear")],
  }),
  gemini: g(
    { tools: gTools("look", "hear") },
    { thinkingConfig: { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true } },
  ),
  "openai-completions": l(),
};

const PLAIN: Bodies = {
  "anthropic-messages": a(),
  "openai-chat": c(),
  "openai-responses": r(),
  gemini: g(),
  "openai-completions": l(),
};

const TWO: Bodies = {
  "openai-chat": c({ n: 2 }),
  gemini: g({}, { candidateCount: 2 }),
  "openai-completions": l({ n: 2 }),
};

const LOGPROBS: Bodies = {
  "openai-chat": c({ logprobs: true, top_logprobs: 1 }),
  "openai-responses": r({ include: ["message.output_text.logprobs"], top_logprobs: 1 }),
  gemini: g({}, { responseLogprobs: true, logprobs: 1 }),
  "openai-completions": l({ logprobs: 1 }),
};

const FREEFORM: Bodies = {
  "openai-responses": r({ tools: [{ type: "custom", name: "patch", format: { type: "text" } }] }),
  "openai-chat": c({ tools: [{ type: "custom", custom: { name: "patch", format: { type: "text" } } }] }),
};

const LONG: Bodies = {
  "anthropic-messages": a({ tools: [{ name: LONG_TOOL, input_schema: SCHEMA }] }),
  gemini: g({ tools: gTools(LONG_TOOL) }),
};

const NAMESPACED: Bodies = {
  "openai-responses": r({
    tools: [{ type: "namespace", name: "mcp__sky", description: "The sky", tools: [rTool("look")] }],
  }),
};

const STOPS: Bodies = {
  "anthropic-messages": a({ stop_sequences: ["END"] }),
  "openai-chat": c({ stop: ["END"] }),
  gemini: g({}, { stopSequences: ["END"] }),
  "openai-completions": l({ stop: "END" }),
};

const SEARCHING: Bodies = {
  "anthropic-messages": a({ tools: [{ type: "web_search_20250305", name: "web_search" }] }),
  "openai-responses": r({ tools: [{ type: "web_search" }], include: ["web_search_call.action.sources"] }),
  gemini: g({ tools: [{ googleSearch: {} }] }),
};

const ASKS = {
  open: OPEN,
  plain: PLAIN,
  two: TWO,
  logprobs: LOGPROBS,
  freeform: FREEFORM,
  long: LONG,
  namespaced: NAMESPACED,
  stops: STOPS,
  searching: SEARCHING,
} as const satisfies Record<string, Bodies>;

export type AskName = keyof typeof ASKS;

/** The request of a client, where its protocol can ask this; `stream` in the body, where it stands there. */
export function askText(name: AskName, client: ClientProtocol, streamed: boolean): string | undefined {
  const bodies: Bodies = ASKS[name];
  const body = bodies[client];
  if (!body) return undefined;
  const asked: object = JSON.parse(bodyText(body));
  if (!streamed || client === "gemini") return JSON.stringify(asked);
  const usage = client === "openai-chat" || client === "openai-completions";
  return JSON.stringify({
    ...asked,
    stream: true,
    ...(usage && { stream_options: { include_usage: true } }),
  });
}
