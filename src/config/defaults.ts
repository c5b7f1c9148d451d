import type { ProviderId } from "../core/model.ts";
import type { Brand } from "../core/offering.ts";
import { PPM_OF_ONE } from "../core/price.ts";
import { PROTOCOLS, type Protocol } from "../core/protocol.ts";
import type { Category, Config, EndpointName, PlanConfig, SignUpConfig } from "./types.ts";

/** What an upstream speaks where its declaration does not say. */
export const PROTOCOLS_OF: Readonly<Record<ProviderId, readonly Protocol[]>> = {
  anthropic: ["anthropic-messages"],
  openai: ["openai-chat", "openai-responses", "openai-completions"],
  google: ["gemini"],
  "openai-compatible": ["openai-chat", "openai-completions"],
  azure: ["openai-chat", "openai-responses"],
  bedrock: ["anthropic-messages"],
  vertex: ["gemini"],
  demo: PROTOCOLS,
};

/** What else a cloud speaks, in an upstream of its own, whose declaration says so. */
export const FURTHER_PROTOCOLS_OF: Partial<Record<ProviderId, readonly Protocol[]>> = {
  azure: ["openai-completions", "anthropic-messages"],
  bedrock: ["openai-chat", "openai-responses"],
  vertex: ["anthropic-messages", "openai-chat"],
};

/** The vendors' public addresses; undefined: the operator must say, or (demo) there is none. */
export const BASE_URL_OF: Readonly<Record<ProviderId, string | undefined>> = {
  anthropic: "https://api.anthropic.com",
  openai: "https://api.openai.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
  "openai-compatible": undefined,
  azure: undefined,
  bedrock: undefined,
  vertex: undefined,
  demo: undefined,
};

/** Addresses as they look, for those who have to say one. */
export const BASE_URL_LIKE: Partial<Record<ProviderId, string>> = {
  azure: "https://RESOURCE.openai.azure.com/openai/v1",
  bedrock: "https://bedrock-runtime.REGION.amazonaws.com",
  vertex: "https://REGION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/REGION",
};

const GENERATION: readonly EndpointName[] = ["chat", "completions", "messages", "responses", "gemini"];

export const ENDPOINTS_OF: Readonly<Record<Category, readonly EndpointName[]>> = {
  llm: GENERATION,
  code: GENERATION,
  vision: GENERATION,
  safety: GENERATION,
  embedding: ["embeddings"],
  speech: ["speech"],
  transcription: ["transcriptions"],
  image: ["chat", "responses", "gemini", "images"],
  rerank: ["rerank"],
};

export const CONTEXT_TOKENS = 131_072;
export const OUTPUT_TOKENS_MAX = 32_768;
export const FIRST_BYTE_MS = 600_000;
export const IDLE_MS = 300_000;

export const DEFAULT_PLAN: PlanConfig = {
  id: "default",
  keyPrefix: "qn_live_",
  multiplierPpm: PPM_OF_ONE,
  monthlyCreditsNanos: undefined,
  monthlyCreditsCarryOver: false,
  monthlyCreditsKeysMax: undefined,
  limits: {},
  accountLimits: {},
  models: undefined,
  price: undefined,
  shown: undefined,
};

export const DEFAULT_BRAND: Brand = {
  name: "Quoin",
  logo: undefined,
  colors: {},
  keyVariable: "QUOIN_API_KEY",
  baseUrls: {},
};

const DEFAULT_SIGN_UP: SignUpConfig = {
  mode: "invitation",
  phone: "off",
  creditNanos: 0n,
  planId: DEFAULT_PLAN.id,
  countriesAllow: undefined,
  countriesDeny: [],
  countryMessagesPerHour: 100,
  trial: undefined,
};

/** What holds without a quoin.yaml and without any upstream: one plan, and nothing to serve. */
export function defaultConfig(): Config {
  return {
    upstreams: [],
    models: [],
    plans: [DEFAULT_PLAN],
    accounts: [],
    currencies: [],
    signUp: DEFAULT_SIGN_UP,
    brand: DEFAULT_BRAND,
    catalogue: { shownTo: "everybody" },
    hosts: [],
    accountHosts: [],
    regions: [],
    errors: {},
    prompts: { keep: true, days: 30 },
    trustedProxies: [],
  };
}
