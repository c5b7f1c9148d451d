import { compileTraits } from "../../../src/catalog/traits/compile-traits.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import type { ProviderId } from "../../../src/core/model.ts";
import type { Protocol } from "../../../src/core/protocol.ts";

export const UPSTREAMS = ["anthropic-messages", "openai-chat", "openai-responses", "gemini"] as const;
export type UpstreamProtocol = (typeof UPSTREAMS)[number];

export const CLIENTS = [...UPSTREAMS, "openai-completions"] as const;
export type ClientProtocol = (typeof CLIENTS)[number];

interface Made {
  readonly protocol: Protocol;
  readonly provider: ProviderId;
  readonly model: string;
  readonly baseUrl?: string;
}

/** The models that the matrix asks, with the traits that the catalogue gives them. */
const MADE = {
  claude: { protocol: "anthropic-messages", provider: "anthropic", model: "claude-sonnet-4-5" },
  newClaude: { protocol: "anthropic-messages", provider: "anthropic", model: "claude-opus-4-8" },
  chat: { protocol: "openai-chat", provider: "openai", model: "gpt-4.1" },
  thinkingChat: { protocol: "openai-chat", provider: "openai", model: "gpt-5.2" },
  freeformChat: { protocol: "openai-chat", provider: "openai", model: "gpt-5" },
  qwen: { protocol: "openai-chat", provider: "openai-compatible", model: "qwen3-32b" },
  qwenVl: { protocol: "openai-chat", provider: "openai-compatible", model: "qwen3-vl-8b" },
  audioChat: { protocol: "openai-chat", provider: "openai", model: "gpt-audio" },
  deepseek: {
    protocol: "openai-chat",
    provider: "openai-compatible",
    model: "deepseek-v4",
    baseUrl: "https://api.deepseek.com/v1",
  },
  responses: { protocol: "openai-responses", provider: "openai", model: "gpt-4.1" },
  thinkingResponses: { protocol: "openai-responses", provider: "openai", model: "gpt-5.2" },
  cachingResponses: { protocol: "openai-responses", provider: "openai", model: "gpt-5.6" },
  gemini: { protocol: "gemini", provider: "google", model: "gemini-3.5-flash" },
  gemini25: { protocol: "gemini", provider: "google", model: "gemini-2.5-flash" },
} as const satisfies Record<string, Made>;

export type TargetName = keyof typeof MADE;

const OUTPUT_TOKENS_MAX = 32_000;

export const DEFAULT_TARGETS: Record<UpstreamProtocol, TargetName> = {
  "anthropic-messages": "claude",
  "openai-chat": "chat",
  "openai-responses": "responses",
  gemini: "gemini",
};

export function traitsOf(name: TargetName): TargetTraits {
  const made: Made = MADE[name];
  const { protocol, provider, model } = made;
  const upstream = {
    id: name,
    provider,
    baseUrl: made.baseUrl ?? "https://upstream.test/v1",
    apiKey: "k",
    protocols: [protocol],
    headers: {},
    firstByteMs: 1,
    idleMs: 1,
    quirks: {},
  };
  const source = {
    upstream,
    model,
    outputTokensMax: OUTPUT_TOKENS_MAX,
    vision: false,
    quirks: {},
    secret: "s",
  };
  const traits = compileTraits(source)[protocol];
  if (!traits) throw new Error(`${name} has no traits`);
  return traits;
}
