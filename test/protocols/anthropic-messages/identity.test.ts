import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decode, encode } from "./contexts.ts";

/** What a request is after it went through the neutral form and back. */
function again(body: string | object) {
  const { body: written, losses } = encode(decode(body), undefined);
  return { written, losses };
}

const MODEL = { model: "claude-opus-5-5", max_tokens: 100 };

const USER = [{ role: "user", content: "hi" }];

const EPHEMERAL = { type: "ephemeral" };

/** Claude Code's own body, shortened (CLIENTS.md 1). */
const CLAUDE_CODE = {
  ...MODEL,
  max_tokens: 32_000,
  stream: true,
  system: [
    { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=sdk-cli;" },
    { type: "text", text: "You are Claude Code." },
    { type: "text", text: "Prompt.", cache_control: { type: "ephemeral", ttl: "1h" } },
  ],
  messages: [
    { role: "user", content: [{ type: "text", text: "hi", cache_control: EPHEMERAL }] },
    {
      role: "system",
      content: [{ type: "text", text: "The date is known.", cache_control: EPHEMERAL }],
      output_config: { effort: "high" },
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "", signature: "EqQBCkYIBhgCKkD" },
        {
          type: "tool_use",
          id: "toolu_1",
          name: "ToolSearch",
          input: { query: "x" },
          caller: { type: "direct" },
        },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "toolu_1",
          content: [{ type: "tool_reference", tool_name: "WebFetch" }],
          cache_control: EPHEMERAL,
        },
      ],
    },
    { role: "system", content: "Tools were loaded.", clear_at: "next_user_message" },
  ],
  tools: [
    {
      name: "Bash",
      description: "runs",
      input_schema: { type: "object", properties: { a: {} } },
      eager_input_streaming: true,
    },
    { name: "DeferredToolPlaceholder", defer_loading: true },
  ],
  thinking: { type: "adaptive", display: "updates" },
  output_config: { effort: "medium" },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  metadata: { user_id: '{"device_id":"d","session_id":"s"}' },
};

const BODIES: Record<string, object> = {
  "Claude Code": CLAUDE_CODE,
  "a minimal body": { ...MODEL, messages: USER },
  "every setting": {
    ...MODEL,
    messages: USER,
    system: "be brief",
    stop_sequences: ["\n", "STOP"],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 4,
    stream: false,
    service_tier: "standard_only",
    metadata: { user_id: "u", extra: { a: 1 } },
    cache_control: { type: "ephemeral", ttl: "1h" },
    thinking: { type: "enabled", budget_tokens: 2048, display: "omitted", block_binding: { a: 1 } },
    output_config: {
      format: { type: "json_schema", schema: { type: "object" }, name: "n" },
      task_budget: { t: 1 },
    },
    container: { skills: [{ skill_id: "s", type: "anthropic" }] },
    inference_geo: "eu",
    speed: "fast",
    diagnostics: { previous_message_id: null },
    mcp_servers: [{ type: "url", url: "u", name: "n" }],
  },
  "nulls and empties": {
    ...MODEL,
    messages: [
      { role: "user", content: [{ type: "text", text: "a", cache_control: null, citations: null }] },
      { role: "assistant", content: [] },
      { role: "assistant", content: "" },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", is_error: false }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "", is_error: true }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: [], is_error: null }] },
    ],
    system: [],
    tools: [],
    thinking: { type: "adaptive", display: null },
    output_config: { effort: null, format: null },
    metadata: { user_id: null },
    service_tier: null,
    stop_sequences: null,
    container: null,
    tool_choice: null,
  },
  "empty objects": { ...MODEL, messages: USER, metadata: {}, output_config: {} },
  "the beta's output_format": {
    ...MODEL,
    messages: USER,
    output_format: { type: "json_schema", schema: { type: "object" } },
    output_config: { effort: "low" },
  },
  media: {
    ...MODEL,
    messages: [
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
          {
            type: "image",
            source: { type: "url", url: "https://x/a.png" },
            transformations: { oversized_image: "error" },
          },
          { type: "image", source: { type: "new-kind", thing: 1 } },
          {
            type: "document",
            source: { type: "base64", media_type: "application/pdf", data: "AAAA" },
            title: "T",
            context: "C",
            citations: { enabled: true },
          },
          {
            type: "document",
            source: { type: "text", media_type: "text/plain", data: "abc" },
            citations: {},
          },
          { type: "document", source: { type: "url", url: "https://x/a.pdf" }, title: null },
          { type: "document", source: { type: "file", file_id: "file_1" } },
          { type: "document", source: { type: "content", content: "abc" } },
          {
            type: "document",
            source: {
              type: "content",
              content: [
                { type: "text", text: "a" },
                { type: "text", text: "b", cache_control: EPHEMERAL },
              ],
            },
          },
          {
            type: "document",
            source: { type: "content", content: [{ type: "image", source: { type: "url", url: "u" } }] },
          },
          {
            type: "search_result",
            source: "https://x",
            title: "t",
            content: [{ type: "text", text: "found" }],
            citations: { enabled: true },
          },
          { type: "container_upload", file_id: "f" },
        ],
      },
    ],
  },
  "thinking of all kinds": {
    ...MODEL,
    thinking: { type: "between_tools" },
    messages: [
      ...USER,
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "c2ln" },
          { type: "thinking", thinking: "", signature: "c2ln" },
          { type: "thinking", thinking: "unsigned", signature: "" },
          { type: "thinking", thinking: "unsigned" },
          { type: "redacted_thinking", data: "ZGF0YQ==" },
          { type: "text", text: "ok" },
        ],
      },
    ],
  },
  "tools that run at Anthropic": {
    ...MODEL,
    tools: [
      {
        type: "web_search_20250305",
        name: "web_search",
        max_uses: 8,
        allowed_domains: ["a.org"],
        user_location: { type: "approximate", city: "B" },
      },
      { type: "code_execution_20260521", name: "code_execution" },
      { type: "computer_toolset_20260801", configs: null },
      { type: "bash_20250124", name: "bash", cache_control: EPHEMERAL },
      { type: "mcp_toolset", mcp_server_name: "n" },
      {
        type: "custom",
        name: "f",
        input_schema: { type: "object" },
        strict: false,
        allowed_callers: ["code_execution_20260521"],
      },
    ],
    messages: [
      ...USER,
      {
        role: "assistant",
        content: [
          { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
          {
            type: "web_search_tool_result",
            tool_use_id: "srvtoolu_1",
            content: [
              {
                type: "web_search_result",
                url: "https://a",
                title: "A",
                page_age: null,
                encrypted_content: "ENC",
              },
            ],
          },
          {
            type: "text",
            text: "A.",
            citations: [
              {
                type: "web_search_result_location",
                url: "https://a",
                title: "A",
                cited_text: "a",
                encrypted_index: "EI",
              },
              {
                type: "char_location",
                cited_text: "x",
                document_index: 0,
                document_title: null,
                start_char_index: 0,
                end_char_index: 1,
              },
            ],
          },
          { type: "server_tool_use", id: "srvtoolu_2", name: "web_search", input: { query: "q" } },
          {
            type: "web_search_tool_result",
            tool_use_id: "srvtoolu_2",
            content: { type: "web_search_tool_result_error", error_code: "unavailable" },
          },
          { type: "server_tool_use", id: "srvtoolu_3", name: "code_execution", input: { code: "1" } },
          { type: "code_execution_tool_result", tool_use_id: "srvtoolu_3", content: { type: "x" } },
          { type: "mcp_tool_use", id: "m", name: "n", server_name: "s", input: {} },
          { type: "compaction", content: "summary" },
          {
            type: "tool_use",
            id: "t",
            name: "f",
            input: { a: 1 },
            caller: { type: "code_execution_20260120", tool_id: "srvtoolu_3" },
          },
          { type: "tool_use", id: "u", name: "click", input: {}, toolset_name: "computer" },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "t",
            content: [{ type: "image", source: { type: "url", url: "u" } }],
            toolset_name: null,
          },
        ],
      },
      { role: "system", content: [{ type: "tool_addition", tool: { type: "tool_reference", name: "f" } }] },
      {
        role: "system",
        content: [{ type: "tool_addition", tool: { type: "tool_definition", definition: { name: "late" } } }],
      },
      { role: "system", output_config: { effort: "low" } },
    ],
  },
  "keys that are no plain names": {
    ...MODEL,
    messages: [
      { role: "user", content: [{ type: "text", text: "a", $odd: 1, "a.b": [1], "|": null }], "x.y": 2 },
    ],
    $schema: "s",
    "dotted.name": { a: 1 },
    metadata: { "a.b": 1, $c: null },
  },
};

describe("a request that went through the neutral form and back is the same", () => {
  test.each(Object.entries(BODIES))("%s", (_name, body) => {
    const { written, losses } = again(body);
    expect(written as object).toEqual(body);
    expect(losses).toEqual([]);
  });

  test.each(["auto", "any", "none"])("tool_choice %s, and calls one by one", (type) => {
    for (const parallel of [{}, { disable_parallel_tool_use: true }, { disable_parallel_tool_use: false }]) {
      const body = { ...MODEL, messages: USER, tools: [{ name: "f" }], tool_choice: { type, ...parallel } };
      expect(again(body).written as object).toEqual(body);
    }
  });

  test("a named tool_choice with members that are unknown here", () => {
    const body = { ...MODEL, messages: USER, tool_choice: { type: "tool", name: "f", later: { a: [1] } } };
    expect(again(body).written as object).toEqual(body);
  });

  test("the source text of schemas and arguments", () => {
    const schema = '{ "type":"object","properties":{"n":{"maximum":1.0,"enum":[1e3,9007199254740993]}} }';
    const input = '{"n": 1.0, "big":12345678901234567890,"s":"\\u00e9"}';
    const body = `{"model":"claude-opus-5-5","max_tokens":1,"messages":[{"role":"user","content":"a"},
      {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]}],
      "tools":[{"name":"f","input_schema":${schema}}]}`;
    const { text } = encode(decode(body));
    expect(text).toContain(schema);
    expect(text).toContain(input);
  });
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const extras = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"),
  fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.string({ minLength: 1 }), scalar)),
  { maxKeys: 3 },
);

/** Unknown members never overwrite known ones, as in an object literal. */
const withExtras = (block: fc.Arbitrary<object>) =>
  fc.tuple(extras, block).map(([extra, known]) => ({ ...prefixed(extra), ...known }));

const prefixed = (extra: object) =>
  Object.fromEntries(Object.entries(extra).map(([key, value]) => [`x${key}`, value]));

const cached = fc.constantFrom(
  {},
  { cache_control: EPHEMERAL },
  { cache_control: { type: "ephemeral", ttl: "5m" } },
  { cache_control: { type: "ephemeral", scope: "global" } },
  { cache_control: null },
);

const text = fc.tuple(fc.string(), cached).map(([words, mark]) => ({ type: "text", text: words, ...mark }));
const leaf = withExtras(
  fc.oneof(
    text,
    fc.constant({ type: "image", source: { type: "url", url: "u" } }),
    fc.constant({ type: "document", source: { type: "text", media_type: "text/plain", data: "d" } }),
    fc.record({
      type: fc.constant("tool_use"),
      id: fc.string(),
      name: fc.string(),
      input: extras.map(prefixed),
    }),
    fc.record({ type: fc.constant("thinking"), thinking: fc.string(), signature: fc.string() }),
    fc.record({ type: fc.string({ minLength: 1 }).map((name) => `new_${name}`) }),
  ),
);
const content = fc.oneof(fc.string(), fc.array(leaf, { maxLength: 4 }));
const block = fc.oneof(
  leaf,
  withExtras(
    fc
      .tuple(content, fc.constantFrom({}, { is_error: true }, { is_error: null }))
      .map(([inner, flag]) => ({ type: "tool_result", tool_use_id: "t", content: inner, ...flag })),
  ),
);
const message = withExtras(
  fc.record({
    role: fc.constantFrom("user", "assistant", "system"),
    content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 })),
  }),
);

test("any body in any order of blocks is the same after the way there and back", () => {
  const bodies = withExtras(fc.record({ messages: fc.array(message, { maxLength: 5 }), system: content }));
  fc.assert(
    fc.property(bodies, (body) => {
      const whole = { ...body, ...MODEL };
      expect(again(whole).written as object).toEqual(JSON.parse(JSON.stringify(whole)));
    }),
    { numRuns: 300 },
  );
});
