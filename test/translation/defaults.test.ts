import { expect, test } from "bun:test";
import type { GenerationRequest } from "../../src/core/generation/request.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { applyDefaults } from "../../src/translation/defaults.ts";
import { CLAUDE, fit, newLosses, requestOf } from "./builders.ts";

function filled(defaults: JsonObject, fields: Partial<GenerationRequest> = {}) {
  const report = newLosses();
  const request = applyDefaults(requestOf({ origin: "anthropic-messages", ...fields }), defaults, report);
  return { ...request, losses: report.losses };
}

test.each<[JsonObject, Partial<GenerationRequest>]>([
  [{ max_tokens: 5 }, { outputTokensMax: 5 }],
  [{ generationConfig: { maxOutputTokens: 5, topK: 3 } }, { outputTokensMax: 5, sampling: { topK: 3 } }],
  [{ temperature: 0.5, top_p: 0.9, seed: 7 }, { sampling: { temperature: 0.5, topP: 0.9, seed: 7 } }],
  [{ stop: "x" }, { sampling: { stop: ["x"] } }],
  [{ stop_sequences: ["x", "y"] }, { sampling: { stop: ["x", "y"] } }],
  [{ reasoning_effort: "high" }, { reasoning: { effort: "high" } }],
  [{ reasoning: { effort: "none" } }, { reasoning: { mode: "off", effort: "none" } }],
  [
    { thinking: { type: "enabled", budget_tokens: 9_000 } },
    { reasoning: { mode: "on", budgetTokens: 9_000 } },
  ],
  [
    { thinking: { type: "adaptive" }, output_config: { effort: "max" } },
    { reasoning: { mode: "auto", effort: "max" } },
  ],
  [{ generationConfig: { thinkingConfig: { thinkingBudget: -1 } } }, { reasoning: { mode: "auto" } }],
  [{ thinkingConfig: { thinkingBudget: 0 } }, { reasoning: { mode: "off" } }],
  [{ thinkingConfig: { thinkingLevel: "HIGH" } }, { reasoning: { effort: "high" } }],
  [{ chat_template_kwargs: { enable_thinking: false } }, { reasoning: { mode: "off" } }],
  [
    { text: { verbosity: "low" }, parallel_tool_calls: false },
    { verbosity: "low", parallelCalls: false },
  ],
  [{ min_p: 0.1 }, { extensions: { "openai-chat": { min_p: 0.1 } } }],
  [
    { max_tokens: "many", temperature: null, thinking: { type: "some" } },
    { outputTokensMax: undefined, sampling: {}, reasoning: {} },
  ],
])("%j is set where the client says nothing", (defaults, expected) => {
  const { losses, ...request } = filled(defaults);
  expect(request).toMatchObject(expected);
  expect(losses).toEqual([]);
});

test("what the client says stands, and to think at all is one wish", () => {
  const client: Partial<GenerationRequest> = {
    outputTokensMax: 9,
    sampling: { temperature: 0, stop: ["s"] },
    reasoning: { effort: "low" },
    verbosity: "high",
    extensions: { "openai-chat": { min_p: 0.3 } },
  };
  const defaults = {
    max_tokens: 5,
    temperature: 0.5,
    stop: "x",
    thinking: { type: "enabled", budget_tokens: 2_000 },
    verbosity: "low",
    min_p: 0.1,
  };
  expect(filled(defaults, client)).toMatchObject({ ...client, losses: [] });
});

const THINKING = { thinking: { type: "enabled", budget_tokens: 16_000 } };

test.each<[string, Partial<GenerationRequest>, GenerationRequest["reasoning"], number]>([
  ["room for it", { outputTokensMax: 32_000 }, { mode: "on", budgetTokens: 16_000 }, 0],
  ["no limit", {}, { mode: "on", budgetTokens: 16_000 }, 0],
  ["a small limit: it shrinks", { outputTokensMax: 8_000 }, { mode: "on", budgetTokens: 4_000 }, 1],
  ["a limit just above the least", { outputTokensMax: 1_500 }, { mode: "on", budgetTokens: 1_024 }, 1],
  ["max_tokens 1024: it goes off", { outputTokensMax: 1_024 }, { mode: "off" }, 1],
  ["a forced call: it goes off", { toolChoice: { mode: "required" } }, { mode: "off" }, 1],
])("thinking by default never makes an error: %s", (_what, fields, reasoning, lost) => {
  const { losses, ...request } = filled(THINKING, fields);
  expect(request.reasoning).toEqual(reasoning);
  expect(losses).toHaveLength(lost);
});

test("thinking by default takes the client's temperature with it, in Anthropic's own protocol", () => {
  const sampling = { temperature: 0.2, topP: 0.99, topK: 4 };
  const { losses, ...request } = filled(THINKING, { sampling });
  expect(request.sampling).toEqual({ topP: 0.99 });
  expect(losses.map(({ path }) => path)).toEqual(["temperature", "top_k"]);
  expect(filled(THINKING, { origin: "openai-chat", sampling }).sampling).toEqual(sampling);
});

test("a -thinking model answers a chat client that allows 1024 tokens", () => {
  const { losses: _, ...request } = filled(THINKING, { origin: "openai-chat", outputTokensMax: 1_024 });
  expect(fit(request, CLAUDE).request).toMatchObject({ outputTokensMax: 1_024, reasoning: { mode: "off" } });
});
