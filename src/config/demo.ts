import type { Upstream } from "../core/model.ts";
import { ENDPOINTS_OF, FIRST_BYTE_MS, IDLE_MS, PROTOCOLS_OF } from "./defaults.ts";
import type { Category, EndpointName, ModelConfig } from "./types.ts";

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
const DEMO_MODEL: ModelConfig = {
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
  published: true,
  price: { input: 1_000_000_000n, output: 4_000_000_000n, cacheRead: 100_000_000n, tiers: [] },
  endpoints: ENDPOINTS_OF.llm,
  defaults: {},
  quirks: {},
  limits: {},
  targets: [{ upstream: DEMO_UPSTREAM.id, model: "demo", weight: 1, order: 1 }],
};

type Beside = Pick<ModelConfig, "id" | "displayName" | "category" | "price" | "description" | "aliases">;

/** The same for what models do beside text. */
const BESIDE: readonly Beside[] = [
  {
    id: "demo-embedding",
    displayName: "Quoin demo, embeddings",
    category: "embedding",
    description: "Vectors by which texts that share words are near each other. Not a model.",
    aliases: ["text-embedding-*", "gemini-embedding-*"],
    price: { input: 20_000_000n, tiers: [] },
  },
  {
    id: "demo-speech",
    displayName: "Quoin demo, speech",
    category: "speech",
    description: "Speaks a beep for every word.",
    aliases: ["tts-*", "gpt-4o-mini-tts*"],
    price: { characters: 15_000_000_000n, tiers: [] },
  },
  {
    id: "demo-transcription",
    displayName: "Quoin demo, transcription",
    category: "transcription",
    description: "Does not hear; says how long the audio is that it got.",
    aliases: ["whisper-*", "gpt-4o-transcribe*", "gpt-4o-mini-transcribe*"],
    price: { minute: 6_000_000n, tiers: [] },
  },
  {
    id: "demo-moderation",
    displayName: "Quoin demo, moderation",
    category: "safety",
    description: "Judges by a short list of words.",
    aliases: ["omni-moderation-*", "text-moderation-*"],
    price: { input: 0n, output: 0n, tiers: [] },
  },
  {
    id: "demo-rerank",
    displayName: "Quoin demo, reranking",
    category: "rerank",
    description: "Sorts texts by the words that they share with a question.",
    aliases: ["rerank-*", "jina-reranker-*"],
    price: { input: 20_000_000n, tiers: [] },
  },
  {
    id: "demo-image",
    displayName: "Quoin demo, images",
    category: "image",
    description: "Draws a fade of two colours.",
    aliases: ["gpt-image-*", "dall-e-*"],
    price: { input: 5_000_000_000n, output: 0n, image: 40_000_000_000n, tiers: [] },
  },
];

const ONE_ENDPOINT: Partial<Record<Category, readonly EndpointName[]>> = {
  safety: ["moderations"],
  image: ["images"],
};

export const DEMO_MODELS: readonly ModelConfig[] = [
  DEMO_MODEL,
  ...BESIDE.map((model) => ({
    ...DEMO_MODEL,
    ...model,
    endpoints: ONE_ENDPOINT[model.category] ?? ENDPOINTS_OF[model.category],
  })),
];
