import { asList, asObject, asObjects, asWord, type JsonObject } from "../core/json.ts";
import { isProtocol, type Protocol, type WireProtocol } from "../core/protocol.ts";

/** How a protocol asks for what only the vendor adds to its input. */
interface Asking {
  /** A tool that runs at the vendor, and whose findings the model reads. */
  readonly runsThere: (body: JsonObject) => boolean;
  /** The most searches of the web, where the body asks for any. */
  readonly searches: (body: JsonObject) => number;
  /** Lists of what the model reads. */
  readonly content: (body: JsonObject) => readonly unknown[];
  /** Media of a part by its address, which the vendor fetches. */
  readonly isElsewhere: (part: JsonObject) => boolean;
  /** Lists inside a part. */
  readonly inside: (part: JsonObject) => readonly unknown[];
}

/** Deeper ones the heads refuse. */
const DEPTH_MAX = 16;

const isAddress = (value: unknown): boolean => typeof value === "string" && /^https?:/i.test(value);
/** What an answer takes at most where its client sets no bound; vendors set none, and hardly any answer takes so many. */
const SEARCHES_MAX = 10;

const countOr = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : otherwise;

/** A tool of such a type, as Anthropic and OpenAI name them. */
const hasTyped = ({ tools }: JsonObject, types: RegExp): boolean =>
  asObjects(tools).some(({ type }) => types.test(asWord(type)));

/** A tool under such a name, as Google has them. */
const hasNamed = ({ tools }: JsonObject, names: RegExp): boolean =>
  asObjects(tools).some((tool) => Object.keys(tool).some((name) => names.test(name)));

/** @anthropic-ai/sdk `ToolUnion`, without those that the client runs. */
const ANTHROPIC_TOOL = /^(?:web_search|web_fetch|code_execution)_|^mcp_toolset$/;
/** openai `Tool`, those that read. */
const RESPONSES_TOOL = /^(?:web_search|code_interpreter$|mcp$|file_search$)/;
/** @google/genai `Tool`, in both spellings of JSON: those that read without a search of the web, and with one. */
const GEMINI_TOOL = /^(?:url_?context|code_?execution|google_?maps|file_?search|retrieval)$/i;
const GEMINI_SEARCH = /^(?:google_?search|google_?search_?retrieval|enterprise_?web_?search)$/i;

/** In Anthropic's and OpenAI's names of types. */
const SEARCH = /^web_search/;

const anthropic: Asking = {
  runsThere: (body) => hasTyped(body, ANTHROPIC_TOOL),
  searches: ({ tools }) =>
    asObjects(tools)
      .filter(({ type }) => SEARCH.test(asWord(type)))
      .reduce((sum, { max_uses }) => sum + countOr(max_uses, SEARCHES_MAX), 0),
  content: ({ messages }) => asList(messages),
  isElsewhere: ({ source }) => asObject(source)?.type === "url",
  inside: ({ content, source }) => [...asList(content), ...asList(asObject(source)?.content)],
};

const searchesTheWeb = ({ web_search_options, plugins }: JsonObject): boolean =>
  asObject(web_search_options) !== undefined || asList(plugins).length > 0;

const chat: Asking = {
  runsThere: searchesTheWeb,
  searches: (body) => (searchesTheWeb(body) ? SEARCHES_MAX : 0),
  content: ({ messages }) => asList(messages),
  isElsewhere: ({ image_url }) => isAddress(asObject(image_url)?.url ?? image_url),
  inside: ({ content }) => asList(content),
};

const responses: Asking = {
  runsThere: (body) => hasTyped(body, RESPONSES_TOOL),
  searches: (body) => (hasTyped(body, SEARCH) ? countOr(body.max_tool_calls, SEARCHES_MAX) : 0),
  content: ({ input }) => asList(input),
  isElsewhere: ({ image_url, file_url }) => isAddress(image_url) || isAddress(file_url),
  inside: ({ content, output }) => [...asList(content), ...asList(output)],
};

const gemini: Asking = {
  runsThere: (body) => hasNamed(body, GEMINI_SEARCH) || hasNamed(body, GEMINI_TOOL),
  searches: (body) => (hasNamed(body, GEMINI_SEARCH) ? SEARCHES_MAX : 0),
  content: ({ contents, systemInstruction, system_instruction }) => [
    ...asList(contents),
    systemInstruction ?? system_instruction,
  ],
  isElsewhere: ({ fileData, file_data }) => asObject(fileData ?? file_data) !== undefined,
  inside: ({ parts, functionResponse, function_response }) => [
    ...asList(parts),
    ...asList(asObject(functionResponse ?? function_response)?.parts),
  ],
};

const nothing: Asking = {
  runsThere: () => false,
  searches: () => 0,
  content: () => [],
  isElsewhere: () => false,
  inside: () => [],
};

const ASKING: Readonly<Record<Protocol, Asking>> = {
  "anthropic-messages": anthropic,
  "openai-chat": chat,
  "openai-responses": responses,
  "openai-completions": nothing,
  gemini,
};

function namesMedia(parts: readonly unknown[], asking: Asking, depth = 0): boolean {
  if (depth >= DEPTH_MAX) return false;
  return parts.some((value) => {
    const part = asObject(value);
    return part && (asking.isElsewhere(part) || namesMedia(asking.inside(part), asking, depth + 1));
  });
}

function askingOf(protocol: WireProtocol): Asking {
  return isProtocol(protocol) ? ASKING[protocol] : nothing;
}

/**
 * Whether a model may read more than a request's own bytes, at most its context window: what a tool of the vendor's
 * finds, or media that lies elsewhere (LEDGER.md 4).
 */
export function readsUnseen(protocol: WireProtocol, body: JsonObject): boolean {
  const asking = askingOf(protocol);
  return asking.runsThere(body) || namesMedia(asking.content(body), asking);
}

/** The most searches of the web that a request's tools may be charged for. */
export function searchesMax(protocol: WireProtocol, body: JsonObject): number {
  return askingOf(protocol).searches(body);
}
