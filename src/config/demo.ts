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
};

/** Names that snippets and coding agents use, so that they work before there is any upstream. */
const WELL_KNOWN = [
  "claude-opus-5-5",
  "claude-opus-5",
  "claude-sonnet-5",
  "claude-opus-4-5",
  "claude-sonnet-4-5",
  "claude-haiku-4-5",
  "claude-haiku-4-5-20251001",
  "gpt-5",
  "gpt-5-mini",
  "gpt-5-codex",
  "gpt-5.1",
  "gpt-5.1-codex",
  "gpt-4.1",
  "gpt-4o",
  "gpt-4o-mini",
  "gemini-3-pro-preview",
  "gemini-2.5-pro",
  "gemini-2.5-flash",
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
  targets: [{ upstream: DEMO_UPSTREAM.id, model: "demo", weight: 1 }],
};
