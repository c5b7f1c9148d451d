import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/core/json.ts";
import type { WireProtocol } from "../../src/core/protocol.ts";
import { readsUnseen, searchesMax } from "../../src/protocols/unseen-input.ts";

const PICTURE = "https://example.com/cat.png";
const DATA = "data:image/png;base64,AAAA";

const user = (content: unknown): JsonObject => ({ messages: [{ role: "user", content }] });
const said = (content: unknown): JsonObject => ({ input: [{ role: "user", content }] });
const parts = (...list: unknown[]): JsonObject => ({ contents: [{ role: "user", parts: list }] });

const CASES: readonly [WireProtocol, what: string, body: JsonObject, unseen: boolean][] = [
  ["anthropic-messages", "text", user("see https://example.com"), false],
  [
    "anthropic-messages",
    "a tool of its client's",
    { tools: [{ name: "web_search", input_schema: {} }] },
    false,
  ],
  [
    "anthropic-messages",
    "bash, which the client runs",
    { tools: [{ type: "bash_20250124", name: "bash" }] },
    false,
  ],
  ["anthropic-messages", "a search", { tools: [{ type: "web_search_20250305", name: "web_search" }] }, true],
  ["anthropic-messages", "a fetch", { tools: [{ type: "web_fetch_20250910", name: "web_fetch" }] }, true],
  ["anthropic-messages", "a picture's data", user([{ type: "image", source: { type: "base64" } }]), false],
  [
    "anthropic-messages",
    "a picture's address",
    user([{ type: "image", source: { type: "url", url: PICTURE } }]),
    true,
  ],
  [
    "anthropic-messages",
    "a picture's address in a tool's result",
    user([{ type: "tool_result", content: [{ type: "image", source: { type: "url", url: PICTURE } }] }]),
    true,
  ],
  [
    "anthropic-messages",
    "an address as a tool's input",
    user([{ type: "tool_use", input: { url: PICTURE } }]),
    false,
  ],
  ["openai-chat", "text", user("hi"), false],
  ["openai-chat", "a function", { tools: [{ type: "function", function: { name: "web_search" } }] }, false],
  ["openai-chat", "a search", { web_search_options: {} }, true],
  ["openai-chat", "a picture's data", user([{ type: "image_url", image_url: { url: DATA } }]), false],
  ["openai-chat", "a picture's address", user([{ type: "image_url", image_url: { url: PICTURE } }]), true],
  ["openai-responses", "text", { input: "hi" }, false],
  ["openai-responses", "a function", { tools: [{ type: "function", name: "mcp" }] }, false],
  ["openai-responses", "a shell, which the client runs", { tools: [{ type: "local_shell" }] }, false],
  ["openai-responses", "a search", { tools: [{ type: "web_search_preview" }] }, true],
  ["openai-responses", "somebody's MCP server", { tools: [{ type: "mcp", server_label: "a" }] }, true],
  ["openai-responses", "a picture's data", said([{ type: "input_image", image_url: DATA }]), false],
  ["openai-responses", "a file's address", said([{ type: "input_file", file_url: PICTURE }]), true],
  [
    "openai-responses",
    "a picture's address in an output",
    { input: [{ type: "function_call_output", output: [{ type: "input_image", image_url: PICTURE }] }] },
    true,
  ],
  ["openai-completions", "text", { prompt: PICTURE }, false],
  ["gemini", "text", parts({ text: "hi" }), false],
  ["gemini", "functions", { tools: [{ functionDeclarations: [{ name: "googleSearch" }] }] }, false],
  ["gemini", "a search", { tools: [{ googleSearch: {} }] }, true],
  ["gemini", "addresses to read, in the other spelling", { tools: [{ url_context: {} }] }, true],
  ["gemini", "data", parts({ inlineData: { data: "AAAA" } }), false],
  ["gemini", "a file's address", parts({ fileData: { fileUri: PICTURE } }), true],
  ["openai-embeddings", "text", { input: "hi" }, false],
];

describe("what a model may read beside a request's own bytes", () => {
  test.each(CASES)("%s: %s", (protocol, _, body, unseen) => {
    expect(readsUnseen(protocol, body)).toBe(unseen);
  });

  test("content that holds itself without end is left to those who refuse it", () => {
    const nested: { content: unknown[] } = { content: [] };
    nested.content.push(nested);
    expect(readsUnseen("openai-chat", { messages: [nested] })).toBe(false);
  });
});

const SEARCHES: readonly [WireProtocol, what: string, body: JsonObject, searches: number][] = [
  ["anthropic-messages", "its own bound", { tools: [{ type: "web_search_20250305", max_uses: 3 }] }, 3],
  ["anthropic-messages", "no bound", { tools: [{ type: "web_search_20250305" }] }, 10],
  ["anthropic-messages", "a fetch alone", { tools: [{ type: "web_fetch_20250910" }] }, 0],
  ["openai-chat", "options", { web_search_options: {} }, 10],
  ["openai-responses", "its own bound", { tools: [{ type: "web_search" }], max_tool_calls: 2 }, 2],
  ["openai-responses", "code", { tools: [{ type: "code_interpreter" }] }, 0],
  ["gemini", "Google's", { tools: [{ google_search: {} }] }, 10],
  ["gemini", "addresses", { tools: [{ urlContext: {} }] }, 0],
  ["openai-embeddings", "none", { input: "hi" }, 0],
];

test.each(SEARCHES)("searches of %s: %s", (protocol, _, body, searches) => {
  expect(searchesMax(protocol, body)).toBe(searches);
});
