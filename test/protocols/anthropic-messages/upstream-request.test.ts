import { describe, expect, test } from "bun:test";
import type { MessageCreateParamsBase, ToolUnion } from "@anthropic-ai/sdk/resources/messages";
import type {
  CallPart,
  GenerationRequest,
  MediaPart,
  Part,
  Turn,
} from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { betasOf } from "../../../src/protocols/anthropic-messages/upstream/betas.ts";
import { CLAUDE, decode, encode, foreign } from "./contexts.ts";

const body = (members: Partial<GenerationRequest>, traits: Partial<TargetTraits> = {}) =>
  encode(foreign(members), { ...CLAUDE, ...traits }).body;
const losses = (members: Partial<GenerationRequest>, traits: Partial<TargetTraits> = {}) =>
  encode(foreign(members), { ...CLAUDE, ...traits }).losses.map(({ action, path }) => `${action} ${path}`);
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const text = (words: string): Part => ({ kind: "text", text: words });
const call = (callId: string): CallPart => ({ kind: "call", callId, name: "f", form: "json", input: "{}" });
const result = (callId: string, content: readonly Part[], failed?: boolean): Part => ({
  kind: "result",
  callId,
  content,
  ...(failed === undefined ? {} : { failed }),
});
const messages = (...turns: readonly Turn[]) => body({ turns }).messages;

describe("a request of another protocol's client", () => {
  test("is as the vendor's types have it", () => {
    const expected: MessageCreateParamsBase & { temperature: number } = {
      model: "claude-opus-5-5",
      max_tokens: 50,
      system: "be brief",
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "f", input: { a: 1 } }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c1", content: "out" },
            { type: "text", text: "and?" },
          ],
        },
      ],
      tools: [{ name: "f", description: "d", input_schema: { type: "object" } }],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      stop_sequences: ["END"],
      temperature: 0.5,
      service_tier: "auto",
      metadata: { user_id: "u" },
      stream: true,
    };
    const members: Partial<GenerationRequest> = {
      stream: true,
      outputTokensMax: 50,
      turns: [
        { role: "system", parts: [text("be brief")] },
        user(text("hi")),
        assistant({ kind: "call", callId: "c1", name: "f", form: "json", input: '{"a":1}' }),
        user({ kind: "result", callId: "c1", content: [text("out")] }, text("and?")),
      ],
      tools: [{ kind: "function", name: "f", description: "d", schema: '{"type":"object"}', strict: false }],
      parallelCalls: false,
      sampling: { stop: ["END"], temperature: 0.5 },
      serviceTier: "auto",
      user: "u",
    };
    expect(body(members, { cacheMarks: false }) as object).toEqual(expected);
  });

  test("gets the model's own output limit where it set none", () => {
    expect(body({}).max_tokens).toBe(64_000);
  });

  test("system turns stay apart as blocks, so that marks keep their places; later ones keep theirs", () => {
    const written = body({
      turns: [
        { role: "system", parts: [{ kind: "text", text: "a", cache: { ttl: "30m" } }] },
        { role: "system", parts: [text("b")] },
        user(text("hi")),
        { role: "system", parts: [text("news")] },
      ],
    });
    expect(written.system).toEqual([
      { type: "text", text: "a", cache_control: { type: "ephemeral" } },
      { type: "text", text: "b" },
    ]);
    expect(written.messages).toEqual([
      { role: "user", content: "hi" },
      { role: "system", content: "news" },
    ]);
  });

  test("marks are not written for servers that know none", () => {
    const turns = [user({ kind: "text", text: "a", cache: {} }, text("b"))];
    expect(body({ turns }, { cacheMarks: false }).messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  test.each([
    ["", {}],
    ['{"a": 1.0}', { a: 1 }],
    ["[1]", { value: [1] }],
    ['"x"', { value: "x" }],
    ['{"a":', { _raw: '{"a":' }],
  ])("arguments %j are an object", (input, expected) => {
    const turns = [user(text("a")), assistant({ ...call("c"), input }), user(result("c", []))];
    expect(messages(...turns)).toMatchObject([{}, { content: [{ input: expected }] }, {}]);
  });

  test("results: text alone, blocks, nothing, failures", () => {
    const image: Part = {
      kind: "media",
      media: "image",
      source: { type: "base64", bytes: "AA" },
      mime: "image/png",
    };
    expect(
      messages(
        user(text("go")),
        assistant(call("a"), call("b"), call("c")),
        user(result("a", [text("x")], false), result("b", [text("x"), image], true), result("c", [])),
      ),
    ).toEqual([
      expect.anything(),
      expect.anything(),
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "x" },
          {
            type: "tool_result",
            tool_use_id: "b",
            content: [
              { type: "text", text: "x" },
              { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } },
            ],
            is_error: true,
          },
          { type: "tool_result", tool_use_id: "c" },
        ],
      },
    ]);
  });
});

describe("thinking", () => {
  test.each<[Partial<TargetTraits>, GenerationRequest["reasoning"], object | undefined, object | undefined]>([
    [{}, { effort: "high" }, { type: "adaptive", display: "summarized" }, { effort: "high" }],
    [
      {},
      { mode: "on", effort: "low", show: "none" },
      { type: "adaptive", display: "omitted" },
      { effort: "low" },
    ],
    [{}, { mode: "off" }, { type: "disabled" }, undefined],
    [{}, { effort: "none" }, { type: "disabled" }, undefined],
    [{}, {}, undefined, undefined],
    [
      { thinking: "budget" },
      { mode: "on", budgetTokens: 2048, effort: "low" },
      { type: "enabled", budget_tokens: 2048 },
      undefined,
    ],
    [{ thinking: "budget" }, { mode: "off" }, { type: "disabled" }, undefined],
    [{ thinking: "effort" }, { effort: "high" }, undefined, { effort: "high" }],
    [{ thinking: "none" }, { mode: "off" }, undefined, undefined],
  ])("%j told %j", (traits, reasoning, thinking, config) => {
    const written = body({ reasoning }, traits);
    expect(written.thinking).toEqual(thinking);
    expect(written.output_config).toEqual(config);
  });

  test("of a model that cannot think is lost", () => {
    expect(losses({ reasoning: { effort: "high" } }, { thinking: "none" })).toEqual([
      "changed reasoning_effort",
    ]);
  });

  const reasoning = (by: string, value = "S"): Part => ({
    kind: "reasoning",
    at: "messages[1].content[0]",
    text: "hm",
    signature: { value, by },
  });

  test("signed by another vendor is left out, never sent and never shown", () => {
    // router-for-me/CLIProxyAPI#1584, #570
    const turns = [user(text("a")), assistant(reasoning("google"), text("b")), user(text("c"))];
    expect(body({ turns }).messages).toMatchObject([{}, { role: "assistant", content: "b" }, {}]);
    expect(losses({ turns })).toEqual(["dropped messages[1].content[0]"]);
  });

  test("of the target's own vendor goes back as it was", () => {
    const turns = [user(text("a")), assistant(reasoning("anthropic"))];
    const thinking = [{ type: "thinking", thinking: "hm", signature: "S" }];
    expect(body({ turns }).messages).toMatchObject([{}, { content: thinking }]);
  });

  test("told a budget stays off where calls come back without their thinking", () => {
    // router-for-me/CLIProxyAPI#1078
    const step = (...parts: readonly Part[]) => [user(text("a")), assistant(...parts), user(result("c", []))];
    const asked = { reasoning: { mode: "on" as const, budgetTokens: 2048 } };
    const thinking = (turns: readonly Turn[]) => body({ ...asked, turns }, { thinking: "budget" }).thinking;
    expect(thinking(step(call("c")))).toBeUndefined();
    expect(thinking(step(reasoning("anthropic"), call("c")))).toMatchObject({ type: "enabled" });
    expect(thinking([...step(call("c")), assistant(text("b")), user(text("c"))])).toMatchObject({
      type: "enabled",
    });
  });

  test("unsigned goes to compatible servers, which sign nothing", () => {
    const turns = [user(text("a")), assistant({ kind: "reasoning", text: "hm" })];
    const thinking = [{ type: "thinking", thinking: "hm", signature: "" }];
    expect(body({ turns }, { vendor: "zai" }).messages).toMatchObject([{}, { content: thinking }]);
  });

  test("an empty block with a signature and its call are replayed unchanged", () => {
    // openai/openai-agents-python#4155
    const content = [
      { type: "thinking", thinking: "", signature: "s" },
      { type: "tool_use", id: "t", name: "f", input: {} },
    ];
    const request = decode({ model: "m", max_tokens: 9, messages: [{ role: "assistant", content }] });
    expect(encode(request).body.messages as object).toEqual([{ role: "assistant", content }]);
  });
});

describe("tools", () => {
  const tool = (schema: string) => body({ tools: [{ kind: "function", name: "f", schema }] }).tools;

  test.each([
    [
      '{"type":"object","properties":{"a":{"type":"string"}}}',
      { type: "object", properties: { a: { type: "string" } } },
    ],
    ["{}", { type: "object", properties: {} }],
    ['{"properties":{"a":{}}}', { type: "object", properties: { a: {} } }],
    [
      '{"type":"object","anyOf":[{"properties":{"a":{"minimum":1.0}},"required":["a"]},{"properties":{"b":{}}}],"required":["c"]}',
      { type: "object", properties: { a: { minimum: 1 }, b: {} }, required: ["c"] },
    ],
    [
      '{"$ref":"#/$defs/x","$defs":{"x":{"type":"object","properties":{"a":{}}}}}',
      { type: "object", properties: { a: {} }, $defs: { x: { type: "object", properties: { a: {} } } } },
    ],
  ])("the schema %s is one object at its top", (schema, expected) => {
    expect(tool(schema) as object).toEqual([{ name: "f", input_schema: expected }]);
  });

  test("a schema keeps its source text", () => {
    const schema = '{"type":"object","properties":{"a":{"maximum":1.0}}}';
    expect(encode(foreign({ tools: [{ kind: "function", name: "f", schema }] })).text).toContain(schema);
    const combined = '{"oneOf":[{"properties":{"a":{"maximum":1.0}}}]}';
    expect(encode(foreign({ tools: [{ kind: "function", name: "f", schema: combined }] })).text).toContain(
      '{"maximum":1.0}',
    );
  });

  test("without a schema they take nothing", () => {
    // Wei-Shaw/sub2api#3390
    expect(body({ tools: [{ kind: "function", name: "f" }] }).tools).toEqual([
      { name: "f", input_schema: { type: "object", properties: {} } },
    ]);
  });

  test("a strict one has a schema that a grammar can say", () => {
    const schema = '{"type":"object","properties":{"a":{"type":"string","minLength":1}}}';
    expect(body({ tools: [{ kind: "function", name: "f", schema, strict: true }] }).tools).toMatchObject([
      {
        strict: true,
        input_schema: {
          properties: { a: { type: "string", description: "(minLength: 1)" } },
          additionalProperties: false,
        },
      },
    ]);
  });

  test("a web search of another vendor is Anthropic's", () => {
    const search = { allowedDomains: ["a.org"], usesMax: 3, location: { city: "B" } };
    const builtin = { protocol: "openai-responses" as const, type: "web_search", raw: "{}", search };
    const expected: ToolUnion = {
      type: "web_search_20250305",
      name: "web_search",
      allowed_domains: ["a.org"],
      max_uses: 3,
      user_location: { type: "approximate", city: "B" },
    };
    expect(body({ tools: [{ kind: "builtin", name: "web_search", builtin }] }).tools).toEqual([expected]);
  });

  const f = { kind: "function" as const, name: "f" };
  const g = { kind: "function" as const, name: "g" };
  test.each([
    [{ mode: "required" as const }, { type: "any" }],
    // decolua/9router#1592
    [
      { mode: "one" as const, names: ["g"] },
      { type: "tool", name: "g" },
    ],
    [{ mode: "none" as const }, { type: "none" }],
  ])("choice %j", (toolChoice, expected) => {
    expect(body({ tools: [f, g], toolChoice }).tool_choice).toEqual(expected);
  });

  test("a choice of some sends those only", () => {
    const written = body({ tools: [f, g], toolChoice: { mode: "some", names: ["g"], required: true } });
    expect(written.tools).toMatchObject([{ name: "g" }]);
    expect(written.tool_choice).toEqual({ type: "any" });
  });

  test("no choice without tools", () => {
    expect(body({ toolChoice: { mode: "auto" }, parallelCalls: false }).tool_choice).toBeUndefined();
  });
});

describe("media", () => {
  const part = (members: Partial<MediaPart>): Part => ({
    kind: "media",
    media: "document",
    source: { type: "base64", bytes: "w6k=" },
    ...members,
  });
  const source = (members: Partial<MediaPart>) =>
    messages(user(text("see"), part(members))) as readonly [{ content: readonly object[] }];

  test("plain text that came as bytes is text", () => {
    expect(source({ mime: "text/plain; charset=utf-8" })[0].content[1]).toEqual({
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "é" },
    });
  });

  test("a file's name is its title", () => {
    expect(source({ mime: "application/pdf", name: "a.pdf" })[0].content[1]).toMatchObject({
      title: "a.pdf",
    });
  });

  test.each<Partial<MediaPart>>([
    { media: "audio" },
    { media: "image", mime: "image/heic" },
    { mime: "application/msword" },
    { source: { type: "file", fileId: "file-1", owner: "openai-chat" } },
  ])("%j is refused", (members) => {
    expect(() => source(members)).toThrow(expect.objectContaining({ kind: "unsupported" }));
  });
});

describe("the schema of an answer", () => {
  const schemaOf = (schema: string) =>
    (body({ format: { type: "schema", name: "n", schema } }).output_config as { format: object }).format;

  test("lies right under format", () => {
    // Helicone/helicone#5639
    const schema = '{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}';
    expect(schemaOf(schema)).toEqual({ type: "json_schema", schema: JSON.parse(schema) });
    expect(losses({ format: { type: "schema", schema } })).toEqual([]);
  });

  test("is closed, and what a grammar cannot say is said in words", () => {
    const schema = JSON.stringify({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        format: { type: "string", format: "email", minLength: 3, description: "A" },
        list: {
          type: "array",
          items: { oneOf: [{ type: "object", properties: {} }, { type: "null" }] },
          minItems: 2,
        },
      },
      required: ["format"],
    });
    expect(schemaOf(schema)).toEqual({
      type: "json_schema",
      schema: {
        type: "object",
        properties: {
          format: { type: "string", format: "email", description: "A\n(minLength: 3)" },
          list: {
            type: "array",
            items: {
              anyOf: [{ type: "object", properties: {}, additionalProperties: false }, { type: "null" }],
            },
            description: "(minItems: 2)",
          },
        },
        required: ["format"],
        additionalProperties: false,
      },
    });
    expect(losses({ format: { type: "schema", schema } })).toEqual(["changed response_format"]);
  });

  test("does not force a tool", () => {
    // vercel/ai#7220
    expect(
      body({ format: { type: "schema", schema: '{"type":"object"}' }, reasoning: { effort: "low" } })
        .tool_choice,
    ).toBeUndefined();
  });
});

test("what has no place here is named", () => {
  expect(
    losses({
      turns: [
        {
          ...user({
            kind: "text",
            text: "a",
            at: "messages[0].content[0]",
            extensions: { "openai-chat": { later: 1, $note: 1 } },
          }),
          name: "bob",
          at: "messages[0]",
        },
      ],
      sampling: {
        seed: 1,
        presencePenalty: 1,
        frequencyPenalty: 1,
        logprobs: true,
        topLogprobs: 2,
        logitBias: {},
        stop: [" "],
      },
      verbosity: "low",
      serviceTier: "flex",
      metadata: { a: "b" },
      extensions: { "openai-chat": { prediction: {} } },
    }).sort(),
  ).toEqual([
    "dropped frequency_penalty",
    "dropped logit_bias",
    "dropped logprobs",
    "dropped messages[0].content[0].later",
    "dropped messages[0].name",
    "dropped metadata",
    "dropped prediction",
    "dropped presence_penalty",
    "dropped seed",
    "dropped service_tier",
    "dropped top_logprobs",
    "dropped verbosity",
    "emulated stop",
  ]);
});

test("a search and a citation of another vendor are not shown to Anthropic as its own", () => {
  const turns = [
    user(text("a")),
    assistant(
      { kind: "search", at: "input[1]", searchId: "ws", queries: [], sources: [{ url: "u" }] },
      { kind: "text", at: "input[2]", text: "b", citations: [{ url: "u" }] },
    ),
  ];
  expect(body({ turns }).messages).toEqual([
    { role: "user", content: "a" },
    { role: "assistant", content: [{ type: "text", text: "b" }] },
  ]);
  expect(losses({ turns })).toEqual(["dropped input[1]", "dropped input[2].citations"]);
});

test("betas that the fields of a body need", () => {
  expect(betasOf({ model: "m", messages: [] })).toEqual([]);
  const { body: written } = encode(
    decode({
      model: "m",
      max_tokens: 9,
      messages: [
        { role: "user", content: "a" },
        { role: "system", content: [{ type: "tool_addition", tool: {} }], clear_at: "never" },
      ],
      tools: [{ name: "f", defer_loading: true }],
      output_config: { effort: "low" },
      context_management: { edits: [] },
      thinking: { type: "adaptive", display: "updates" },
    }),
  );
  expect(betasOf(written)).toEqual([
    "effort-2025-11-24",
    "context-management-2025-06-27",
    "mid-conversation-system-2026-04-07",
    "mid-conversation-system-clear-at-2026-08-21",
    "mid-conversation-tool-changes-2026-07-01",
    "thinking-display-updates-2026-08-18",
    "advanced-tool-use-2025-11-20",
  ]);
});
