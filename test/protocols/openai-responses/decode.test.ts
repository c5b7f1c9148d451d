import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/core/errors.ts";
import type { Extensions } from "../../../src/core/generation/node.ts";
import type { CallPart, Turn } from "../../../src/core/generation/request.ts";
import type { Tool } from "../../../src/core/generation/tool.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { CODEX_KNOWN_MODEL, CODEX_TOOL_SEARCH, CODEX_UNKNOWN_MODEL } from "./bodies.ts";
import { decode, seal } from "./contexts.ts";

/** The node without where it stood and how it was written. */
function bare(node: { readonly extensions?: Extensions; readonly at?: string }): unknown {
  const { extensions: _extensions, at: _at, ...rest } = node;
  return rest;
}

function turns(body: JsonObject): unknown[] {
  return decode(body).turns.map((turn: Turn) => ({ ...(bare(turn) as object), parts: turn.parts.map(bare) }));
}

function input(...items: JsonObject[]): JsonObject {
  return { model: "m", input: items };
}

function refusal(body: JsonObject): GatewayError {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("Codex", () => {
  test("what the assistant said between two words of the user is one turn", () => {
    expect(turns(CODEX_UNKNOWN_MODEL)).toEqual([
      { role: "developer", id: "msg_1", parts: [{ kind: "text", text: "You are Codex." }] },
      {
        role: "user",
        parts: [
          { kind: "text", text: "<environment_context>…</environment_context>" },
          { kind: "text", text: "list the files" },
        ],
      },
      {
        role: "assistant",
        parts: [
          {
            kind: "reasoning",
            id: "rs_1",
            text: "",
            summary: [],
            signature: { value: "gAAAAAB", by: "openai", itemId: "rs_1" },
          },
          {
            kind: "call",
            id: "fc_1",
            callId: "call_1",
            name: "shell",
            form: "json",
            input: '{"command":["ls"],"n":1.0}',
          },
        ],
      },
      {
        role: "tool",
        id: "fco_1",
        parts: [
          {
            kind: "result",
            callId: "call_1",
            content: [{ kind: "text", at: "input[4].output", text: "a\nb" }],
          },
        ],
      },
      {
        role: "assistant",
        parts: [{ kind: "text", id: "msg_2", text: "Two files.", phase: "final_answer" }],
      },
      { role: "user", parts: [{ kind: "text", text: "thanks" }] },
    ]);
  });

  test("tools of a namespace come one by one", () => {
    const { tools } = decode(CODEX_UNKNOWN_MODEL);
    expect(tools.map(({ namespace, name, kind }) => [namespace, name, kind])).toEqual([
      [undefined, "shell", "function"],
      ["multi_agent_v1", "spawn", "function"],
      ["multi_agent_v1", "wait", "function"],
      [undefined, "web_search", "builtin"],
    ]);
    expect(tools[1]?.namespaceDescription).toBe("Agents.");
    expect(tools[0]?.strict).toBe(false);
    expect(tools[3]?.builtin?.search).toEqual({});
  });

  // https://github.com/router-for-me/CLIProxyAPI/issues/4414
  test("tools in the input are tools, with their grammar", () => {
    const { tools, turns } = decode(CODEX_KNOWN_MODEL);
    const [exec, wait, ...none] = tools.map(bare);
    expect(exec).toMatchObject({
      name: "exec",
      namespace: "functions",
      kind: "freeform",
      grammar: { syntax: "lark", definition: "start: /.+/" },
    } satisfies Partial<Tool>);
    expect(wait).toMatchObject({ name: "wait", namespace: "functions", kind: "function" });
    expect(none).toEqual([]);
    expect(turns.map(({ role }) => role)).toEqual(["developer", "user", "assistant", "tool"]);
    expect(turns[2]?.parts[0]).toMatchObject({ form: "text", input: "ls()", namespace: "functions" });
  });

  test("a search for tools by the client is a call, and what it found can be called", () => {
    const { tools, turns } = decode(CODEX_TOOL_SEARCH);
    expect(tools.map(({ name }) => name)).toEqual(["tool_search", "apply_patch", "list"]);
    expect(tools[0]).toMatchObject({
      kind: "builtin",
      description: "Searches.",
      builtin: { clientRun: true },
    });
    expect(tools[0]?.schema).toContain('"query"');
    const call = turns[1]?.parts[0] as CallPart;
    expect(call).toMatchObject({ callId: "call_2", name: "tool_search", form: "json" });
    expect(call.input).toBe('{"query":"calendar","limit":1}');
    expect(turns[2]?.parts[0]).toMatchObject({
      kind: "result",
      content: [{ text: "These tools can be called now: mcp__cal.list." }],
    });
  });

  test("telemetry is no loss", () => {
    const known = Object.keys(decode(CODEX_UNKNOWN_MODEL).extensions["openai-responses"] ?? {});
    expect(known.filter((key) => !key.startsWith("$"))).toEqual([]);
  });
});

describe("fields", () => {
  test("in the neutral form", () => {
    const request = decode({
      model: "m",
      stream: true,
      input: "hi",
      instructions: "Be short.",
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 2,
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
      reasoning: { effort: "high", summary: "detailed", context: "all_turns" },
      text: { format: { type: "json_schema", name: "n", schema: { a: 1 }, strict: true }, verbosity: "low" },
      service_tier: "flex",
      safety_identifier: "s",
      user: "u",
      metadata: { a: "b" },
      prompt_cache_key: "k",
      store: false,
      include: ["reasoning.encrypted_content"],
      truncation: "auto",
      previous_response_id: "resp_1",
    });
    expect(request).toMatchObject({
      origin: "openai-responses",
      stream: true,
      turns: [
        { role: "system", at: "instructions" },
        { role: "user", at: "input" },
      ],
      outputTokensMax: 9,
      sampling: { temperature: 0.5, topP: 0.9, topLogprobs: 2, logprobs: true },
      toolChoice: { mode: "one", names: ["f"] },
      parallelCalls: false,
      reasoning: { mode: "on", effort: "high", show: "summary", summaryStyle: "detailed" },
      format: { type: "schema", name: "n", schema: '{"a":1}', strict: true },
      verbosity: "low",
      serviceTier: "flex",
      user: "s",
      metadata: { a: "b" },
      caching: { key: "k" },
      state: { previousId: "resp_1", store: false, include: ["reasoning.encrypted_content"] },
    });
    const unknown = Object.keys(request.extensions["openai-responses"] ?? {});
    expect(unknown.filter((key) => !key.startsWith("$"))).toEqual(["truncation", "reasoning.context"]);
  });

  test.each<[unknown, unknown]>([
    ["auto", { mode: "auto" }],
    ["none", { mode: "none" }],
    ["required", { mode: "required" }],
    [
      { type: "custom", name: "patch" },
      { mode: "one", names: ["patch"] },
    ],
    [{ type: "web_search_preview" }, { mode: "one", names: ["web_search"] }],
    [
      { type: "mcp", server_label: "gh" },
      { mode: "one", names: ["gh"] },
    ],
    [
      {
        type: "allowed_tools",
        mode: "auto",
        tools: [{ type: "function", name: "f" }, { type: "image_generation" }],
      },
      { mode: "some", names: ["f", "image_generation"], required: false },
    ],
  ])("tool_choice %j", (choice, expected) => {
    const tools = [{ type: "image_generation" }, { type: "web_search_preview" }];
    expect(decode({ model: "m", input: "hi", tools, tool_choice: choice }).toolChoice).toEqual(
      expected as never,
    );
  });

  test("effort none is thinking off, and an effort that nobody knows is named as a loss", () => {
    expect(decode({ model: "m", reasoning: { effort: "none" } }).reasoning).toEqual({
      mode: "off",
      effort: "none",
    });
    const odd = decode({ model: "m", reasoning: { effort: "ultra" } });
    expect(odd.reasoning).toEqual({});
    expect(odd.extensions["openai-responses"]).toHaveProperty(["reasoning.effort"], "ultra");
  });
});

describe("parts", () => {
  function parts(...content: JsonObject[]): unknown[] {
    return decode(input({ role: "user", content })).turns[0]?.parts.map(bare) ?? [];
  }

  test("media by data, address and id", () => {
    expect(
      parts(
        { type: "input_image", image_url: "data:image/webp;base64,UklG", detail: "high" },
        { type: "input_image", image_url: "https://a.test/x" },
        { type: "input_file", file_data: "data:application/pdf;base64,JVBE", filename: "x.pdf" },
        { type: "input_file", file_data: "JVBE" },
        { type: "input_file", file_url: "https://a.test/x.pdf" },
        { type: "input_image", file_id: "file-1" },
      ),
    ).toEqual([
      {
        kind: "media",
        media: "image",
        source: { type: "base64", bytes: "UklG" },
        mime: "image/webp",
        detail: "high",
      },
      { kind: "media", media: "image", source: { type: "url", url: "https://a.test/x" } },
      {
        kind: "media",
        media: "document",
        source: { type: "base64", bytes: "JVBE" },
        mime: "application/pdf",
        name: "x.pdf",
      },
      {
        kind: "media",
        media: "document",
        source: { type: "base64", bytes: "JVBE" },
        mime: "application/pdf",
      },
      { kind: "media", media: "document", source: { type: "url", url: "https://a.test/x.pdf" } },
      {
        kind: "media",
        media: "image",
        source: { type: "file", fileId: "file-1", owner: "openai-responses" },
      },
    ]);
  });

  test("a breakpoint of the prompt cache is a mark", () => {
    expect(parts({ type: "input_text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } })).toEqual([
      { kind: "text", text: "a", cache: {} },
    ]);
  });

  test("annotations count characters, citations UTF-16 units", () => {
    const { turns } = decode(
      input({
        role: "assistant",
        content: [
          {
            type: "output_text",
            text: "🍞🍞 bread",
            annotations: [
              { type: "url_citation", url: "https://a.test", title: "A", start_index: 3, end_index: 8 },
            ],
          },
        ],
      }),
    );
    const [part] = turns[0]?.parts ?? [];
    expect(part).toMatchObject({ citations: [{ url: "https://a.test", title: "A", start: 5, end: 10 }] });
  });

  test("a refusal, a search and an image of the model's", () => {
    const { turns } = decode(
      input(
        { role: "assistant", content: [{ type: "refusal", refusal: "no" }] },
        {
          type: "web_search_call",
          id: "ws_1",
          status: "completed",
          action: { type: "search", query: "q", sources: [{ type: "url", url: "https://a.test" }] },
        },
        { type: "image_generation_call", id: "ig_1", status: "completed", result: "/9j/4A" },
      ),
    );
    expect(turns[0]?.parts.map(bare)).toEqual([
      { kind: "text", text: "no", refusal: true },
      { kind: "search", searchId: "ws_1", queries: ["q"], sources: [{ url: "https://a.test" }] },
      {
        kind: "media",
        media: "image",
        id: "ig_1",
        source: { type: "base64", bytes: "/9j/4A" },
        mime: "image/jpeg",
      },
    ]);
  });
});

describe("opaque state", () => {
  // https://github.com/openclaw/openclaw/issues/70654
  test("the vendor's own stays with its item's id", () => {
    const { turns } = decode(
      input({ type: "reasoning", id: "rs_7", summary: [], encrypted_content: "gAAA" }),
    );
    expect(turns[0]?.parts[0]?.signature).toEqual({ value: "gAAA", by: "openai", itemId: "rs_7" });
  });

  test("another vendor's comes out of our envelope", () => {
    const signature = { value: "sig", by: "anthropic", model: "claude" };
    const { turns } = decode(
      input({
        type: "reasoning",
        id: "rs_7",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: seal([signature]),
      }),
    );
    expect(turns[0]?.parts.map(bare)).toEqual([
      { kind: "reasoning", id: "rs_7", text: "", summary: ["hm"], signature },
    ]);
  });

  // https://github.com/BerriAI/litellm/issues/41534, https://github.com/BerriAI/litellm/issues/18160
  test("a call's signature goes back to its call, whatever stands between; its carrier is gone", () => {
    const signature = { value: "x".repeat(900), by: "google", callId: "call_2" };
    const call = (id: string) => ({ type: "function_call", call_id: id, name: "f", arguments: "{}" });
    const { turns } = decode(
      input(
        call("call_1"),
        { type: "reasoning", id: "rs_7", summary: [], content: null, encrypted_content: seal([signature]) },
        call("call_2"),
        { type: "function_call_output", call_id: "call_2", output: "" },
      ),
    );
    const parts = turns[0]?.parts ?? [];
    expect(parts.map((part) => part.kind)).toEqual(["call", "call"]);
    expect(parts.map((part) => part.signature)).toEqual([undefined, signature]);
  });
});

describe("refused", () => {
  test.each<[string, JsonObject, string, string]>([
    [
      "an item of an earlier response",
      input({ type: "item_reference", id: "msg_1" }),
      "unsupported",
      "input[0]",
    ],
    ["one without a type", input({ id: "msg_1" }), "unsupported", "input[0]"],
    ["a conversation at the vendor", { model: "m", conversation: "conv_1" }, "unsupported", "conversation"],
    ["a prompt at the vendor", { model: "m", prompt: { id: "pmpt_1" } }, "unsupported", "prompt"],
    ["work in the background", { model: "m", background: true }, "unsupported", "background"],
    ["a number as input", { model: "m", input: 3 }, "bad_request", "input"],
    ["an item that is none", { model: "m", input: ["x"] }, "bad_request", "input[0]"],
    ["an unknown role", input({ role: "boss", content: "x" }), "bad_request", "input[0].role"],
    ["content that is none", input({ role: "user", content: 7 }), "bad_request", "input[0].content"],
    [
      "a call without its id",
      input({ type: "function_call", name: "f", arguments: "{}" }),
      "bad_request",
      "input[0].call_id",
    ],
    [
      "an image without an image",
      input({ role: "user", content: [{ type: "input_image" }] }),
      "bad_request",
      "input[0].content[0].image_url",
    ],
    ["a tool without a name", { model: "m", tools: [{ type: "function" }] }, "bad_request", "tools[0].name"],
    [
      "a format that is none",
      { model: "m", text: { format: { type: "xml" } } },
      "bad_request",
      "text.format.type",
    ],
    ["a choice that is none", { model: "m", tool_choice: 7 }, "bad_request", "tool_choice"],
    ["warm", { model: "m", temperature: "warm" }, "bad_request", "temperature"],
  ])("%s", (_name, body, kind, param) => {
    const error = refusal(body);
    expect({ kind: error.kind, param: error.param }).toEqual({ kind, param } as never);
    expect(error.message).toStartWith(param);
  });
});
