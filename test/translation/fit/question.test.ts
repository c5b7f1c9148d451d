import { expect, test } from "bun:test";
import type { GenerationRequest, Sampling } from "../../../src/core/generation/request.ts";
import type { Tool } from "../../../src/core/generation/tool.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import {
  CHAT,
  CLAUDE,
  fit,
  GEMINI,
  NEW_CLAUDE,
  OLD_GEMINI,
  RESPONSES,
  STRICT_CHAT,
  sketch,
} from "../builders.ts";

const TOOL: Tool = { name: "f", kind: "function" };
const GPT: TargetTraits = { ...RESPONSES, sampling: false, samplingWhenOff: true };

test.each<[string, TargetTraits, Sampling, Sampling, string[]]>([
  ["Claude's temperature ends at 1", CLAUDE, { temperature: 1.4 }, { temperature: 1 }, ["temperature"]],
  ["others' at 2", GEMINI, { temperature: 2.5 }, { temperature: 2 }, ["temperature"]],
  [
    "newer Claudes choose their own",
    NEW_CLAUDE,
    { temperature: 0.2, topP: 0.9, topK: 5 },
    {},
    ["temperature", "top_p", "top_k"],
  ],
  ["values that say nothing are no loss", NEW_CLAUDE, { temperature: 1, topP: 1 }, {}, []],
  [
    "one of the two",
    { ...CLAUDE, temperatureOrTopP: true },
    { temperature: 0.2, topP: 0.9 },
    { temperature: 0.2 },
    ["top_p"],
  ],
  ["both", CLAUDE, { temperature: 0.2, topP: 0.9 }, { temperature: 0.2, topP: 0.9 }, []],
  ["top_k at OpenAI", CHAT, { topK: 5 }, {}, ["top_k"]],
  ["top_k at a chat server", STRICT_CHAT, { topK: 5 }, { topK: 5 }, []],
  [
    "seed and penalties at Claude",
    CLAUDE,
    { seed: 1, presencePenalty: 1, frequencyPenalty: 0 },
    {},
    ["seed", "presence_penalty"],
  ],
  [
    "seed at a server that takes none",
    { ...STRICT_CHAT, choices: false },
    { seed: 1, logprobs: true, topLogprobs: 2 },
    {},
    ["seed", "logprobs", "logprobs"],
  ],
  [
    "logprobs in Responses",
    { ...RESPONSES, choices: false },
    { logprobs: true, topLogprobs: 2, seed: 1 },
    { logprobs: true, topLogprobs: 2 },
    ["seed"],
  ],
  ["logit_bias at Gemini", GEMINI, { logitBias: { 5: 1 }, seed: 2 }, { seed: 2 }, ["logit_bias"]],
])("%s", (_what, traits, sampling, told, lost) => {
  const { request, losses } = fit({ origin: "openai-completions", sampling }, traits);
  expect(request.sampling).toEqual(told);
  expect(losses.map(({ path }) => path)).toEqual(lost);
});

test("thinking takes Claude's temperature, top_k and low top_p with it", () => {
  const sampling = { temperature: 0.5, topK: 3, topP: 0.5 };
  const { request, losses } = fit({ sampling, reasoning: { effort: "high" } }, CLAUDE);
  expect(request.sampling).toEqual({});
  expect(losses).toHaveLength(3);
  const kept = fit({ sampling: { temperature: 1, topP: 0.99 }, reasoning: { effort: "high" } }, CLAUDE);
  expect(kept.request.sampling).toEqual({ temperature: 1, topP: 0.99 });
  const off = fit({ sampling, reasoning: { mode: "off" } }, CLAUDE);
  expect(off.request.sampling).toEqual(sampling);
});

test("where thinking is off, newer GPTs take a temperature", () => {
  const fields = { origin: "openai-chat", sampling: { temperature: 0.2 } } as const;
  expect(fit({ ...fields, reasoning: { mode: "off" } }, GPT).request.sampling).toEqual({ temperature: 0.2 });
  expect(fit({ ...fields, reasoning: { effort: "none" } }, GPT).request.sampling).toEqual({
    temperature: 0.2,
  });
  expect(fit(fields, GPT).request.sampling).toEqual({});
});

test("several choices are refused where there is one, and one is nothing to say", () => {
  for (const traits of [CLAUDE, RESPONSES, { ...STRICT_CHAT, choices: false }])
    expect(() => fit({ origin: "openai-completions", sampling: { choices: 2 } }, traits)).toThrow(/^n: /);
  expect(fit({ sampling: { choices: 1 } }, CLAUDE).request.sampling).toEqual({});
  expect(fit({ sampling: { choices: 2 } }, GEMINI).request.sampling).toEqual({ choices: 2 });
});

test.each<[string, TargetTraits, string[], string[] | undefined, string[]]>([
  ["Responses is told none", RESPONSES, ["a", "b"], undefined, ["a", "b"]],
  ["chat is told four", STRICT_CHAT, ["a", "b", "c", "d", "e"], ["a", "b", "c", "d"], ["e"]],
  ["Claude is told no white space", CLAUDE, ["\n\n", "END"], ["END"], ["\n\n"]],
  ["empty ones are none", GEMINI, ["", "x"], ["x"], []],
])("stop sequences: %s, and the gateway looks for the others", (_what, traits, stop, told, scanned) => {
  const { request, stops, losses } = fit({ origin: "openai-completions", sampling: { stop } }, traits);
  expect(request.sampling.stop).toEqual(told as string[]);
  expect(stops).toEqual(scanned);
  expect(losses).toHaveLength(scanned.length > 0 ? 1 : 0);
});

const SCHEMA = { type: "schema", schema: '{"type":"object","x":1.0}', name: "answer" } as const;

// https://github.com/Helicone/helicone/issues/5639, https://github.com/vercel/ai/issues/7220
test("a schema stays a schema where it can be given, else it is an instruction, never a forced tool", () => {
  const fields = {
    origin: "openai-completions",
    format: SCHEMA,
    reasoning: { effort: "high" },
    tools: [TOOL],
  } as const;
  expect(fit(fields, CLAUDE).request.format).toEqual(SCHEMA);
  const told = fit(fields, { ...CLAUDE, schemaOutput: false });
  expect(told.request.format).toEqual({ type: "text" });
  expect(told.request.toolChoice).toBeUndefined();
  expect(sketch(told.request.turns)[0]).toContain(SCHEMA.schema);
  expect(told.losses).toMatchObject([{ action: "emulated", path: "response_format" }]);
  expect(fit(fields, STRICT_CHAT).request.format).toEqual({ type: "json" });
});

test("older Geminis give JSON or call functions: with tools the form is an instruction", () => {
  expect(fit({ format: SCHEMA, tools: [TOOL] }, OLD_GEMINI).request.format).toEqual({ type: "text" });
  expect(fit({ format: SCHEMA }, OLD_GEMINI).request.format).toEqual(SCHEMA);
  expect(fit({ format: SCHEMA, tools: [TOOL] }, GEMINI).request.format).toEqual(SCHEMA);
});

test("JSON without a schema: an instruction for Claude, and a word of it for OpenAI from clients that need none", () => {
  const json = { format: { type: "json" } } as const;
  const claude = fit(json, CLAUDE);
  expect(claude.request.format).toEqual({ type: "text" });
  expect(sketch(claude.request.turns)[0]).toMatch(/^system: Answer with one JSON object/);
  const fromGemini = fit({ ...json, origin: "gemini" }, CHAT);
  expect(fromGemini.request.format).toEqual({ type: "json" });
  expect(sketch(fromGemini.request.turns)[0]).toContain("JSON");
  expect(fromGemini.losses).toEqual([]);
  expect(sketch(fit({ ...json, origin: "openai-chat" }, RESPONSES).request.turns)).toEqual(["user: hi"]);
});

test.each<[string, TargetTraits, Partial<GenerationRequest>, Partial<GenerationRequest>, string[]]>([
  ["verbosity", CLAUDE, { verbosity: "low" }, { verbosity: undefined }, ["verbosity"]],
  ["verbosity at OpenAI", RESPONSES, { verbosity: "low" }, { verbosity: "low" }, []],
  ["the automatic tier", CLAUDE, { serviceTier: "auto" }, { serviceTier: "auto" }, []],
  ["an ordinary tier", CLAUDE, { serviceTier: "default" }, { serviceTier: undefined }, []],
  ["another tier", CLAUDE, { serviceTier: "priority" }, { serviceTier: undefined }, ["service_tier"]],
  ["OpenAI's tier at OpenAI", RESPONSES, { serviceTier: "flex" }, { serviceTier: "flex" }, []],
  ["a user at Gemini", GEMINI, { user: "u" }, { user: undefined }, ["user"]],
  ["a user", CLAUDE, { user: "u" }, { user: "u" }, []],
  ["metadata", CLAUDE, { metadata: { a: 1 } }, { metadata: undefined }, ["metadata"]],
  ["metadata at OpenAI", RESPONSES, { metadata: { a: 1 } }, { metadata: { a: 1 } }, []],
  ["a cache key", STRICT_CHAT, { caching: { key: "k" } }, { caching: {} }, []],
  [
    "a cache key at OpenAI",
    RESPONSES,
    { caching: { key: "k", retention: "24h" } },
    { caching: { key: "k", retention: "24h" } },
    [],
  ],
  [
    "what lives in the client's own protocol",
    CLAUDE,
    { state: { store: true, include: ["reasoning.encrypted_content"] } },
    { state: {} },
    [],
  ],
  [
    "what cannot be included",
    CLAUDE,
    { state: { include: ["web_search_call.results"] } },
    { state: {} },
    ["include"],
  ],
])("%s: told or named as lost", (_what, traits, fields, told, lost) => {
  const { request, losses } = fit({ origin: "openai-completions", ...fields }, traits);
  expect(request).toMatchObject(told);
  expect(losses.map(({ path }) => path)).toEqual(lost);
});

test("a user's name that is too long is told by its hash, always the same", () => {
  const user = JSON.stringify({ device_id: "d".repeat(64), session_id: "s" });
  const told = () => fit({ origin: "anthropic-messages", user }, RESPONSES).request.user;
  expect(told()).toMatch(/^[0-9a-f]{64}$/);
  expect(told()).toBe(told() ?? "");
  expect(fit({ origin: "openai-chat", user }, CLAUDE).request.user).toBe(user);
});

// https://github.com/ENTERPILOT/GoModel/issues/939, https://github.com/anthony-chaudhary/fak/issues/12730
test.each<[Partial<GenerationRequest>, string]>([
  [{ state: { previousId: "resp_1" } }, "previous_response_id"],
  [{ state: { background: true } }, "background"],
  [{ state: { conversation: "conv_1" } }, "conversation"],
  [{ caching: { content: "cachedContents/1" } }, "prompt_cache_key"],
  [{ modalities: ["audio"] }, "modalities"],
])("%j cannot be had from Claude, and is refused", (fields, param) => {
  expect(() => fit({ origin: "openai-responses", ...fields }, CLAUDE)).toThrow(new RegExp(`^${param}: `));
});

test("sound and images are asked of Gemini", () => {
  expect(fit({ modalities: ["image"] }, GEMINI).request.modalities).toEqual(["image"]);
});
