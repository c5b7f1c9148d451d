import { describe, expect, test } from "bun:test";
import type { MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/beta/messages";
import fc from "fast-check";
import { GatewayError } from "../../../src/core/errors.ts";
import { anthropicMessagesClient } from "../../../src/protocols/anthropic-messages/client/client.ts";
import { decode, decodeContext, seal } from "./contexts.ts";

/** The body as the vendor's types have it, with the sampling that its older versions took. */
type Body = Omit<MessageCreateParamsNonStreaming, "stream"> & {
  stream?: boolean;
  temperature?: number;
  top_k?: number;
  top_p?: number;
};

const BODY = {
  model: "claude-opus-5-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "hi" }],
} satisfies Body;

const content = (blocks: readonly object[], role = "user") =>
  decode({ ...BODY, messages: [{ role, content: blocks }] }).turns[0]?.parts ?? [];

describe("what a Messages body says", () => {
  test("system, messages and system messages between them, in their order", () => {
    const { turns } = decode({
      ...BODY,
      system: "be brief",
      messages: [
        ...BODY.messages,
        { role: "system", content: [{ type: "text", text: "news" }], output_config: { effort: "low" } },
      ],
    } satisfies Body);
    expect(turns).toMatchObject([
      { role: "system", at: "system", parts: [{ kind: "text", text: "be brief" }] },
      { role: "user", at: "messages[0]", parts: [{ kind: "text", text: "hi" }] },
      { role: "system", at: "messages[1]", parts: [{ text: "news", at: "messages[1].content[0]" }] },
    ]);
    expect(turns[2]?.extensions?.["anthropic-messages"]).toHaveProperty("output_config");
  });

  test("settings", () => {
    const request = decode({
      ...BODY,
      stream: true,
      stop_sequences: ["a"],
      temperature: 0,
      top_k: 3,
      top_p: 0.5,
      metadata: { user_id: "u" },
      service_tier: "auto",
      cache_control: { type: "ephemeral", ttl: "1h" },
      output_config: { effort: "xhigh", format: { type: "json_schema", schema: { a: 1 } } },
    } satisfies Body);
    expect(request).toMatchObject({
      stream: true,
      outputTokensMax: 100,
      sampling: { stop: ["a"], temperature: 0, topK: 3, topP: 0.5 },
      user: "u",
      serviceTier: "auto",
      caching: { mark: { ttl: "1h" } },
      reasoning: { effort: "xhigh" },
      format: { type: "schema", schema: '{"a":1}' },
    });
  });

  test.each<[NonNullable<Body["thinking"]>, object]>([
    [
      { type: "adaptive", display: "omitted" },
      { mode: "auto", show: "none" },
    ],
    [
      { type: "adaptive", display: "updates" },
      { mode: "auto", show: "summary" },
    ],
    [
      { type: "enabled", budget_tokens: 2048 },
      { mode: "on", budgetTokens: 2048 },
    ],
    [{ type: "disabled" }, { mode: "off" }],
    [{ type: "between_tools" }, { mode: "auto" }],
  ])("thinking %j", (thinking, reasoning) => {
    expect(decode({ ...BODY, thinking }).reasoning).toEqual(reasoning);
  });

  test.each([
    [{ type: "auto" }, { mode: "auto" }, undefined],
    [{ type: "any", disable_parallel_tool_use: true }, { mode: "required" }, false],
    [{ type: "tool", name: "f" }, { mode: "one", names: ["f"] }, undefined],
    [{ type: "none" }, { mode: "none" }, undefined],
  ])("tool_choice %j", (choice, expected, parallel) => {
    const request = decode({ ...BODY, tool_choice: choice });
    expect(request.toolChoice).toEqual(expected as NonNullable<typeof request.toolChoice>);
    expect(request.parallelCalls).toBe(parallel);
  });

  test("tools: functions, deferred ones, and those of the vendor", () => {
    const { tools } = decode({
      ...BODY,
      tools: [
        {
          name: "f",
          description: "d",
          input_schema: { type: "object" },
          cache_control: { type: "ephemeral" },
        },
        { name: "DeferredToolPlaceholder", defer_loading: true },
        {
          type: "web_search_20250305",
          name: "web_search",
          max_uses: 8,
          user_location: { type: "approximate", city: "B" },
        },
        { type: "bash_20250124", name: "bash" },
        { type: "code_execution_20260521", name: "code_execution" },
      ],
    });
    expect(tools).toMatchObject([
      { kind: "function", name: "f", description: "d", schema: '{"type":"object"}', cache: {} },
      { kind: "function", name: "DeferredToolPlaceholder", deferred: true },
      { kind: "builtin", builtin: { search: { usesMax: 8, location: { city: "B" } } } },
      { kind: "builtin", name: "bash", builtin: { clientRun: true } },
      { kind: "builtin", builtin: { type: "code_execution_20260521" } },
    ]);
    expect(tools[4]?.builtin?.clientRun).toBeUndefined();
  });

  test("tools that a system message adds", () => {
    const tool_addition = (tool: object) => ({ type: "tool_addition", tool });
    const definition = { name: "late", input_schema: { type: "object" } };
    const { tools, turns } = decode({
      ...BODY,
      tools: [{ name: "f" }],
      messages: [
        ...BODY.messages,
        {
          role: "system",
          content: [
            tool_addition({ type: "tool_reference", name: "f" }),
            tool_addition({ type: "tool_definition", definition }),
          ],
        },
      ],
    });
    expect(tools).toMatchObject([
      { name: "f" },
      { name: "late", schema: '{"type":"object"}', at: "messages[1].content[1].tool.definition" },
    ]);
    expect(turns[1]?.parts).toMatchObject([{ type: "tool_addition" }, { type: "tool_addition" }]);
  });

  test("media, and blocks that only Anthropic knows", () => {
    const parts = content([
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } },
      {
        type: "document",
        source: { type: "content", content: [{ type: "text", text: "a" }] },
        title: "T",
        citations: { enabled: true },
      },
      { type: "search_result", source: "https://x", title: "X", content: [{ type: "text", text: "found" }] },
      { type: "container_upload", file_id: "f" },
    ]);
    expect(parts).toMatchObject([
      { kind: "media", media: "image", source: { type: "base64", bytes: "AA" }, mime: "image/png" },
      { kind: "media", media: "document", source: { type: "text", text: "a" }, title: "T", citable: true },
      { kind: "opaque", type: "search_result" },
      { kind: "opaque", type: "container_upload" },
    ]);
  });

  test("tool results, failed ones and loaded tools", () => {
    const parts = content([
      { type: "tool_result", tool_use_id: "a", content: "out", is_error: true },
      { type: "tool_result", tool_use_id: "b", content: [{ type: "tool_reference", tool_name: "WebFetch" }] },
      { type: "tool_result", tool_use_id: "c" },
    ]);
    expect(parts).toMatchObject([
      { kind: "result", callId: "a", content: [{ kind: "text", text: "out" }], failed: true },
      { kind: "result", callId: "b", content: [{ kind: "opaque", type: "tool_reference" }] },
      { kind: "result", callId: "c", content: [] },
    ]);
  });

  test("a search of Anthropic's with what it found, and one of another vendor", () => {
    const search = (encrypted_content: string) =>
      content(
        [
          { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
          {
            type: "web_search_tool_result",
            tool_use_id: "srvtoolu_1",
            content: [{ type: "web_search_result", url: "u", title: "t", encrypted_content }],
          },
        ],
        "assistant",
      );
    expect(search("ENC")).toMatchObject([
      { kind: "search", queries: ["q"], sources: [{ url: "u", opaque: "ENC" }] },
    ]);
    const [foreign] = search(seal([{ value: "", by: "gateway" }]));
    expect(foreign?.kind === "search" && foreign.sources).toEqual([{ url: "u", title: "t" }]);
  });

  test("count_tokens needs no max_tokens and never streams", () => {
    const body = { model: "m", messages: BODY.messages, stream: true };
    const context = {
      ...decodeContext(JSON.stringify(body), body),
      path: { operation: "count-tokens" as const },
    };
    const request = anthropicMessagesClient.decodeRequest(body, context);
    expect(request).toMatchObject({ stream: false, outputTokensMax: undefined });
  });
});

describe("thinking that comes back", () => {
  const thinking = (signature: string, words = "hm") =>
    content(
      [
        { type: "thinking", thinking: words, signature },
        { type: "tool_use", id: "c1", name: "f", input: {} },
      ],
      "assistant",
    );

  test("a bare signature is Anthropic's own", () => {
    expect(thinking("EqQB")[0]).toMatchObject({ signature: { value: "EqQB", by: "anthropic" } });
    expect(content([{ type: "redacted_thinking", data: "D" }], "assistant")[0]).toMatchObject({
      kind: "reasoning",
      text: "",
      signature: { value: "D", by: "anthropic", redacted: true },
    });
  });

  test("an envelope gives each its own: the thinking, and the call after it", () => {
    const openai = { value: "ENC", by: "openai", itemId: "rs_1" };
    const google = { value: "GS", by: "google", callId: "c1" };
    expect(thinking(seal([openai, google]))).toMatchObject([
      { kind: "reasoning", text: "hm", signature: openai },
      { kind: "call", signature: google },
    ]);
  });

  test("a block that only carried a call's signature is no thinking", () => {
    const google = { value: "GS", by: "google", callId: "c1" };
    expect(thinking(seal([google]), "")).toMatchObject([{ kind: "call", signature: google }]);
    expect(thinking(seal([google]))[0]).toMatchObject({ text: "hm", signature: { by: "gateway" } });
  });
});

describe("a body that cannot be read names the field", () => {
  const messages = (message: unknown) => ({ ...BODY, messages: [message] });
  test.each<[object, string]>([
    [{ ...BODY, messages: "hi" }, "messages"],
    [messages({ role: "tool", content: "a" }), "messages[0].role"],
    [messages({ role: "user" }), "messages[0].content"],
    [messages({ role: "user", content: 4 }), "messages[0].content"],
    [messages({ role: "user", content: ["a"] }), "messages[0].content[0]"],
    [messages({ role: "user", content: [{ text: "a" }] }), "messages[0].content[0].type"],
    [messages({ role: "user", content: [{ type: "text" }] }), "messages[0].content[0].text"],
    [
      messages({ role: "user", content: [{ type: "tool_result", content: "a" }] }),
      "messages[0].content[0].tool_use_id",
    ],
    [
      messages({ role: "user", content: [{ type: "image", source: { type: "base64" } }] }),
      "messages[0].content[0].source.data",
    ],
    [{ ...BODY, system: 4 }, "system"],
    [{ ...BODY, tools: {} }, "tools"],
    [{ ...BODY, tools: ["f"] }, "tools[0]"],
    [{ ...BODY, tools: [{}] }, "tools[0].name"],
    [{ ...BODY, tool_choice: "auto" }, "tool_choice"],
    [{ ...BODY, tool_choice: { type: "required" } }, "tool_choice.type"],
    [{ ...BODY, thinking: { type: "on" } }, "thinking.type"],
    [{ ...BODY, output_config: { format: { type: "json" } } }, "output_config.format"],
    [{ ...BODY, stop_sequences: [1] }, "stop_sequences"],
    [{ ...BODY, temperature: "hot" }, "temperature"],
    [{ ...BODY, metadata: [] }, "metadata"],
    [{ ...BODY, thread: { id: "t" } }, "thread"],
  ])("%j", (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ param }) as GatewayError);
  });
});

const values = fc.oneof(fc.constant("text"), fc.constant("tool_use"), fc.constant("document"), fc.anything());
const keys = ["type", "role", "content", "source", "tool", "input", "text", "name", "citations", "thinking"];
const nested = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    values,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie("node"), { maxKeys: 5 }),
  ),
})).node;

test("whatever a client sends, it is read or refused by name", () => {
  const bodies = fc.record(
    {
      messages: fc.array(nested),
      system: nested,
      tools: nested,
      tool_choice: nested,
      thinking: nested,
      metadata: nested,
      output_config: nested,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(bodies, (body) => {
      const text = JSON.stringify({ ...BODY, ...body });
      try {
        decode(text);
      } catch (fault) {
        expect(fault).toBeInstanceOf(GatewayError);
      }
    }),
    { numRuns: 500 },
  );
});
