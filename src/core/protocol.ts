/** The wire protocols that clients and upstreams speak, named as quoin.yaml names them. */
export const PROTOCOLS = [
  "anthropic-messages",
  "openai-chat",
  "openai-responses",
  "openai-completions",
  "gemini",
] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** What a family of SDKs expects of errors, headers and model lists. */
export const DIALECTS = ["anthropic", "openai", "gemini"] as const;
export type Dialect = (typeof DIALECTS)[number];

export const DIALECT_OF: Record<Protocol, Dialect> = {
  "anthropic-messages": "anthropic",
  "openai-chat": "openai",
  "openai-responses": "openai",
  "openai-completions": "openai",
  gemini: "gemini",
};

/** What is asked of a model: an answer, or only the count of its input tokens. */
export type Operation = "generate" | "count-tokens";

/** Three names that must not be confused: what the client wrote, ours, and the upstream's own. */
export type RequestedModel = string;
export type ModelId = string;
export type UpstreamModel = string;
