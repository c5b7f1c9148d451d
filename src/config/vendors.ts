import { CLOUD_PROVIDERS, type ProviderId, type Upstream } from "../core/model.ts";
import { BASE_URL_OF } from "./defaults.ts";

/** A vendor whose key may lie in the environment and whose list prices the catalogue knows. */
export interface Vendor {
  /** The upstream's id when it is discovered, and the vendor's name in catalog.json. */
  readonly id: string;
  readonly name: string;
  readonly provider: ProviderId;
  readonly baseUrl: string;
  /** The first one that is set counts. */
  readonly keyVariables: readonly string[];
  readonly baseUrlVariables: readonly string[];
}

const row = (
  id: string,
  name: string,
  keyVariable: string,
  baseUrl: string,
  baseUrlVariables: readonly string[] = [],
): Vendor => ({
  id,
  name,
  provider: "openai-compatible",
  baseUrl,
  keyVariables: [keyVariable],
  baseUrlVariables,
});

/** In the order in which a model's plain id is given away when two vendors have it. */
export const VENDORS: readonly Vendor[] = [
  {
    id: "anthropic",
    name: "Anthropic",
    provider: "anthropic",
    baseUrl: BASE_URL_OF.anthropic ?? "",
    keyVariables: ["ANTHROPIC_API_KEY"],
    baseUrlVariables: ["ANTHROPIC_BASE_URL"],
  },
  {
    id: "openai",
    name: "OpenAI",
    provider: "openai",
    baseUrl: BASE_URL_OF.openai ?? "",
    keyVariables: ["OPENAI_API_KEY"],
    baseUrlVariables: ["OPENAI_BASE_URL"],
  },
  {
    id: "google",
    name: "Google",
    provider: "google",
    baseUrl: BASE_URL_OF.google ?? "",
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    baseUrlVariables: ["GOOGLE_GEMINI_BASE_URL", "GEMINI_BASE_URL"],
  },
  row("deepseek", "DeepSeek", "DEEPSEEK_API_KEY", "https://api.deepseek.com/v1", ["DEEPSEEK_BASE_URL"]),
  row("mistral", "Mistral AI", "MISTRAL_API_KEY", "https://api.mistral.ai/v1", ["MISTRAL_BASE_URL"]),
  row("x-ai", "xAI", "XAI_API_KEY", "https://api.x.ai/v1", ["XAI_BASE_URL"]),
  row("moonshotai", "Moonshot AI", "MOONSHOT_API_KEY", "https://api.moonshot.ai/v1", ["MOONSHOT_BASE_URL"]),
  row("zai", "Z.AI", "ZAI_API_KEY", "https://api.z.ai/api/paas/v4", ["ZAI_BASE_URL"]),
  row("minimax", "MiniMax", "MINIMAX_API_KEY", "https://api.minimax.io/v1", ["MINIMAX_BASE_URL"]),
  row("perplexity", "Perplexity", "PERPLEXITY_API_KEY", "https://api.perplexity.ai", ["PERPLEXITY_BASE_URL"]),
  row("groq", "Groq", "GROQ_API_KEY", "https://api.groq.com/openai/v1", ["GROQ_BASE_URL"]),
  row("cerebras", "Cerebras", "CEREBRAS_API_KEY", "https://api.cerebras.ai/v1", ["CEREBRAS_BASE_URL"]),
  row("fireworks", "Fireworks AI", "FIREWORKS_API_KEY", "https://api.fireworks.ai/inference/v1", [
    "FIREWORKS_BASE_URL",
  ]),
  row("openrouter", "OpenRouter", "OPENROUTER_API_KEY", "https://openrouter.ai/api/v1", [
    "OPENROUTER_BASE_URL",
  ]),
];

/** Whose models a cloud serves, by what is spoken there; undefined where they are of many makers. */
function cloudVendorId({
  provider,
  protocols,
}: Pick<Upstream, "provider" | "protocols">): string | undefined {
  if (protocols.includes("anthropic-messages")) return "anthropic";
  if (protocols.includes("gemini")) return "google";
  return provider === "azure" ? "openai" : undefined;
}

/** The vendor whose catalogue an upstream's models are in: by its provider, else by its host. */
export function vendorOf(upstream: Pick<Upstream, "provider" | "baseUrl" | "protocols">): Vendor | undefined {
  if (CLOUD_PROVIDERS.includes(upstream.provider)) {
    const vendorId = cloudVendorId(upstream);
    return VENDORS.find(({ id }) => id === vendorId);
  }
  const byProvider = VENDORS.find(
    ({ provider }) => provider === upstream.provider && provider !== "openai-compatible",
  );
  if (byProvider || !URL.canParse(upstream.baseUrl)) return byProvider;
  const { host } = new URL(upstream.baseUrl);
  return VENDORS.find((vendor) => new URL(vendor.baseUrl).host === host);
}

/**
 * A model as its vendor names it: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` (Bedrock) and
 * `claude-sonnet-4-5@20250929` (Vertex AI) are both `claude-sonnet-4-5-20250929`.
 */
export function vendorsName({ provider }: Pick<Upstream, "provider">, model: string): string {
  if (!CLOUD_PROVIDERS.includes(provider)) return model;
  return model
    .replace(/^(?:[a-z-]+\.)?anthropic\./, "")
    .replace(/-v\d+(?::\d+)*(?::\d+k)?$/, "")
    .replace(/@default$/, "")
    .replace("@", "-");
}

const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/claude/i, "Anthropic"],
  [/gpt|codex|^o\d|whisper|text-embedding|dall-e|davinci|babbage/i, "OpenAI"],
  [/gemini|gemma|palm/i, "Google"],
  [/deepseek/i, "DeepSeek"],
  [/qwen|qwq/i, "Alibaba"],
  [/llama/i, "Meta"],
  [/mistral|mixtral|codestral|devstral|magistral|pixtral|voxtral/i, "Mistral AI"],
  [/grok/i, "xAI"],
  [/kimi|moonshot/i, "Moonshot AI"],
  [/glm/i, "Z.AI"],
  [/minimax/i, "MiniMax"],
  [/sonar/i, "Perplexity"],
];

/** Who made a model, as far as its name tells; empty where it does not. */
export function makerOf(modelId: string): string {
  const own = modelId.slice(modelId.lastIndexOf("/") + 1);
  return MAKERS.find(([pattern]) => pattern.test(own))?.[1] ?? "";
}
