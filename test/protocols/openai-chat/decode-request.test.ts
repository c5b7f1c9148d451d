import { describe, expect, test } from "bun:test";
import type { Reasoning } from "../../../src/core/generation/request.ts";
import { decode, seal } from "./translating.ts";

const messages = [{ role: "user", content: "hi" }];
const read = (members: object) => decode({ model: "m", messages, ...members });
const turns = (...list: object[]) => decode({ model: "m", messages: list }).turns;

describe("messages", () => {
  test("each is a turn, with its place", () => {
    expect(
      turns(
        { role: "system", content: "s" },
        { role: "user", content: [{ type: "text", text: "a" }], name: "bob" },
      ),
    ).toMatchObject([
      { role: "system", at: "messages[0]", parts: [{ kind: "text", text: "s", at: "messages[0].content" }] },
      { role: "user", name: "bob", parts: [{ kind: "text", text: "a", at: "messages[1].content[0]" }] },
    ]);
  });

  test("a top-level system is the first turn", () => {
    expect(read({ system: "s" }).turns.map(({ role }) => role)).toEqual(["system", "user"]);
  });

  test("media", () => {
    const content = [
      { type: "image_url", image_url: { url: "data:image/PNG;base64,AAAA", detail: "low" } },
      { type: "image_url", image_url: { url: "https://a/b.png" } },
      { type: "input_audio", input_audio: { data: "BBBB", format: "mp3" } },
      { type: "file", file: { file_data: "data:application/pdf;base64,CCCC", filename: "c.pdf" } },
      { type: "video_url", video_url: { url: "https://a/b.mp4" } },
    ];
    expect(turns({ role: "user", content })[0]?.parts).toMatchObject([
      { media: "image", source: { type: "base64", bytes: "AAAA" }, mime: "image/png", detail: "low" },
      { media: "image", source: { type: "url", url: "https://a/b.png" } },
      { media: "audio", source: { bytes: "BBBB" }, mime: "audio/mp3" },
      { media: "document", source: { bytes: "CCCC" }, mime: "application/pdf", name: "c.pdf" },
      { media: "video", source: { url: "https://a/b.mp4" } },
    ]);
  });

  test("reasoning, text, refusal and calls of an assistant, in this order", () => {
    const message = {
      role: "assistant",
      content: "x",
      reasoning_content: "t",
      refusal: "no",
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"a":1.0}' } }],
    };
    expect(turns(message)[0]?.parts).toMatchObject([
      { kind: "reasoning", text: "t" },
      { kind: "text", text: "x" },
      { kind: "text", text: "no", refusal: true },
      { kind: "call", callId: "c1", name: "f", form: "json", input: '{"a":1.0}' },
    ]);
  });

  test("results name their calls", () => {
    expect(turns({ role: "tool", tool_call_id: "c1", content: "r" })).toMatchObject([
      { role: "tool", parts: [{ kind: "result", callId: "c1", content: [{ kind: "text", text: "r" }] }] },
    ]);
  });

  test("the older function messages answer the call of their name", () => {
    const found = turns(
      { role: "assistant", function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
      { role: "assistant", function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "2" },
    );
    expect(found.flatMap(({ parts }) => parts.map((part) => ("callId" in part ? part.callId : "")))).toEqual([
      "call_function_0",
      "call_function_0",
      "call_function_2",
      "call_function_2",
    ]);
  });

  test("a vendor's state in the places where vendors write it", () => {
    const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
    const google = { google: { thought_signature: "native" } };
    const details = [
      { type: "reasoning.text", text: "t", signature: "claude", format: "anthropic-claude-v1" },
      { type: "reasoning.encrypted", data: "openai", id: "rs_1", format: "openai-responses-v1" },
    ];
    const message = {
      role: "assistant",
      reasoning: "t",
      reasoning_details: details,
      tool_calls: [{ ...call, extra_content: google }],
    };
    expect(turns(message)[0]?.parts).toMatchObject([
      { kind: "reasoning", text: "t", signature: { value: "claude", by: "anthropic" } },
      { kind: "call", signature: { value: "native", by: "google" } },
    ]);
  });

  test("our own state, wherever it comes from", () => {
    const sealed = seal([{ value: "v", by: "anthropic", model: "claude" }]);
    const details = [{ type: "reasoning.encrypted", data: sealed }];
    expect(
      turns({ role: "assistant", content: "x", reasoning_content: "t", reasoning_details: details })[0]
        ?.parts[0],
    ).toMatchObject({
      kind: "reasoning",
      text: "t",
      signature: { value: "v", by: "anthropic", model: "claude" },
    });
  });
});

describe("reasoning, in every spelling that clients have for it", () => {
  test.each<[object, Reasoning]>([
    [{}, {}],
    [{ reasoning_effort: "high" }, { mode: "on", effort: "high" }],
    [{ reasoning_effort: "none" }, { mode: "off", effort: "none" }],
    [{ thinking: { type: "enabled", budget_tokens: 2048 } }, { mode: "on", budgetTokens: 2048 }],
    [{ thinking: { type: "disabled" } }, { mode: "off" }],
    [{ thinking: { type: "adaptive", display: "summarized" } }, { mode: "auto", show: "summary" }],
    [{ chat_template_kwargs: { enable_thinking: false } }, { mode: "off" }],
    [{ chat_template_kwargs: { thinking: true } }, { mode: "on" }],
    [
      { enable_thinking: true, thinking_budget: 100 },
      { mode: "on", budgetTokens: 100 },
    ],
    [{ thinking_token_budget: 100 }, { mode: "on", budgetTokens: 100 }],
    [{ reasoning: { effort: "low", exclude: true } }, { mode: "on", effort: "low", show: "none" }],
    [{ reasoning: { max_tokens: 2000 } }, { mode: "on", budgetTokens: 2000 }],
    [{ reasoning: { enabled: false } }, { mode: "off" }],
    [{ thinking: { type: "constructor", display: "toString" } }, {}],
    [{ include_reasoning: false }, { show: "none" }],
    [{ extra_body: { google: { thinking_config: { thinking_budget: 0 } } } }, { mode: "off" }],
    [
      { extra_body: { google: { thinking_config: { thinking_budget: -1, include_thoughts: true } } } },
      { mode: "auto", show: "full" },
    ],
    [{ google: { thinking_config: { thinking_level: "HIGH" } } }, { mode: "on", effort: "high" }],
  ])("%j", (members, expected) => {
    expect(read(members).reasoning).toEqual(expected);
  });

  test("what else stands in those fields is told as lost elsewhere", () => {
    const { extensions } = read({
      chat_template_kwargs: { enable_thinking: true, custom: 1 },
      extra_body: { google: { thinking_config: {}, safety_settings: [1] } },
      reasoning_effort: "odd",
    });
    expect(extensions["openai-chat"]).toMatchObject({
      chat_template_kwargs: { custom: 1 },
      extra_body: { google: { safety_settings: [1] } },
      reasoning_effort: "odd",
    });
  });
});

describe("settings", () => {
  test("sampling", () => {
    const request = read({
      temperature: 0,
      top_p: 1,
      top_k: 5,
      seed: 1,
      stop: "x",
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      presence_penalty: null,
    });
    expect(request.sampling).toEqual({
      temperature: 0,
      topP: 1,
      topK: 5,
      seed: 1,
      stop: ["x"],
      choices: 2,
      logprobs: true,
      topLogprobs: 3,
    });
  });

  test("the larger of two limits, as the hold has it", () => {
    expect(read({ max_tokens: 5, max_completion_tokens: 9 }).outputTokensMax).toBe(9);
  });

  test("usage is wanted in streams that ask for it, and in whole answers", () => {
    expect(
      [read({}), read({ stream: true }), read({ stream: true, stream_options: { include_usage: true } })].map(
        (request) => request.wantsUsage,
      ),
    ).toEqual([true, false, true]);
  });

  test("caching marks in both spellings", () => {
    const content = [
      { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "b", prompt_cache_breakpoint: { mode: "explicit" } },
    ];
    expect(turns({ role: "user", content })[0]?.parts).toMatchObject([
      { cache: { ttl: "1h" } },
      { cache: {} },
    ]);
  });

  test("modalities beside text", () => {
    expect(read({ modalities: ["text", "audio"] }).modalities).toEqual(["audio"]);
  });

  test("blank fields say nothing: no extension, no loss", () => {
    const { extensions } = read({ x: null, y: [], z: {}, unknown: 1 });
    const kept = Object.keys(extensions["openai-chat"] ?? {}).filter((key) => !key.startsWith("$"));
    expect(kept).toEqual(["unknown"]);
  });
});

describe("tools", () => {
  test("functions keep their schema as it was written", () => {
    const text =
      '{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{"b":1.0,"a":[]},"strict":true}}]}';
    expect(decode(text).tools).toMatchObject([
      { kind: "function", name: "f", schema: '{"b":1.0,"a":[]}', strict: true, at: "tools[0].function" },
    ]);
  });

  test("custom tools, typed tools, a web search", () => {
    const format = { type: "grammar", grammar: { syntax: "lark", definition: "x" } };
    const found = read({
      tools: [
        { type: "custom", custom: { name: "c", format } },
        { type: "web_search", filters: { allowed_domains: ["a"] } },
        { type: "code_interpreter" },
      ],
      web_search_options: { user_location: { type: "approximate", approximate: { city: "Oslo" } } },
    }).tools;
    expect(found).toMatchObject([
      { kind: "freeform", grammar: { syntax: "lark", definition: "x" } },
      { kind: "builtin", builtin: { type: "web_search", search: { allowedDomains: ["a"] } } },
      { kind: "builtin", builtin: { type: "code_interpreter" } },
      { kind: "builtin", builtin: { type: "web_search_options", search: { location: { city: "Oslo" } } } },
    ]);
    expect(found[2]?.builtin?.search).toBeUndefined();
  });

  test.each<[unknown, object]>([
    ["auto", { mode: "auto" }],
    ["any", { mode: "required" }],
    [
      { type: "function", function: { name: "f" } },
      { mode: "one", names: ["f"] },
    ],
    [
      { type: "custom", custom: { name: "c" } },
      { mode: "one", names: ["c"] },
    ],
    [
      {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
      },
      { mode: "some", names: ["f"], required: true },
    ],
  ])("choice %j", (tool_choice, expected) => {
    expect(read({ tool_choice }).toolChoice).toEqual(expected as never);
  });

  test("the older functions and their choice", () => {
    const request = read({
      functions: [{ name: "f", parameters: { type: "object" } }],
      function_call: { name: "f" },
    });
    expect(request.tools).toMatchObject([{ kind: "function", name: "f", at: "functions[0]" }]);
    expect(request.toolChoice).toEqual({ mode: "one", names: ["f"] });
  });
});

describe("a wrong field is named", () => {
  const part = (found: object) => ({ messages: [{ role: "user", content: [found] }] });
  test.each<[string, object]>([
    ["model", { model: 7 }],
    ["messages", { messages: {} }],
    ["messages[0]", { messages: ["x"] }],
    ["messages[0].role", { messages: [{ role: "robot" }] }],
    ["messages[0].content", { messages: [{ role: "user", content: 7 }] }],
    ["messages[0].content[0]", part([])],
    ["messages[0].content[0].text", part({ type: "text" })],
    ["messages[0].content[0].image_url.url", part({ type: "image_url" })],
    ["messages[0].content[0].file.file_data", part({ type: "file", file: {} })],
    ["messages[0].tool_call_id", { messages: [{ role: "tool", content: "x" }] }],
    ["messages[0].tool_calls", { messages: [{ role: "assistant", tool_calls: 1 }] }],
    [
      "messages[0].tool_calls[0].function.name",
      { messages: [{ role: "assistant", tool_calls: [{ id: "c" }] }] },
    ],
    [
      "messages[0].tool_calls[0].id",
      { messages: [{ role: "assistant", tool_calls: [{ function: { name: "f" } }] }] },
    ],
    ["temperature", { temperature: "hot" }],
    ["stop", { stop: [1] }],
    ["logit_bias", { logit_bias: [] }],
    ["modalities", { modalities: "text" }],
    ["tools", { tools: {} }],
    ["tools[0].function", { tools: [{ type: "function" }] }],
    ["tools[0].function.name", { tools: [{ type: "function", function: {} }] }],
    ["tool_choice", { tool_choice: 7 }],
    ["response_format.json_schema", { response_format: { type: "json_schema" } }],
    ["store", { store: "yes" }],
  ])("%s", (param, members) => {
    expect(() => read(members)).toThrow(expect.objectContaining({ kind: "bad_request", param }));
  });

  test("a vendor's cached content belongs to the vendor's account", () => {
    expect(() => read({ extra_body: { google: { cached_content: "cachedContents/1" } } })).toThrow(
      expect.objectContaining({ kind: "unsupported", param: "extra_body.google.cached_content" }),
    );
  });
});
