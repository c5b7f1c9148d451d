import { describe, expect, test } from "bun:test";
import type { OpenAI } from "openai";
import type {
  CallPart,
  GenerationRequest,
  Part,
  Reasoning,
  Turn,
} from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { encode, foreign } from "./translating.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const text = (words: string): Part => ({ kind: "text", text: words });
const call = (callId: string, more: Partial<CallPart> = {}): CallPart => ({
  kind: "call",
  callId,
  name: "f",
  form: "json",
  input: '{"a":1.0}',
  ...more,
});
const said = (...turns: readonly Turn[]) => foreign({ turns });

/** What the upstream is told of the conversation. */
function written(request: GenerationRequest, traits: Partial<TargetTraits> = {}): readonly unknown[] {
  return encode(request, traits).body.messages as readonly unknown[];
}

describe("a conversation of another protocol", () => {
  test("in the shapes that every server takes", () => {
    const found = written(
      said(
        { role: "system", parts: [text("one"), text("two")] },
        { role: "user", parts: [text("hi")] },
        { role: "assistant", parts: [text("a"), text("b"), call("c1"), call("c2", { input: "" })] },
        { role: "tool", parts: [{ kind: "result", callId: "c1", content: [text("x"), text("y")] }] },
        { role: "tool", parts: [{ kind: "result", callId: "c2", content: [] }] },
      ),
    );
    const expected: Message[] = [
      { role: "system", content: "one\n\ntwo" },
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: "ab",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1.0}' } },
          { id: "c2", type: "function", function: { name: "f", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "x\ny" },
      { role: "tool", tool_call_id: "c2", content: "" },
    ];
    expect(found).toEqual(expected);
  });

  test("an assistant that only called has null content, one that refused says so", () => {
    expect(
      written(
        said(
          { role: "assistant", parts: [call("c1")] },
          { role: "assistant", parts: [{ kind: "text", text: "no", refusal: true }] },
        ),
      ),
    ).toMatchObject([{ content: null }, { content: null, refusal: "no" }]);
  });

  test("media stand in a list", () => {
    const parts: Part[] = [
      text("see"),
      {
        kind: "media",
        media: "image",
        mime: "image/png",
        source: { type: "base64", bytes: "AAAA" },
        detail: "low",
      },
      { kind: "media", media: "image", source: { type: "url", url: "https://a/b" } },
      { kind: "media", media: "audio", mime: "audio/mpeg", source: { type: "base64", bytes: "BBBB" } },
      {
        kind: "media",
        media: "document",
        mime: "application/pdf",
        name: "c.pdf",
        source: { type: "base64", bytes: "CCCC" },
      },
      { kind: "media", media: "document", title: "notes", source: { type: "text", text: "plain" } },
      { kind: "media", media: "video", source: { type: "url", url: "https://a/b.mp4" } },
    ];
    const content = [
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
      { type: "image_url", image_url: { url: "https://a/b" } },
      { type: "input_audio", input_audio: { data: "BBBB", format: "mp3" } },
      { type: "file", file: { filename: "c.pdf", file_data: "data:application/pdf;base64,CCCC" } },
      { type: "text", text: '<document name="notes">\nplain\n</document>' },
      { type: "video_url", video_url: { url: "https://a/b.mp4" } },
    ];
    expect(written(said({ role: "user", parts }))).toEqual([{ role: "user", content }]);
  });

  test("a file that lives at a vendor is refused", () => {
    const file: Part = {
      kind: "media",
      media: "document",
      at: "messages[0].content[0]",
      source: { type: "file", fileId: "f", owner: "anthropic-messages" },
    };
    expect(() => written(said({ role: "user", parts: [file] }))).toThrow(
      expect.objectContaining({ kind: "unsupported", param: "messages[0].content[0]" }),
    );
  });

  test("what chat cannot say is told", () => {
    const { losses } = encode(
      foreign({
        extensions: { "anthropic-messages": { context_management: {}, $note: 1 } },
        turns: [
          {
            role: "user",
            at: "messages[0]",
            extensions: { "anthropic-messages": { output_config: {} } },
            parts: [
              {
                kind: "opaque",
                protocol: "anthropic-messages",
                type: "container_upload",
                raw: "{}",
                at: "messages[0].content[0]",
              },
            ],
          },
        ],
        metadata: { a: 1 },
        verbosity: "low",
        serviceTier: "flex",
      }),
    );
    expect(losses.map(({ path }) => path).sort()).toEqual([
      "context_management",
      "messages[0].content[0]",
      "messages[0].output_config",
      "metadata",
      "service_tier",
      "verbosity",
    ]);
  });
});

describe("reasoning of earlier turns", () => {
  const thought: Turn = { role: "assistant", parts: [{ kind: "reasoning", text: "t" }, call("c1")] };

  test("goes back in the server's field (9router#1189)", () => {
    expect(written(said(thought))).toMatchObject([{ reasoning_content: "t" }]);
    expect(written(said(thought), { reasoningField: "reasoning" })).toMatchObject([{ reasoning: "t" }]);
  });

  test("is there for servers that demand it with calls, if empty, and only with calls", () => {
    const [bare, plain] = written(
      said({ role: "assistant", parts: [call("c1")] }, { role: "assistant", parts: [text("x")] }),
      { replayReasoning: "required" },
    );
    expect(bare).toMatchObject({ reasoning_content: "" });
    expect(plain).not.toHaveProperty("reasoning_content");
  });

  test("never becomes visible text (litellm#26916)", () => {
    expect(written(said({ role: "assistant", parts: [{ kind: "reasoning", text: "t" }] }))).toEqual([
      { role: "assistant", content: null, reasoning_content: "t" },
    ]);
  });

  test("keeps a vendor's state: of calls in Google's place, all of it in OpenRouter's", () => {
    const signed = said({
      role: "assistant",
      parts: [
        { kind: "reasoning", text: "t", signature: { value: "s", by: "anthropic" } },
        call("c1", { signature: { value: "g", by: "google" } }),
      ],
    });
    const [google] = written(signed, { vendor: "google" });
    expect(google).toMatchObject({ tool_calls: [{ extra_content: { google: { thought_signature: "g" } } }] });
    expect(google).not.toHaveProperty("reasoning_details");
    const [router] = written(signed, { vendor: "google", reasoningField: "reasoning" });
    expect(router).toMatchObject({
      reasoning_details: [
        { type: "reasoning.text", text: "t", signature: "s", format: "anthropic-claude-v1" },
        { type: "reasoning.encrypted", data: "g", id: "c1", format: "google-gemini-v1" },
      ],
    });
    expect(JSON.stringify(router)).not.toContain("extra_content");
  });

  test("our own word is written nowhere", () => {
    const parts: Part[] = [{ kind: "reasoning", text: "t", signature: { value: "", by: "gateway" } }];
    expect(written(said({ role: "assistant", parts }), { reasoningField: "reasoning" })).toEqual([
      { role: "assistant", content: null, reasoning: "t" },
    ]);
  });
});

describe("thinking, by how the model is told", () => {
  const on: Reasoning = { mode: "on", effort: "high" };
  const off: Reasoning = { mode: "off" };
  test.each<[TargetTraits["thinking"], Reasoning, object, Partial<TargetTraits>?]>([
    ["effort", on, { reasoning_effort: "high" }],
    ["effort", { mode: "off", effort: "none" }, { reasoning_effort: "none" }],
    ["none", on, {}],
    ["template", { mode: "on" }, { chat_template_kwargs: { enable_thinking: true } }],
    ["template", off, { chat_template_kwargs: { enable_thinking: false } }],
    [
      "template",
      { mode: "on", budgetTokens: 9 },
      { chat_template_kwargs: { enable_thinking: true }, thinking_token_budget: 9 },
    ],
    ["switch", { mode: "on" }, { thinking: { type: "enabled" } }],
    ["switch", off, { thinking: { type: "disabled" } }],
    ["budget", { mode: "on", budgetTokens: 9 }, { reasoning: { max_tokens: 9 } }],
    ["budget", off, { reasoning: { enabled: false } }],
    [
      "budget",
      { mode: "on", budgetTokens: 9, show: "summary" },
      { extra_body: { google: { thinking_config: { thinking_budget: 9, include_thoughts: true } } } },
      { vendor: "google" },
    ],
    ["effort", {}, {}],
  ])("%s %j", (thinking, reasoning, expected, traits = {}) => {
    const { model: _, messages: __, ...body } = encode(foreign({ reasoning }), { thinking, ...traits }).body;
    expect(body).toEqual(expected as Record<string, unknown>);
  });
});

describe("settings", () => {
  test("the limit in the field that the server knows", () => {
    const request = foreign({ outputTokensMax: 9 });
    expect(encode(request).body).toMatchObject({ max_tokens: 9 });
    expect(encode(request, { completionTokensField: true }).body).toMatchObject({ max_completion_tokens: 9 });
  });

  test("usage is asked for where the server knows the option", () => {
    const request = foreign({ stream: true });
    expect(encode(request).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(encode(request, { streamUsage: false }).body).not.toHaveProperty("stream_options");
  });

  test("formats", () => {
    const schema = '{"type":"object","x":1.0}';
    expect(encode(foreign({ format: { type: "json" } })).body.response_format).toEqual({
      type: "json_object",
    });
    const found = encode(foreign({ format: { type: "schema", schema } }));
    expect(found.text).toContain(
      `"response_format":{"type":"json_schema","json_schema":{"name":"response","schema":${schema}}}`,
    );
  });

  test("hints for OpenAI's cache go to OpenAI's models", () => {
    const caching = { key: "k", retention: "24h" };
    expect(encode(foreign({ caching }), { vendor: "openai" }).body).toMatchObject({
      prompt_cache_key: "k",
      prompt_cache_retention: "24h",
    });
    expect(encode(foreign({ caching })).body).not.toHaveProperty("prompt_cache_key");
  });

  test("cache marks as the model's vendor takes them", () => {
    const request = said({ role: "user", parts: [{ kind: "text", text: "x", cache: { ttl: "1h" } }] });
    const content = (traits: Partial<TargetTraits>) =>
      (written(request, traits)[0] as { content: unknown }).content;
    expect(content({})).toBe("x");
    expect(content({ cacheMarks: true, vendor: "openai" })).toEqual([
      { type: "text", text: "x", prompt_cache_breakpoint: { mode: "explicit" } },
    ]);
    expect(content({ cacheMarks: true, vendor: "anthropic" })).toEqual([
      { type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "1h" } },
    ]);
  });
});

describe("tools", () => {
  const tools: GenerationRequest["tools"] = [
    { kind: "function", name: "f", description: "d", schema: '{"type":"object","x":1.0}', strict: false },
    { kind: "freeform", name: "p", grammar: { syntax: "lark", definition: "x" } },
  ];

  test("functions and freeform tools", () => {
    const found = encode(foreign({ tools }));
    expect(found.body.tools).toEqual([
      { type: "function", function: { name: "f", description: "d", parameters: { type: "object", x: 1 } } },
      {
        type: "custom",
        custom: { name: "p", format: { type: "grammar", grammar: { syntax: "lark", definition: "x" } } },
      },
    ]);
    expect(found.text).toContain('"parameters":{"type":"object","x":1.0}');
  });

  test.each<[GenerationRequest["toolChoice"], unknown]>([
    [{ mode: "auto" }, "auto"],
    [{ mode: "required" }, "required"],
    [
      { mode: "one", names: ["f"] },
      { type: "function", function: { name: "f" } },
    ],
    [
      { mode: "one", names: ["p"] },
      { type: "custom", custom: { name: "p" } },
    ],
  ])("choice %j (decolua/9router#1592)", (toolChoice, expected) => {
    expect(encode(foreign({ tools, toolChoice })).body.tool_choice).toEqual(expected);
  });

  test("a choice among some: OpenAI is told so, other servers see only those", () => {
    const request = foreign({ tools, toolChoice: { mode: "some", names: ["f"], required: true } });
    expect(encode(request, { vendor: "openai" }).body.tool_choice).toEqual({
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
    });
    const { body, losses } = encode(request);
    expect(body).toMatchObject({ tool_choice: "required", tools: [{ function: { name: "f" } }] });
    expect(body.tools).toHaveLength(1);
    expect(losses).toMatchObject([{ action: "emulated", path: "tool_choice" }]);
  });

  test("neither a choice nor parallel calls without tools", () => {
    const { body } = encode(foreign({ toolChoice: { mode: "auto" }, parallelCalls: false }));
    expect(Object.keys(body).sort()).toEqual(["messages", "model"]);
    expect(encode(foreign({ tools, parallelCalls: false })).body).toMatchObject({
      parallel_tool_calls: false,
    });
  });

  test("another vendor's web search becomes the server's own, where it has one", () => {
    const search = { location: { city: "Oslo" }, allowedDomains: ["a"] };
    const builtin = {
      protocol: "anthropic-messages",
      type: "web_search_20250305",
      raw: "{}",
      search,
    } as const;
    const request = foreign({ tools: [{ kind: "builtin", name: "web_search", at: "tools[0]", builtin }] });
    const { body, losses } = encode(request);
    expect(body.web_search_options).toEqual({
      user_location: { type: "approximate", approximate: { city: "Oslo" } },
    });
    expect(losses).toMatchObject([{ path: "tools[0].allowed_domains" }]);
    expect(encode(request, { webSearch: false }).losses).toMatchObject([{ path: "tools[0]" }]);
  });
});
