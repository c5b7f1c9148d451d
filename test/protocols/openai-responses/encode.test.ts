import { describe, expect, test } from "bun:test";
import type { OpenAI } from "openai";
import { GatewayError } from "../../../src/core/errors.ts";
import type { GenerationRequest, Part, Role, Turn } from "../../../src/core/generation/request.ts";
import { encode, generation, type OPENAI } from "./contexts.ts";

type Params = OpenAI.Responses.ResponseCreateParams;

function turn(role: Role, ...parts: Part[]): Turn {
  return { role, at: `messages[${role}]`, parts };
}

function text(words: string, rest: object = {}): Part {
  return { kind: "text", text: words, ...rest };
}

function input(turns: readonly Turn[], traits: Partial<typeof OPENAI> = {}): unknown {
  return encode(generation({ turns }), traits).body.input;
}

test("a whole request of another protocol's client", () => {
  const request = generation({
    turns: [
      turn("system", text("You are terse.")),
      turn("system", text("Answer in English.")),
      turn("user", text("weather?")),
      turn(
        "assistant",
        {
          kind: "reasoning",
          text: "",
          summary: ["hm"],
          signature: { value: "gAAA", by: "openai", itemId: "rs_9" },
        },
        text("I look."),
        { kind: "call", callId: "call_1", name: "weather", form: "json", input: '{"city":"Rome","n":1.0}' },
        { kind: "call", callId: "call_2", name: "weather", form: "json", input: "" },
      ),
      turn(
        "user",
        { kind: "result", callId: "call_1", content: [text("sunny")] },
        { kind: "result", callId: "call_2", content: [] },
        text("and?"),
      ),
    ],
    tools: [
      { kind: "function", name: "weather", description: "Tells.", schema: '{"type":"object","x":1.0}' },
      { kind: "function", name: "strict", schema: '{"type":"object"}', strict: true },
    ],
    toolChoice: { mode: "one", names: ["weather"] },
    parallelCalls: false,
    outputTokensMax: 500,
    sampling: { temperature: 0.2, topP: 0.9 },
    reasoning: { mode: "on", effort: "high", show: "summary" },
    verbosity: "low",
    serviceTier: "flex",
    user: "u-1",
    metadata: { a: "b" },
    caching: { key: "k" },
  });
  const { body, text: written, losses } = encode(request);
  expect(body).toEqual({
    model: "gpt-5.6",
    stream: true,
    instructions: "You are terse.\n\nAnswer in English.",
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "weather?" }] },
      {
        type: "reasoning",
        id: "rs_9",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: "gAAA",
      },
      { type: "message", role: "assistant", content: "I look." },
      { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Rome","n":1.0}' },
      { type: "function_call", call_id: "call_2", name: "weather", arguments: "{}" },
      { type: "function_call_output", call_id: "call_1", output: "sunny" },
      { type: "function_call_output", call_id: "call_2", output: "" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "and?" }] },
    ],
    tools: [
      {
        type: "function",
        name: "weather",
        description: "Tells.",
        parameters: { type: "object", x: 1 },
        strict: false,
      },
      { type: "function", name: "strict", parameters: { type: "object" }, strict: true },
    ],
    tool_choice: { type: "function", name: "weather" },
    parallel_tool_calls: false,
    max_output_tokens: 500,
    temperature: 0.2,
    top_p: 0.9,
    reasoning: { effort: "high", summary: "auto" },
    text: { format: { type: "text" }, verbosity: "low" },
    service_tier: "flex",
    user: "u-1",
    metadata: { a: "b" },
    prompt_cache_key: "k",
    store: false,
    include: ["reasoning.encrypted_content"],
  } satisfies Params);
  expect(written).toContain('"parameters":{"type":"object","x":1.0}');
  expect(losses).toEqual([]);
});

describe("turns", () => {
  test("a system turn with a mark of the cache stays a message, where the mark can stand", () => {
    const turns = [turn("system", text("long", { cache: { ttl: "1h" } })), turn("user", text("hi"))];
    expect(input(turns)).toEqual([
      {
        type: "message",
        role: "system",
        content: [{ type: "input_text", text: "long", prompt_cache_breakpoint: { mode: "explicit" } }],
      },
      { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
    ]);
    expect(encode(generation({ turns }), { cacheMarks: false }).body.instructions).toBe("long");
  });

  test("system turns in the middle and developer turns keep their place", () => {
    const turns = [turn("developer", text("a")), turn("user", text("b")), turn("system", text("c"))];
    const roles = (list: unknown) => (list as { role: string }[]).map(({ role }) => role);
    expect(roles(input(turns))).toEqual(["developer", "user", "system"]);
    expect(roles(input(turns, { developerRole: false }))).toEqual(["system", "user", "system"]);
  });

  test("a request of nothing but a system turn has an input", () => {
    const { body } = encode(generation({ turns: [turn("system", text("a"))] }));
    expect(body.input).toEqual([
      { type: "message", role: "system", content: [{ type: "input_text", text: "a" }] },
    ]);
    expect(body.instructions).toBeUndefined();
  });

  test("what the assistant said: plain text as a string, refusals and citations as parts of a message", () => {
    const said = turn(
      "assistant",
      text("🍞 see", { citations: [{ url: "https://a.test", start: 3, end: 6 }] }),
      text("no", { refusal: true }),
      text("by the way", { phase: "commentary" }),
    );
    expect(input([turn("user", text("x")), said])).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: "x" }] },
      {
        type: "message",
        role: "assistant",
        id: `msg_${"1".padStart(32, "0")}`,
        status: "completed",
        content: [
          {
            type: "output_text",
            text: "🍞 see",
            annotations: [
              { type: "url_citation", url: "https://a.test", title: "", start_index: 2, end_index: 5 },
            ],
          },
          { type: "refusal", refusal: "no" },
        ],
      },
      { type: "message", role: "assistant", phase: "commentary", content: "by the way" },
    ]);
  });

  test("freeform tools keep their form in calls and outputs", () => {
    const turns = [
      turn("assistant", { kind: "call", callId: "c", name: "patch", form: "text", input: "*** Begin" }),
      turn("tool", { kind: "result", callId: "c", content: [text("ok"), text("done")] }),
    ];
    expect(input(turns)).toEqual([
      { type: "custom_tool_call", call_id: "c", name: "patch", input: "*** Begin" },
      {
        type: "custom_tool_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "ok" },
          { type: "input_text", text: "done" },
        ],
      },
    ]);
  });

  // https://github.com/router-for-me/CLIProxyAPI/issues/1670
  test("images in a tool's result stay in it", () => {
    const image: Part = {
      kind: "media",
      media: "image",
      source: { type: "base64", bytes: "iVBO" },
      mime: "image/png",
    };
    const turns = [turn("tool", { kind: "result", callId: "c", content: [text("see"), image] })];
    expect(input(turns)).toEqual([
      {
        type: "function_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "see" },
          { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBO" },
        ],
      },
    ]);
  });

  test("documents in every form", () => {
    const document = (source: object, rest: object = {}) =>
      ({ kind: "media", media: "document", source, ...rest }) as Part;
    const turns = [
      turn(
        "user",
        document({ type: "base64", bytes: "JVBE" }, { name: "a.pdf", mime: "application/pdf" }),
        document({ type: "url", url: "https://a.test/a.pdf" }),
        document({ type: "text", text: "words" }, { title: "T", context: "C" }),
      ),
    ];
    expect(input(turns)).toEqual([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" },
          { type: "input_file", file_url: "https://a.test/a.pdf" },
          { type: "input_text", text: "T\n\nC\n\nwords" },
        ],
      },
    ]);
  });

  // https://github.com/BerriAI/litellm/issues/26916
  test("reasoning without the vendor's state is nothing that OpenAI takes, and other servers do", () => {
    const turns = [turn("assistant", { kind: "reasoning", at: "messages[1]", text: "hm" }, text("a"))];
    const { body, losses } = encode(generation({ turns }));
    expect(body.input).toEqual([{ type: "message", role: "assistant", content: "a" }]);
    expect(losses).toEqual([
      { action: "dropped", path: "messages[1]", reason: "reasoning of another model" },
    ]);
    expect(input(turns, { vendor: "gpt-oss" })).toEqual([
      {
        type: "reasoning",
        id: `rs_${"1".padStart(32, "0")}`,
        summary: [],
        content: [{ type: "reasoning_text", text: "hm" }],
      },
      { type: "message", role: "assistant", content: "a" },
    ]);
  });
});

describe("tools", () => {
  function written(tools: GenerationRequest["tools"], toolChoice?: GenerationRequest["toolChoice"]) {
    return encode(generation({ tools, toolChoice }));
  }

  test("freeform tools, web search, and what the vendor does not have", () => {
    const { body, losses } = written([
      { kind: "freeform", name: "patch", grammar: { syntax: "lark", definition: "start: x" } },
      {
        kind: "builtin",
        name: "web_search",
        at: "tools[1]",
        builtin: {
          protocol: "anthropic-messages",
          type: "web_search_20250305",
          raw: "{}",
          search: { allowedDomains: ["a.test"], usesMax: 5, location: { city: "Rome" } },
        },
      },
      {
        kind: "builtin",
        name: "code_execution",
        at: "tools[2]",
        builtin: { protocol: "anthropic-messages", type: "code_execution", raw: "{}" },
      },
    ]);
    expect(body.tools).toEqual([
      { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: x" } },
      {
        type: "web_search",
        filters: { allowed_domains: ["a.test"] },
        user_location: { type: "approximate", city: "Rome" },
      },
    ]);
    expect(losses.map(({ path }) => path)).toEqual(["tools[1].max_uses", "tools[2]"]);
    expect(body.include).toContain("web_search_call.action.sources");
  });

  // https://github.com/decolua/9router/issues/1592
  test.each<[NonNullable<GenerationRequest["toolChoice"]>, unknown]>([
    [{ mode: "auto" }, "auto"],
    [{ mode: "required" }, "required"],
    [{ mode: "none" }, "none"],
    [
      { mode: "one", names: ["p"] },
      { type: "custom", name: "p" },
    ],
    [{ mode: "one", names: ["web_search"] }, { type: "web_search" }],
    [
      { mode: "some", names: ["f", "p"], required: true },
      {
        type: "allowed_tools",
        mode: "required",
        tools: [
          { type: "function", name: "f" },
          { type: "custom", name: "p" },
        ],
      },
    ],
  ])("choice %j", (choice, expected) => {
    const search = { protocol: "gemini", type: "googleSearch", raw: "{}", search: {} } as const;
    const { body } = written(
      [
        { kind: "function", name: "f" },
        { kind: "freeform", name: "p" },
        { kind: "builtin", name: "web_search", builtin: search },
      ],
      choice,
    );
    expect(body.tool_choice).toEqual(expected);
  });
});

describe("fields", () => {
  test("a schema, json, and plain text", () => {
    const format = { type: "schema", schema: '{"type":"object","n":1.0}', name: "n" } as const;
    const { text: written, body } = encode(generation({ format }));
    expect(body.text).toEqual({
      format: { type: "json_schema", name: "n", schema: { type: "object", n: 1 }, strict: false },
    });
    expect(written).toContain('"n":1.0');
    expect(encode(generation({ format: { type: "json" } })).body.text).toEqual({
      format: { type: "json_object" },
    });
    expect(encode(generation()).body).not.toHaveProperty("text");
  });

  test("a summary is asked for only where it is shown, and thinking can be off", () => {
    const reasoning = (fields: GenerationRequest["reasoning"], thinking: "effort" | "none" = "effort") =>
      encode(generation({ reasoning: fields }), { thinking }).body.reasoning;
    expect(reasoning({ effort: "low" })).toEqual({ effort: "low" });
    expect(reasoning({ effort: "low", show: "none" })).toEqual({ effort: "low" });
    expect(reasoning({ show: "full" })).toEqual({ summary: "auto" });
    expect(reasoning({ mode: "off", show: "summary" })).toEqual({ effort: "none" });
    expect(reasoning({ effort: "low" }, "none")).toBeUndefined();
    expect(encode(generation(), { thinking: "none" }).body).not.toHaveProperty("include");
  });

  test("what the protocol cannot say is named as the client wrote it", () => {
    const { losses, body } = encode(
      generation({
        origin: "openai-chat",
        sampling: { topK: 3, seed: 1, stop: ["x"], presencePenalty: 1, logitBias: { a: 1 } },
        serviceTier: "standard_only",
        modalities: ["text", "audio"],
        outputTokensMax: 1,
        extensions: { "openai-chat": { prediction: {}, $note: 1 } },
        turns: [
          {
            role: "user",
            at: "messages[0]",
            name: "Ann",
            parts: [text("hi", { at: "messages[0].content[0]", extensions: { "openai-chat": { odd: 1 } } })],
          },
        ],
      }),
    );
    expect(losses.map(({ action, path }) => `${action} ${path}`).sort()).toEqual([
      "changed max_completion_tokens",
      "dropped logit_bias",
      "dropped messages[0].content[0].odd",
      "dropped messages[0].name",
      "dropped modalities",
      "dropped prediction",
      "dropped presence_penalty",
      "dropped seed",
      "dropped service_tier",
      "dropped stop",
      "dropped top_k",
    ]);
    expect(body.max_output_tokens).toBe(16);
    expect(losses.every(({ reason }) => /^[\x20-\x7e]+$/.test(reason) && !/[,;]/.test(reason))).toBe(true);
  });

  test("several choices and another vendor's files are refused", () => {
    const refused = (request: GenerationRequest) => {
      try {
        encode(request);
      } catch (error) {
        return error instanceof GatewayError ? `${error.kind} ${error.param}` : error;
      }
      return "written";
    };
    expect(refused(generation({ sampling: { choices: 2 } }))).toBe("unsupported n");
    const source = { type: "file", fileId: "f", owner: "anthropic-messages" } as const;
    const turns = [turn("user", { kind: "media", media: "image", at: "messages[0].content[0]", source })];
    expect(refused(generation({ turns }))).toBe("unsupported messages[0].content[0]");
  });
});
