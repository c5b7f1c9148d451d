import { Lru } from "../base/lru.ts";
import { ownMember } from "../core/json.ts";
import { DIALECT_OF, type Dialect, type Operation, type WireProtocol } from "../core/protocol.ts";

/** What a path asks for. */
export type Endpoint =
  | {
      readonly kind: "exchange";
      readonly protocol: WireProtocol;
      readonly operation: Operation;
      /** Gemini names model and streaming in the path, and whether it is one request or a list. */
      readonly model?: string;
      readonly stream?: boolean;
      readonly batch?: boolean;
    }
  | { readonly kind: "models"; readonly model?: string }
  | { readonly kind: "receipt"; readonly id: string }
  /** A response that was kept: itself, or the items that it answered. */
  | { readonly kind: "response"; readonly id: string; readonly part: "response" | "input_items" };

export interface Match {
  /** Undefined: no such path. */
  readonly endpoint: Endpoint | undefined;
  readonly methods: readonly ("GET" | "POST" | "DELETE")[];
  /** Whose words to use; undefined where only the headers can tell (`GET /v1/models`). */
  readonly dialect: Dialect | undefined;
  /** What was put right, for the record. */
  readonly notes: readonly string[];
}

/** Path prefixes that clients are told to use, and whose dialect each speaks. */
const PREFIXES: Readonly<Record<string, Dialect | undefined>> = {
  api: undefined,
  claude: "anthropic",
  anthropic: "anthropic",
  openai: "openai",
  gemini: "gemini",
};

const VERSIONS: ReadonlySet<string> = new Set(["v1", "v1beta", "v1alpha", "v1beta1"]);

const EXCHANGES: Readonly<Record<string, { protocol: WireProtocol; operation: Operation }>> = {
  messages: { protocol: "anthropic-messages", operation: "generate" },
  "messages/count_tokens": { protocol: "anthropic-messages", operation: "count-tokens" },
  "chat/completions": { protocol: "openai-chat", operation: "generate" },
  responses: { protocol: "openai-responses", operation: "generate" },
  completions: { protocol: "openai-completions", operation: "generate" },
  embeddings: { protocol: "openai-embeddings", operation: "embed" },
  moderations: { protocol: "openai-moderations", operation: "moderate" },
  rerank: { protocol: "rerank", operation: "rerank" },
  // Cohere's newer SDKs; the fields are the same.
  "v2/rerank": { protocol: "rerank", operation: "rerank" },
  "images/generations": { protocol: "openai-images", operation: "draw" },
  "audio/speech": { protocol: "openai-speech", operation: "speak" },
  "tts/text_to_audio": { protocol: "openai-speech", operation: "speak" },
  "audio/transcriptions": { protocol: "openai-transcriptions", operation: "transcribe" },
  "audio/translations": { protocol: "openai-transcriptions", operation: "translate-speech" },
};

interface Verb {
  readonly protocol: WireProtocol;
  readonly operation: Operation;
  readonly stream: boolean;
  readonly batch?: boolean;
}

const VERBS: Readonly<Record<string, Verb>> = {
  generateContent: { protocol: "gemini", operation: "generate", stream: false },
  streamGenerateContent: { protocol: "gemini", operation: "generate", stream: true },
  countTokens: { protocol: "gemini", operation: "count-tokens", stream: false },
  embedContent: { protocol: "gemini-embeddings", operation: "embed", stream: false, batch: false },
  batchEmbedContents: { protocol: "gemini-embeddings", operation: "embed", stream: false, batch: true },
};

const MATCHED_LENGTH_MAX = 256;

interface Stripped {
  readonly rest: string;
  readonly dialect: Dialect | undefined;
  readonly versions: readonly string[];
  readonly notes: readonly string[];
}

/** Takes prefix and version off a path, forgiving doubled slashes, prefixes and versions. */
function strip(path: string): Stripped {
  const notes: string[] = [];
  const segments = path.split("/").filter((segment) => segment !== "");
  if (/\/\/|.\/$/.test(path)) notes.push("needless slash in the path");
  let dialect: Dialect | undefined;
  let prefixes = 0;
  const versions: string[] = [];
  let at = 0;
  for (let segment = segments[at]; segment !== undefined; segment = segments[++at]) {
    if (VERSIONS.has(segment)) versions.push(segment);
    else if (Object.hasOwn(PREFIXES, segment)) {
      dialect = PREFIXES[segment] ?? dialect;
      prefixes++;
    } else break;
  }
  if (prefixes > 1) notes.push("doubled prefix in the path");
  if (versions.length > 1) notes.push("doubled version in the path");
  const rest = segments.slice(at).join("/");
  const single = undouble(rest);
  if (single !== rest) notes.push("doubled endpoint in the path");
  return { rest: single, dialect, versions, notes };
}

/** `chat/completions/v1/chat/completions`: the base URL had the endpoint in it already. */
function undouble(rest: string): string {
  if (rest.length > MATCHED_LENGTH_MAX) return rest;
  const match = /^(.+?)\/(?:v1\/)?(\1|models)$/.exec(rest);
  const [, endpoint = "", again = ""] = match ?? [];
  return Object.hasOwn(EXCHANGES, endpoint) ? again : rest;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is part of the name then; no model will have it.
    return text;
  }
}

/** `models/{model}:{verb}`, also below Vertex's `publishers/google/`. */
function matchGemini(rest: string): Endpoint | undefined {
  const match = /^(?:publishers\/[^/]+\/)?(?:models|tunedModels)\/(.+):([A-Za-z]+)$/.exec(rest);
  const verb = match && ownMember(VERBS, match[2] ?? "");
  if (!match?.[1] || !verb) return undefined;
  return { kind: "exchange", ...verb, model: decode(match[1]) };
}

function matchModels(rest: string): Endpoint | undefined {
  if (rest === "models") return { kind: "models" };
  return rest.startsWith("models/")
    ? { kind: "models", model: decode(rest.slice("models/".length)) }
    : undefined;
}

/** `responses/{id}` and `responses/{id}/input_items` (openai `responses.retrieve`, `.delete`, `.inputItems.list`). */
function matchResponse(rest: string): Extract<Endpoint, { kind: "response" }> | undefined {
  const match = /^responses\/([^/]+)(\/input_items)?$/.exec(rest);
  if (!match?.[1]) return undefined;
  return { kind: "response", id: decode(match[1]), part: match[2] ? "input_items" : "response" };
}

const POST = ["POST"] as const;
const GET = ["GET"] as const;

function matchStripped({ rest, dialect, versions, notes }: Stripped): Match {
  const gemini = matchGemini(rest);
  if (gemini) return { endpoint: gemini, methods: POST, dialect: "gemini", notes };
  const exchange = Object.hasOwn(EXCHANGES, rest) ? EXCHANGES[rest] : undefined;
  if (exchange) {
    const missing = versions.length === 0 && dialect !== "openai" ? ["version missing in the path"] : [];
    const endpoint = { kind: "exchange" as const, ...exchange };
    return {
      endpoint,
      methods: POST,
      dialect: DIALECT_OF[exchange.protocol],
      notes: [...notes, ...missing],
    };
  }
  const response = matchResponse(rest);
  if (response) {
    const methods = response.part === "response" ? (["GET", "DELETE"] as const) : GET;
    return { endpoint: response, methods, dialect: "openai", notes };
  }
  const receipt = /^receipts\/([^/]+)$/.exec(rest)?.[1];
  if (receipt !== undefined)
    return { endpoint: { kind: "receipt", id: decode(receipt) }, methods: GET, dialect, notes };
  const google = versions.some((version) => version !== "v1");
  return {
    endpoint: matchModels(rest),
    methods: GET,
    dialect: dialect ?? (google ? "gemini" : undefined),
    notes,
  };
}

/** Distinct paths are few; the bounds are for those who try many, without a key. */
const matches = new Lru<string, Match>(2_000);

/** The endpoint of a request path (without its query). Pure, and remembered. */
export function matchPath(path: string): Match {
  const known = matches.get(path);
  if (known) return known;
  const match = matchStripped(strip(path));
  if (path.length <= MATCHED_LENGTH_MAX) matches.set(path, match);
  return match;
}

/**
 * Whose words a client understands when the path does not tell: Anthropic's SDKs send
 * `anthropic-version`, Google's `x-goog-api-key` or `x-goog-api-client`, all others speak OpenAI's.
 */
export function dialectOfHeaders(headers: Headers): Dialect {
  if (headers.get("anthropic-version") !== null) return "anthropic";
  const google = headers.get("x-goog-api-key") ?? headers.get("x-goog-api-client");
  return google === null ? "openai" : "gemini";
}
