/** The wire protocols of generation that clients and upstreams speak, named as quoin.yaml names them. */
export const PROTOCOLS = [
  "anthropic-messages",
  "openai-chat",
  "openai-responses",
  "openai-completions",
  "gemini",
] as const;

export type Protocol = (typeof PROTOCOLS)[number];

export function isProtocol(name: string): name is Protocol {
  return (PROTOCOLS as readonly string[]).includes(name);
}

/** The wire protocols of what models do beside text; who speaks which follows from those above (`speaks`). */
export const SIDE_PROTOCOLS = [
  "openai-embeddings",
  "gemini-embeddings",
  "openai-speech",
  "openai-transcriptions",
  "openai-moderations",
  "openai-images",
  "rerank",
] as const;

export type SideProtocol = (typeof SIDE_PROTOCOLS)[number];

/** Any form that a request can have. */
export type WireProtocol = Protocol | SideProtocol;

/** What a family of SDKs expects of errors, headers and model lists. */
export const DIALECTS = ["anthropic", "openai", "gemini"] as const;
export type Dialect = (typeof DIALECTS)[number];

export const DIALECT_OF: Record<WireProtocol, Dialect> = {
  "anthropic-messages": "anthropic",
  "openai-chat": "openai",
  "openai-responses": "openai",
  "openai-completions": "openai",
  gemini: "gemini",
  "openai-embeddings": "openai",
  "gemini-embeddings": "gemini",
  "openai-speech": "openai",
  "openai-transcriptions": "openai",
  "openai-moderations": "openai",
  "openai-images": "openai",
  rerank: "openai",
};

/** Where a model is asked in each form, for those who asked elsewhere. */
export const PATH_OF: Record<WireProtocol, string> = {
  "anthropic-messages": "/v1/messages",
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
  "openai-completions": "/v1/completions",
  gemini: "/v1beta/models/{model}:generateContent",
  "openai-embeddings": "/v1/embeddings",
  "gemini-embeddings": "/v1beta/models/{model}:embedContent",
  "openai-speech": "/v1/audio/speech",
  "openai-transcriptions": "/v1/audio/transcriptions",
  "openai-moderations": "/v1/moderations",
  "openai-images": "/v1/images/generations",
  rerank: "/v1/rerank",
};

export function isSide(protocol: WireProtocol): protocol is SideProtocol {
  return (SIDE_PROTOCOLS as readonly string[]).includes(protocol);
}

/** What is asked of a model: an answer, only the count of its input tokens, or something beside text. */
export type Operation =
  | "generate"
  | "count-tokens"
  | "embed"
  | "speak"
  | "transcribe"
  | "translate-speech"
  | "moderate"
  | "draw"
  | "rerank";

/** Three names that must not be confused: what the client wrote, ours, and the upstream's own. */
export type RequestedModel = string;
export type ModelId = string;
export type UpstreamModel = string;
