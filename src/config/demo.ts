import type { Upstream } from "../core/model.ts";
import { ENDPOINTS_OF, FIRST_BYTE_MS, IDLE_MS, PROTOCOLS_OF } from "./defaults.ts";
import type { ModelConfig } from "./types.ts";

/** Speaks every protocol inside this process; nothing leaves the machine. */
export const DEMO_UPSTREAM: Upstream = {
  id: "demo",
  provider: "demo",
  baseUrl: "",
  apiKey: "",
  protocols: PROTOCOLS_OF.demo,
  headers: {},
  firstByteMs: FIRST_BYTE_MS,
  idleMs: IDLE_MS,
  quirks: {},
};

/**
 * Names that snippets and coding agents use, so that they work before there is any upstream. Families and
 * not names: an agent's own default, and the small model that it asks in the background, change with every
 * release. A name outside of them is still 404, as a mistyped one should be.
 */
const WELL_KNOWN = [
  "claude-*",
  "anthropic/claude-*",
  "gpt-*",
  "chatgpt-*",
  "codex-*",
  "openai/gpt-*",
  "gemini-*",
  "google/gemini-*",
  "deepseek-*",
  "glm-*",
  "grok-*",
  "kimi-*",
  "qwen3*",
] as const;

/** Priced, so that the first requests show how a wallet moves. */
export const DEMO_MODEL: ModelConfig = {
  id: "demo",
  displayName: "Quoin demo",
  vendor: "Quoin",
  family: "",
  description:
    "Answers from inside the gateway and says that it is a demo. Set a vendor's key or write quoin.yaml to replace it.",
  aliases: WELL_KNOWN,
  category: "llm",
  tier: "open-weight",
  contextTokens: 200_000,
  outputTokensMax: 32_768,
  price: { input: 1_000_000_000n, output: 4_000_000_000n, cacheRead: 100_000_000n, tiers: [] },
  endpoints: ENDPOINTS_OF.llm,
  defaults: {},
  quirks: {},
  limits: {},
  targets: [{ upstream: DEMO_UPSTREAM.id, model: "demo", weight: 1 }],
};
