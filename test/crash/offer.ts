import type { PriceList } from "./auditor/seen.ts";
import type { ModelName } from "./plan.ts";

/** Nanos per million tokens; awkward enough that roundings show. */
const STEADY: PriceList = {
  contextTokens: 131_072,
  rates: {
    input: 157_437_900n,
    output: 613_861_300n,
    cacheRead: 31_793_100n,
    cacheWrite5m: 201_666_700n,
    cacheWrite1h: 303_333_700n,
    reasoning: 700_501_333n,
  },
  tiers: [
    {
      aboveInputTokens: 400,
      rates: {
        input: 170_271_900n,
        output: 650_775_300n,
        cacheRead: 31_793_100n,
        cacheWrite5m: 201_666_700n,
        cacheWrite1h: 303_333_700n,
        reasoning: 700_501_333n,
      },
    },
  ],
};

const NARROW: PriceList = {
  contextTokens: 16_384,
  rates: {
    input: 300_000_000n,
    output: 1_500_000_000n,
    cacheRead: 300_000_000n,
    cacheWrite5m: 300_000_000n,
    cacheWrite1h: 300_000_000n,
    reasoning: 1_500_000_000n,
  },
  tiers: [],
};

/** The auditor's price lists; quoin.yaml below says the same in dollars. */
export const PRICES: Readonly<Record<ModelName, PriceList>> = { steady: STEADY, narrow: NARROW };

/** The configuration: one upstream that speaks all protocols, so that nothing is tried twice, and two models. */
export function yamlFor(upstreamPort: number): string {
  const origin = `http://127.0.0.1:${upstreamPort}`;
  const targets = "[{ upstream: all }]";
  return `
upstreams:
  - { id: all, provider: openai-compatible, base_url: ${origin}/v1, protocols: [openai-chat, openai-responses, anthropic-messages, gemini] }
models:
  - id: steady
    context_tokens: 131072
    output_tokens_max: 32768
    price:
      input: "0.1574379"
      output: "0.6138613"
      cache_read: "0.0317931"
      cache_write: "0.2016667"
      cache_write_1h: "0.3033337"
      reasoning: "0.700501333"
      tiers: [{ above_input_tokens: 400, input: "0.1702719", output: "0.6507753" }]
    targets: ${targets}
  - id: narrow
    context_tokens: 16384
    output_tokens_max: 4096
    price: { input: "0.3", output: "1.5" }
    targets: ${targets}
`;
}

/** A model that answers by itself, for tests of nodes rather than of money. */
export const DEMO_YAML = `
upstreams: [{ id: d, provider: demo }]
models:
  - id: m
    price: { input: "1", output: "2" }
    output_tokens_max: 200
    targets: [{ upstream: d, model: demo }]
plans: [{ id: default, key_prefix: qn_ }]
`;
