import { describe, expect, test } from "bun:test";
import { priceUsage } from "../../src/billing/price-usage.ts";
import { compilePrice, type PricedFields, parseUsdNanos, readPrice } from "../../src/config/prices.ts";
import { multiplyPrice } from "../../src/core/price.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { CODECS } from "../../src/protocols/codecs.ts";
import { newTapState } from "../../src/protocols/protocol.ts";

const listed = (fields: PricedFields<string>) => compilePrice(readPrice(fields, parseUsdNanos)).base;

/** USD per million, as the vendors list them. */
const SONNET = listed({
  input: "3",
  output: "15",
  cache_read: "0.3",
  cache_write: "3.75",
  cache_write_1h: "6",
  search: "0.01",
  tiers: [
    {
      above_input_tokens: 200_000,
      input: "6",
      output: "22.5",
      cache_read: "0.6",
      cache_write: "7.5",
      cache_write_1h: "12",
    },
  ],
});
const OPUS = listed({
  input: "5",
  output: "25",
  cache_read: "0.5",
  cache_write: "6.25",
  cache_write_1h: "10",
});
const HAIKU = listed({
  input: "1",
  output: "5",
  cache_read: "0.1",
  cache_write: "1.25",
  cache_write_1h: "2",
});
const GPT = listed({ input: "2", output: "8", cache_read: "0.5" });
const NANO = listed({ input: "0.1", output: "0.4", cache_read: "0.025" });
const AUDIO = listed({
  input: "2.5",
  output: "10",
  cache_read: "1.25",
  audio_input: "40",
  audio_output: "80",
});
const PRO = listed({
  input: "1.25",
  output: "10",
  cache_read: "0.125",
  tiers: [{ above_input_tokens: 200_000, input: "2.5", output: "15", cache_read: "0.25" }],
});
const FLASH = listed({ input: "0.3", output: "2.5", cache_read: "0.03", audio_input: "1", image: "30" });
const DEEPSEEK = listed({ input: "0.28", output: "0.42", cache_read: "0.028" });

const WIRE = {
  anthropic: ["anthropic-messages", "usage"],
  chat: ["openai-chat", "usage"],
  responses: ["openai-responses", "usage"],
  gemini: ["gemini", "usageMetadata"],
} as const;

/** What the vendor reports, what that is in tokens times nanos of its list price, and the sum. */
const VECTORS: readonly [typeof SONNET, keyof typeof WIRE, object, string, bigint][] = [
  [SONNET, "anthropic", { input_tokens: 1, output_tokens: 1 }, "1 x 3000 + 1 x 15000", 18_000n],
  [
    SONNET,
    "anthropic",
    { input_tokens: 200000, output_tokens: 1 },
    "200000 x 3000 + 1 x 15000",
    600_015_000n,
  ],
  [SONNET, "anthropic", { input_tokens: 12, output_tokens: 345 }, "12 x 3000 + 345 x 15000", 5_211_000n],
  [
    SONNET,
    "anthropic",
    {
      input_tokens: 201,
      output_tokens: 89,
      cache_read_input_tokens: 15104,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
    "201 x 3000 + 15104 x 300 + 10 x 3750 + 20 x 6000 + 89 x 15000",
    6_626_700n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 3, output_tokens: 1500, cache_read_input_tokens: 48213 },
    "3 x 3000 + 48213 x 300 + 1500 x 15000",
    36_972_900n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 7, output_tokens: 64000, cache_creation_input_tokens: 120000 },
    "7 x 3000 + 120000 x 3750 + 64000 x 15000",
    1_410_021_000n,
  ],
  [
    SONNET,
    "anthropic",
    {
      input_tokens: 7,
      output_tokens: 10,
      cache_creation_input_tokens: 99999,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 99999 },
    },
    "7 x 3000 + 99999 x 6000 + 10 x 15000",
    600_165_000n,
  ],
  [
    SONNET,
    "anthropic",
    {
      input_tokens: 100000,
      output_tokens: 8192,
      cache_read_input_tokens: 99999,
      cache_creation_input_tokens: 1,
    },
    "100000 x 3000 + 99999 x 300 + 1 x 3750 + 8192 x 15000",
    452_883_450n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 1, output_tokens: 4096, output_tokens_details: { thinking_tokens: 4000 } },
    "1 x 3000 + 4096 x 15000",
    61_443_000n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 10, output_tokens: 20, server_tool_use: { web_search_requests: 3 } },
    "10 x 3000 + 20 x 15000 + 30000000",
    30_330_000n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 200001, output_tokens: 1 },
    "200001 x 6000 + 1 x 22500",
    1_200_028_500n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 200000 },
    "1 x 6000 + 200000 x 600 + 2 x 22500",
    120_051_000n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 199999, cache_creation_input_tokens: 1 },
    "1 x 6000 + 199999 x 600 + 1 x 7500 + 2 x 22500",
    120_057_900n,
  ],
  [
    SONNET,
    "anthropic",
    {
      input_tokens: 50000,
      output_tokens: 1000,
      cache_read_input_tokens: 100000,
      cache_creation_input_tokens: 50001,
      cache_creation: { ephemeral_5m_input_tokens: 30000, ephemeral_1h_input_tokens: 20001 },
    },
    "50000 x 6000 + 100000 x 600 + 30000 x 7500 + 20001 x 12000 + 1000 x 22500",
    847_512_000n,
  ],
  [
    SONNET,
    "anthropic",
    { input_tokens: 200000, output_tokens: 7, cache_creation_input_tokens: 1 },
    "200000 x 6000 + 1 x 7500 + 7 x 22500",
    1_200_165_000n,
  ],
  [OPUS, "anthropic", { input_tokens: 9, output_tokens: 9 }, "9 x 5000 + 9 x 25000", 270_000n],
  [
    OPUS,
    "anthropic",
    { input_tokens: 123456, output_tokens: 7890, cache_read_input_tokens: 654321 },
    "123456 x 5000 + 654321 x 500 + 7890 x 25000",
    1_141_690_500n,
  ],
  [
    OPUS,
    "anthropic",
    {
      input_tokens: 33,
      output_tokens: 44,
      cache_read_input_tokens: 55,
      cache_creation_input_tokens: 143,
      cache_creation: { ephemeral_5m_input_tokens: 66, ephemeral_1h_input_tokens: 77 },
    },
    "33 x 5000 + 55 x 500 + 66 x 6250 + 77 x 10000 + 44 x 25000",
    2_475_000n,
  ],
  [
    OPUS,
    "anthropic",
    {
      input_tokens: 5,
      output_tokens: 32000,
      cache_read_input_tokens: 150000,
      output_tokens_details: { thinking_tokens: 31999 },
    },
    "5 x 5000 + 150000 x 500 + 32000 x 25000",
    875_025_000n,
  ],
  [
    HAIKU,
    "anthropic",
    { input_tokens: 1, output_tokens: 0, cache_read_input_tokens: 3 },
    "1 x 1000 + 3 x 100",
    1_300n,
  ],
  [
    HAIKU,
    "anthropic",
    { input_tokens: 1, output_tokens: 0, cache_creation_input_tokens: 1 },
    "1 x 1000 + 1 x 1250",
    2_250n,
  ],
  [
    HAIKU,
    "anthropic",
    {
      input_tokens: 19,
      output_tokens: 21,
      cache_read_input_tokens: 23,
      cache_creation_input_tokens: 58,
      cache_creation: { ephemeral_5m_input_tokens: 27, ephemeral_1h_input_tokens: 31 },
    },
    "19 x 1000 + 23 x 100 + 27 x 1250 + 31 x 2000 + 21 x 5000",
    222_050n,
  ],
  [GPT, "chat", { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 }, "7 x 2000 + 2 x 8000", 30_000n],
  [
    GPT,
    "chat",
    {
      prompt_tokens: 15305,
      completion_tokens: 89,
      total_tokens: 15394,
      prompt_tokens_details: { cached_tokens: 15104, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 40, audio_tokens: 0 },
    },
    "201 x 2000 + 15104 x 500 + 89 x 8000",
    8_666_000n,
  ],
  [
    GPT,
    "chat",
    {
      prompt_tokens: 1000,
      completion_tokens: 1000,
      total_tokens: 2000,
      prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 1000, audio_tokens: 0 },
    },
    "1000 x 500 + 1000 x 8000",
    8_500_000n,
  ],
  [
    GPT,
    "chat",
    {
      prompt_tokens: 128,
      completion_tokens: 1,
      total_tokens: 129,
      prompt_tokens_details: { cached_tokens: 127, audio_tokens: 0 },
    },
    "1 x 2000 + 127 x 500 + 1 x 8000",
    73_500n,
  ],
  [NANO, "chat", { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }, "1 x 100 + 1 x 400", 500n],
  [
    NANO,
    "chat",
    {
      prompt_tokens: 3,
      completion_tokens: 1,
      total_tokens: 4,
      prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 },
    },
    "2 x 100 + 1 x 25 + 1 x 400",
    625n,
  ],
  [
    NANO,
    "chat",
    {
      prompt_tokens: 5,
      completion_tokens: 0,
      total_tokens: 5,
      prompt_tokens_details: { cached_tokens: 5, audio_tokens: 0 },
    },
    "5 x 25",
    125n,
  ],
  [
    NANO,
    "chat",
    {
      prompt_tokens: 7,
      completion_tokens: 0,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
    },
    "4 x 100 + 3 x 25",
    475n,
  ],
  [
    NANO,
    "chat",
    {
      prompt_tokens: 999999,
      completion_tokens: 32768,
      total_tokens: 1032767,
      prompt_tokens_details: { cached_tokens: 999998, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 30000, audio_tokens: 0 },
    },
    "1 x 100 + 999998 x 25 + 32768 x 400",
    38_107_250n,
  ],
  [
    NANO,
    "chat",
    {
      prompt_tokens: 11,
      completion_tokens: 13,
      total_tokens: 24,
      prompt_tokens_details: { cached_tokens: 6, audio_tokens: 0 },
    },
    "5 x 100 + 6 x 25 + 13 x 400",
    5_850n,
  ],
  [
    AUDIO,
    "chat",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 40 },
    },
    "40 x 2500 + 60 x 40000 + 10 x 10000 + 40 x 80000",
    5_800_000n,
  ],
  [
    AUDIO,
    "chat",
    {
      prompt_tokens: 15305,
      completion_tokens: 89,
      total_tokens: 15394,
      prompt_tokens_details: { cached_tokens: 15104, audio_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 40, audio_tokens: 2 },
    },
    "200 x 2500 + 15104 x 1250 + 1 x 40000 + 87 x 10000 + 2 x 80000",
    20_450_000n,
  ],
  [
    AUDIO,
    "chat",
    {
      prompt_tokens: 10,
      completion_tokens: 10,
      total_tokens: 20,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 5 },
    },
    "3 x 2500 + 4 x 1250 + 3 x 40000 + 5 x 10000 + 5 x 80000",
    582_500n,
  ],
  [
    GPT,
    "responses",
    {
      input_tokens: 7,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 9,
    },
    "7 x 2000 + 2 x 8000",
    30_000n,
  ],
  [
    GPT,
    "responses",
    {
      input_tokens: 250000,
      input_tokens_details: { cached_tokens: 249984 },
      output_tokens: 4000,
      output_tokens_details: { reasoning_tokens: 3936 },
      total_tokens: 254000,
    },
    "16 x 2000 + 249984 x 500 + 4000 x 8000",
    157_024_000n,
  ],
  [
    GPT,
    "responses",
    {
      input_tokens: 64,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 64,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 128,
    },
    "64 x 2000 + 64 x 8000",
    640_000n,
  ],
  [
    NANO,
    "responses",
    {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 1,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 10,
    },
    "6 x 100 + 3 x 25 + 1 x 400",
    1_075n,
  ],
  [
    NANO,
    "responses",
    {
      input_tokens: 13,
      input_tokens_details: { cached_tokens: 7 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 20,
    },
    "6 x 100 + 7 x 25 + 7 x 400",
    3_575n,
  ],
  [PRO, "gemini", { promptTokenCount: 7, candidatesTokenCount: 2 }, "7 x 1250 + 2 x 10000", 28_750n],
  [
    PRO,
    "gemini",
    {
      promptTokenCount: 10000,
      candidatesTokenCount: 500,
      cachedContentTokenCount: 8000,
      thoughtsTokenCount: 1200,
    },
    "2000 x 1250 + 8000 x 125 + 1700 x 10000",
    20_500_000n,
  ],
  [
    PRO,
    "gemini",
    { promptTokenCount: 200000, candidatesTokenCount: 1 },
    "200000 x 1250 + 1 x 10000",
    250_010_000n,
  ],
  [
    PRO,
    "gemini",
    { promptTokenCount: 199999, candidatesTokenCount: 1, toolUsePromptTokenCount: 1 },
    "200000 x 1250 + 1 x 10000",
    250_010_000n,
  ],
  [
    PRO,
    "gemini",
    { promptTokenCount: 1, candidatesTokenCount: 1, cachedContentTokenCount: 1 },
    "1 x 125 + 1 x 10000",
    10_125n,
  ],
  [
    PRO,
    "gemini",
    { promptTokenCount: 3, candidatesTokenCount: 5, cachedContentTokenCount: 3, thoughtsTokenCount: 7 },
    "3 x 125 + 12 x 10000",
    120_375n,
  ],
  [
    PRO,
    "gemini",
    { promptTokenCount: 200001, candidatesTokenCount: 1 },
    "200001 x 2500 + 1 x 15000",
    500_017_500n,
  ],
  [
    PRO,
    "gemini",
    {
      promptTokenCount: 150000,
      candidatesTokenCount: 10,
      thoughtsTokenCount: 100,
      toolUsePromptTokenCount: 60000,
    },
    "210000 x 2500 + 110 x 15000",
    526_650_000n,
  ],
  [
    PRO,
    "gemini",
    {
      promptTokenCount: 300000,
      candidatesTokenCount: 65536,
      cachedContentTokenCount: 299999,
      thoughtsTokenCount: 60000,
    },
    "1 x 2500 + 299999 x 250 + 125536 x 15000",
    1_958_042_250n,
  ],
  [
    FLASH,
    "gemini",
    {
      promptTokenCount: 100,
      candidatesTokenCount: 1290,
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1290 }],
    },
    "100 x 300 + 1290 x 30000",
    38_730_000n,
  ],
  [
    FLASH,
    "gemini",
    {
      promptTokenCount: 320,
      candidatesTokenCount: 40,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 20 },
        { modality: "AUDIO", tokenCount: 300 },
      ],
    },
    "20 x 300 + 300 x 1000 + 40 x 2500",
    406_000n,
  ],
  [
    FLASH,
    "gemini",
    { promptTokenCount: 7, candidatesTokenCount: 3, cachedContentTokenCount: 5, thoughtsTokenCount: 11 },
    "2 x 300 + 5 x 30 + 14 x 2500",
    35_750n,
  ],
  [
    DEEPSEEK,
    "chat",
    { prompt_tokens: 1, prompt_cache_hit_tokens: 0, prompt_cache_miss_tokens: 1, completion_tokens: 0 },
    "1 x 280",
    280n,
  ],
  [
    DEEPSEEK,
    "chat",
    { prompt_tokens: 1, prompt_cache_hit_tokens: 1, prompt_cache_miss_tokens: 0, completion_tokens: 0 },
    "1 x 28",
    28n,
  ],
  [
    DEEPSEEK,
    "chat",
    { prompt_tokens: 0, prompt_cache_hit_tokens: 0, prompt_cache_miss_tokens: 0, completion_tokens: 1 },
    "1 x 420",
    420n,
  ],
  [
    DEEPSEEK,
    "chat",
    {
      prompt_tokens: 64064,
      prompt_cache_hit_tokens: 64000,
      prompt_cache_miss_tokens: 64,
      completion_tokens: 900,
      completion_tokens_details: { reasoning_tokens: 600 },
    },
    "64 x 280 + 64000 x 28 + 900 x 420",
    2_187_920n,
  ],
  [
    DEEPSEEK,
    "chat",
    { prompt_tokens: 18, prompt_cache_hit_tokens: 17, prompt_cache_miss_tokens: 1, completion_tokens: 0 },
    "1 x 280 + 17 x 28",
    756n,
  ],
  [
    DEEPSEEK,
    "chat",
    {
      prompt_tokens: 131072,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 131072,
      completion_tokens: 65536,
      completion_tokens_details: { reasoning_tokens: 65000 },
    },
    "131072 x 280 + 65536 x 420",
    64_225_280n,
  ],
  [
    DEEPSEEK,
    "chat",
    {
      prompt_tokens: 1061,
      prompt_cache_hit_tokens: 1024,
      prompt_cache_miss_tokens: 37,
      completion_tokens: 3,
    },
    "37 x 280 + 1024 x 28 + 3 x 420",
    40_292n,
  ],
  [
    DEEPSEEK,
    "chat",
    {
      prompt_tokens: 5,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 5,
      completion_tokens: 7,
      completion_tokens_details: { reasoning_tokens: 7 },
    },
    "5 x 280 + 7 x 420",
    4_340n,
  ],
  [
    DEEPSEEK,
    "chat",
    {
      prompt_tokens: 1999999,
      prompt_cache_hit_tokens: 999999,
      prompt_cache_miss_tokens: 1000000,
      completion_tokens: 1,
    },
    "1000000 x 280 + 999999 x 28 + 1 x 420",
    308_000_392n,
  ],
  [
    DEEPSEEK,
    "chat",
    { prompt_tokens: 128, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 64, completion_tokens: 64 },
    "64 x 280 + 64 x 28 + 64 x 420",
    46_592n,
  ],
];

describe("a vendor's own report at its list price, to the nano", () => {
  test.each(VECTORS.map((vector, index) => [index + 1, vector[1], vector[3], vector] as const))(
    "%i: %s %s",
    (_number, _wire, _working, [price, wire, raw, , nanos]) => {
      const [protocol, key] = WIRE[wire];
      const tap = newTapState(true, NO_USAGE);
      CODECS[protocol].tap.readWhole(tap, { [key]: raw });
      expect(tap.source).toBe("reported");
      expect(priceUsage(price, tap.usage)).toBe(nanos);
    },
  );

  test("there are sixty of them at least", () => {
    expect(VECTORS.length).toBeGreaterThanOrEqual(60);
  });
});

describe("what was agreed with a plan or an account", () => {
  const usage = { ...NO_USAGE, input: 7, output: 2 };
  // 7 x 2000 + 2 x 8000 = 30,000 nanos at the list price.
  test.each([
    [1_000_000n, 30_000n],
    [850_000n, 25_500n],
    [1n, 0n],
    [17n, 1n],
    [16n, 0n],
    [1_333_333n, 40_000n],
    [0n, 0n],
    [2_500_000n, 75_000n],
  ])("%s parts per million of it are %s nanos, rounded once", (ppm, nanos) => {
    expect(priceUsage(multiplyPrice(GPT, ppm), usage)).toBe(nanos);
  });
});
