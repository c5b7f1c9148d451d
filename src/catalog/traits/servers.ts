import { vendorOf } from "../../config/vendors.ts";
import type { Quirks } from "../../core/generation/traits.ts";
import type { Upstream } from "../../core/model.ts";
import type { Capabilities, TraitsKey } from "./baseline.ts";

/** What a server does otherwise than the models' own facts say. */
type Server = (known: Capabilities, key: TraitsKey) => Quirks;

/** A server that switches thinking by a field of its own, not by the template. */
const switched = ({ thinking }: Capabilities): Quirks =>
  thinking === "template" ? { thinking: "switch" } : {};

/** A server whose models take an effort wherever they can be told at all. */
const byEffort = ({ thinking }: Capabilities, efforts: readonly string[] = []): Quirks =>
  thinking === "template" ? { thinking: "effort", efforts } : {};

/** Fields of the vendors' chat endpoints; their other protocols are close enough to the makers' own. */
const CHAT_SERVERS: Readonly<Record<string, Server>> = {
  openai: () => ({
    mediaUrls: true,
    systemAnywhere: true,
    developerRole: true,
    completionTokensField: true,
    replayReasoning: "forbidden",
    callIdMax: 40,
  }),
  openrouter: ({ media }) => ({
    thinking: "effort",
    mediaUrls: true,
    reasoningField: "reasoning",
    thinkTags: false,
    ...(media.includes("image") && !media.includes("document") && { media: [...media, "document"] }),
  }),
  deepseek: (known) => ({
    ...switched(known),
    schemaOutput: false,
    systemAnywhere: true,
    thinkTags: false,
    stopsMax: 16,
  }),
  moonshotai: (known) => ({ ...switched(known), schemaOutput: false, systemAnywhere: true, stopsMax: 5 }),
  zai: (known) => ({ ...switched(known), schemaOutput: false, mediaUrls: true, stopsMax: 1 }),
  mistral: () => ({
    mediaUrls: true,
    streamUsage: false,
    replayReasoning: "forbidden",
    alternation: false,
    callIdMax: 9,
  }),
  "x-ai": () => ({ mediaUrls: true, replayReasoning: "forbidden" }),
  groq: ({ thinking }, { name }) => ({
    mediaUrls: true,
    reasoningField: "reasoning",
    thinkTags: false,
    schemaOutput: /gpt-oss|llama-4|kimi/.test(name),
    replayReasoning: thinking === "effort" ? "optional" : "forbidden",
    ...(thinking === "template" && { thinking: "none" as const }),
  }),
  cerebras: ({ thinking }) => ({
    reasoningField: "reasoning",
    thinkTags: false,
    replayReasoning: thinking === "effort" ? "optional" : "forbidden",
    ...(thinking === "template" && { thinking: "none" as const }),
  }),
  fireworks: (known) => ({ ...byEffort(known), mediaUrls: true, thinkTags: false }),
  minimax: () => ({ schemaOutput: false }),
  perplexity: () => ({ mediaUrls: true, choices: false, replayReasoning: "forbidden" }),
  google: () => ({ choices: false, replayReasoning: "forbidden" }),
  ollama: (known) => ({
    ...byEffort(known, ["none", "low", "medium", "high"]),
    reasoningField: "reasoning",
    thinkTags: false,
  }),
};

const RESPONSES_SERVERS: Readonly<Record<string, Server>> = {
  openai: () => ({ mediaUrls: true }),
  openrouter: () => ({ mediaUrls: true }),
};

/** Clouds fetch no media by its address, and Bedrock searches nothing (Anthropic's pages on each). */
const CLOUDS_OF_CLAUDE: Readonly<Record<string, Quirks>> = {
  bedrock: { mediaUrls: false, webSearch: false },
  vertex: { mediaUrls: false },
};

const NOTHING: Server = () => ({});

/** What is known of the server that the upstream's address belongs to. */
export function serverQuirks(known: Capabilities, key: TraitsKey): Quirks {
  if (key.protocol === "anthropic-messages") return CLOUDS_OF_CLAUDE[key.provider] ?? {};
  const servers = {
    "openai-chat": CHAT_SERVERS,
    "openai-completions": CHAT_SERVERS,
    "openai-responses": RESPONSES_SERVERS,
  };
  const rows: Readonly<Record<string, Server>> = key.protocol === "gemini" ? {} : servers[key.protocol];
  return (Object.hasOwn(rows, key.server) ? (rows[key.server] ?? NOTHING) : NOTHING)(known, key);
}

/** The port that Ollama listens on unless told otherwise; it has no other sign. */
const OLLAMA_PORT = "11434";

/** Whose server an upstream is, as far as its provider and address tell; "" where they do not. */
export function serverOf(upstream: Pick<Upstream, "provider" | "baseUrl" | "protocols">): string {
  const vendor = vendorOf(upstream);
  if (vendor || !URL.canParse(upstream.baseUrl)) return vendor?.id ?? "";
  return new URL(upstream.baseUrl).port === OLLAMA_PORT ? "ollama" : "";
}
