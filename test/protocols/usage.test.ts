import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { NO_USAGE, type Usage } from "../../src/core/usage.ts";
import { CODECS } from "../../src/protocols/codecs.ts";
import { newTapState } from "../../src/protocols/protocol.ts";

function read(protocol: Protocol, answer: Record<string, unknown>) {
  const state = newTapState(true, NO_USAGE);
  CODECS[protocol].tap.readWhole(state, answer);
  return state;
}

describe("a whole answer's usage in disjoint kinds", () => {
  test.each<[Protocol, object, Partial<Usage>]>([
    [
      "openai-chat",
      { prompt_tokens: 15_305, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 15_104 } },
      { input: 201, cacheRead: 15_104, output: 5 },
    ],
    [
      "openai-chat",
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4 },
      { input: 6, cacheRead: 4, output: 1 },
    ],
    [
      "openai-chat",
      { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 99, cache_write_tokens: 99 } },
      { cacheRead: 10 },
    ],
    [
      "openai-chat",
      { prompt_tokens: 10, prompt_tokens_details: null, completion_tokens_details: null },
      { input: 10 },
    ],
    [
      "openai-chat",
      { completion_tokens: 10, completion_tokens_details: { reasoning_tokens: 7, audio_tokens: 9 } },
      { reasoning: 7, audioOutput: 3 },
    ],
    ["openai-completions", { prompt_tokens: 3, completion_tokens: 4 }, { input: 3, output: 4 }],
    [
      "anthropic-messages",
      { input_tokens: 3, output_tokens: 4, cache_creation_input_tokens: 9 },
      { input: 3, output: 4, cacheWrite5m: 9 },
    ],
    [
      "anthropic-messages",
      {
        cache_creation_input_tokens: 9,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
      },
      { cacheWrite5m: 4, cacheWrite1h: 5 },
    ],
    ["anthropic-messages", { cache_creation_input_tokens: 9, cache_creation: {} }, { cacheWrite5m: 9 }],
    [
      "anthropic-messages",
      { cache_creation_input_tokens: 9, cache_creation: { ephemeral_1h_input_tokens: 2 } },
      { cacheWrite5m: 7, cacheWrite1h: 2 },
    ],
    [
      "anthropic-messages",
      {
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 4 },
        server_tool_use: { web_search_requests: 2 },
      },
      { output: 5, reasoning: 4, searches: 2 },
    ],
    [
      "openai-responses",
      {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 8,
        output_tokens_details: { reasoning_tokens: 8 },
      },
      { input: 5, cacheRead: 4, reasoning: 8 },
    ],
    [
      "gemini",
      { promptTokenCount: 9, cachedContentTokenCount: 4, candidatesTokenCount: 2, thoughtsTokenCount: 3 },
      { input: 5, cacheRead: 4, output: 2, reasoning: 3 },
    ],
    [
      "gemini",
      {
        promptTokenCount: 9,
        toolUsePromptTokenCount: 5,
        promptTokensDetails: [{ modality: "AUDIO", tokenCount: 9 }],
      },
      { input: 5, audioInput: 9 },
    ],
  ])("%s %j", (protocol, usage, want) => {
    const state = read(protocol, { usage, usageMetadata: usage });
    expect(state.usage).toEqual({ ...NO_USAGE, ...want });
    expect(state.source).toBe("reported");
  });

  test.each([...PROTOCOLS])("%s: an answer without a report has none", (protocol) => {
    for (const usage of [undefined, null, 7, "x", []]) {
      expect(read(protocol, { usage, usageMetadata: usage }).source).toBe("none");
    }
  });
});

const oddNumber = fc.oneof(
  fc.integer({ min: -5, max: 50 }),
  fc.double(),
  fc.constantFrom(null, "7", [], {}, true),
);
const NAMES = [
  ...[
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "audio_tokens",
    "reasoning_tokens",
  ],
  ...[
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "thinking_tokens",
  ],
  ...["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "web_search_requests", "promptTokenCount"],
  ...["candidatesTokenCount", "cachedContentTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount"],
];
const GROUPS = [
  ...["prompt_tokens_details", "completion_tokens_details", "input_tokens_details", "output_tokens_details"],
  ...["cache_creation", "server_tool_use", "promptTokensDetails"],
];

test("whatever an upstream claims, every kind is a whole number and none is negative", () => {
  const flat = fc.dictionary(fc.constantFrom(...NAMES), oddNumber);
  const nested = fc.dictionary(fc.constantFrom(...GROUPS), fc.oneof(flat, oddNumber, fc.array(flat)));
  fc.assert(
    fc.property(fc.constantFrom(...PROTOCOLS), flat, nested, (protocol, numbers, groups) => {
      const usage = { ...numbers, ...groups };
      const state = read(protocol, { usage, usageMetadata: usage });
      for (const units of Object.values(state.usage)) {
        expect(Number.isInteger(units) && units >= 0).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
