import { describe, expect, test } from "bun:test";
import type { GenerateContentParameters } from "@google/genai";
import type { GenerationRequest, Part, Reasoning, Turn } from "../../../src/core/generation/request.ts";
import type { Tool, ToolChoice } from "../../../src/core/generation/tool.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { encode, foreign } from "./harness.ts";

const user = (...parts: Part[]): Turn => ({ role: "user", parts, at: "messages[1]" });
const assistant = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const text = (words: string): Part => ({ kind: "text", text: words });
const call = (callId: string, input = "{}"): Part => ({
  kind: "call",
  callId,
  name: "f",
  form: "json",
  input,
  at: "at",
});
const result = (callId: string, ...content: Part[]): Part => ({ kind: "result", callId, content });
const PNG: Part = {
  kind: "media",
  media: "image",
  mime: "image/png",
  source: { type: "base64", bytes: "AA==" },
};

function contents(turns: Turn[], traits: Partial<TargetTraits> = {}) {
  return encode(foreign({ turns }), traits).body.contents as object[];
}

describe("turns", () => {
  test("leading system and developer turns are one systemInstruction with a part each", () => {
    const { body } = encode(
      foreign({
        turns: [
          { role: "system", parts: [text("a")] },
          { role: "developer", parts: [text("b")] },
          user(text("x")),
        ],
      }),
    );
    expect(body.systemInstruction).toEqual({ parts: [{ text: "a" }, { text: "b" }] });
    expect(body.contents).toEqual([
      { role: "user", parts: [{ text: "x" }] },
    ] satisfies GenerateContentParameters["contents"]);
  });

  test("two parallel calls and their results: one content with exactly two functionResponses", () => {
    // https://github.com/mlflow/mlflow/issues/25788 https://github.com/maximhq/bifrost/issues/1387
    const turns = [
      user(text("x")),
      assistant(call("1"), call("2")),
      user(result("1", text("a")), result("2", text("b"))),
    ];
    expect(contents(turns).slice(1)).toEqual([
      {
        role: "model",
        parts: [
          { functionCall: { id: "1", name: "f", args: {} } },
          { functionCall: { id: "2", name: "f", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "1", name: "f", response: { output: "a" } } },
          { functionResponse: { id: "2", name: "f", response: { output: "b" } } },
        ],
      },
    ]);
  });

  test("a failed result says error", () => {
    const failed: Part = { kind: "result", callId: "1", failed: true, content: [text("no")] };
    expect(contents([assistant(call("1")), user(failed)])[1]).toMatchObject({
      parts: [{ functionResponse: { name: "f", response: { error: "no" } } }],
    });
  });

  test("media of a result: inside it for Gemini 3, beside it for older models", () => {
    const turns = [assistant(call("1")), user(result("1", text("see"), PNG))];
    const inlineData = { mimeType: "image/png", data: "AA==" };
    expect(contents(turns)[1]).toMatchObject({ parts: [{ functionResponse: { parts: [{ inlineData }] } }] });
    const [response, beside] = (contents(turns, { thinking: "budget" })[1] as { parts: object[] }).parts;
    expect(response).toEqual({ functionResponse: { id: "1", name: "f", response: { output: "see" } } });
    expect(beside).toEqual({ inlineData });
  });

  test("a turn of which nothing is left is none", () => {
    expect(contents([user(text("x")), assistant(text("")), user(text("y"))])).toHaveLength(2);
  });
});

describe("parts", () => {
  test.each<[string, object, string[]]>([
    ["", {}, []],
    [' {"a": 1.0} ', { a: 1 }, []],
    ["[1]", { value: [1] }, []],
    ["3", { value: 3 }, []],
    ['{"a":', { _raw: '{"a":' }, ["changed at"]],
  ])("arguments %j are an object", (input, args, lost) => {
    const { body, losses } = encode(foreign({ turns: [assistant(call("1", input))] }));
    expect(body.contents).toMatchObject([{ parts: [{ functionCall: { args } }] }]);
    expect(losses).toEqual(lost);
  });

  test("only Google's signatures are sent, the sentinel of the fit among them", () => {
    // https://github.com/router-for-me/CLIProxyAPI/issues/994
    const signed = (by: string, value: string): Part => ({
      ...(call("1") as Part & { kind: "call" }),
      signature: { by, value },
    });
    const sent = (part: Part) =>
      (contents([assistant(part)])[0] as { parts: { thoughtSignature?: string }[] }).parts[0]
        ?.thoughtSignature;
    expect(sent(signed("google", "c2ln"))).toBe("c2ln");
    expect(sent(signed("google", "skip_thought_signature_validator"))).toBe(
      "skip_thought_signature_validator",
    );
    expect(sent(signed("anthropic", "c2ln"))).toBeUndefined();
  });

  test("a call's signature that travelled on the thinking before it goes back to the call", () => {
    const thinking: Part = {
      kind: "reasoning",
      text: "",
      signature: { value: "c2ln", by: "google", callId: "2" },
    };
    expect(contents([assistant(thinking, call("1"), call("2"))])).toEqual([
      {
        role: "model",
        parts: [
          { functionCall: { id: "1", name: "f", args: {} } },
          { functionCall: { id: "2", name: "f", args: {} }, thoughtSignature: "c2ln" },
        ],
      },
    ]);
  });

  test("signed thinking is a thought part", () => {
    const thinking: Part = { kind: "reasoning", text: "t", signature: { value: "c2ln", by: "google" } };
    expect(contents([assistant(thinking)])).toEqual([
      { role: "model", parts: [{ text: "t", thought: true, thoughtSignature: "c2ln" }] },
    ]);
  });

  test("documents of text and public addresses", () => {
    const doc: Part = { kind: "media", media: "document", source: { type: "text", text: "ä" } };
    const link: Part = {
      kind: "media",
      media: "document",
      mime: "application/pdf",
      source: { type: "url", url: "https://x.example/a.pdf" },
    };
    expect(contents([user(doc, link)])).toEqual([
      {
        role: "user",
        parts: [
          { inlineData: { mimeType: "text/plain", data: "w6Q=" } },
          { fileData: { mimeType: "application/pdf", fileUri: "https://x.example/a.pdf" } },
        ],
      },
    ]);
  });

  test("a file of another vendor is refused by name", () => {
    const file: Part = {
      kind: "media",
      media: "image",
      source: { type: "file", fileId: "file_1", owner: "anthropic-messages" },
      at: "messages[0].content[0]",
    };
    expect(() => encode(foreign({ turns: [user(file)] }))).toThrow(/messages\[0\]\.content\[0\]/);
  });
});

const F: Tool = {
  kind: "function",
  name: "f",
  description: "d",
  schema: '{"type":"object","properties":{"a":{"const":"x"}}}',
  at: "tools[0]",
};

describe("tools", () => {
  test("functions in one entry, Google's search in its own", () => {
    const search: Tool = {
      kind: "builtin",
      name: "web_search",
      at: "tools[1]",
      builtin: {
        protocol: "anthropic-messages",
        type: "web_search_20250305",
        raw: "{}",
        search: { usesMax: 3 },
      },
    };
    const { body, losses } = encode(foreign({ tools: [F, search] }));
    expect(body.tools).toEqual([
      {
        functionDeclarations: [
          {
            name: "f",
            description: "d",
            parametersJsonSchema: { type: "object", properties: { a: { enum: ["x"] } } },
          },
        ],
      },
      { googleSearch: {} },
    ]);
    expect(losses).toEqual(["dropped tools[1].max_uses"]);
  });

  test("models before JSON Schema get the proto's fields", () => {
    const { body } = encode(
      foreign({ tools: [F, { kind: "function", name: "g", schema: '{"type":"object","properties":{}}' }] }),
      { jsonSchema: false },
    );
    expect(body.tools).toEqual([
      {
        functionDeclarations: [
          {
            name: "f",
            description: "d",
            parameters: { type: "OBJECT", properties: { a: { type: "STRING", enum: ["x"] } } },
          },
          { name: "g" },
        ],
      },
    ]);
  });

  test.each<[ToolChoice, object]>([
    [{ mode: "auto" }, { mode: "AUTO" }],
    [{ mode: "none" }, { mode: "NONE" }],
    [{ mode: "required" }, { mode: "ANY" }],
    [
      { mode: "one", names: ["f"] },
      { mode: "ANY", allowedFunctionNames: ["f"] },
    ],
    [
      { mode: "some", names: ["f"], required: true },
      { mode: "ANY", allowedFunctionNames: ["f"] },
    ],
    [
      { mode: "some", names: ["f"] },
      { mode: "VALIDATED", allowedFunctionNames: ["f"] },
    ],
  ])("choice %j", (toolChoice, functionCallingConfig) => {
    expect(encode(foreign({ tools: [F], toolChoice })).body.toolConfig).toEqual({ functionCallingConfig });
  });

  test("without functions there is nothing to choose", () => {
    expect(encode(foreign({ toolChoice: { mode: "auto" } })).body.toolConfig).toBeUndefined();
  });

  test("a strict function makes the calls validated", () => {
    const { body, losses } = encode(foreign({ tools: [{ ...F, strict: true }] }));
    expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: "VALIDATED" } });
    expect(losses).toEqual(["emulated tools[0].strict"]);
  });
});

function generation(fields: Partial<GenerationRequest>, traits: Partial<TargetTraits> = {}) {
  return encode(foreign(fields), traits).body.generationConfig;
}

describe("generationConfig", () => {
  test.each<[TargetTraits["thinking"], Reasoning, object | undefined]>([
    ["budget", { mode: "off" }, { thinkingBudget: 0 }],
    ["budget", { mode: "auto" }, { thinkingBudget: -1, includeThoughts: true }],
    ["budget", { mode: "on", budgetTokens: 2048, show: "none" }, { thinkingBudget: 2048 }],
    ["budget", {}, undefined],
    [
      "level",
      { mode: "on", effort: "xhigh", show: "full" },
      { thinkingLevel: "HIGH", includeThoughts: true },
    ],
    ["level", { effort: "minimal" }, { thinkingLevel: "MINIMAL", includeThoughts: true }],
    ["level", { mode: "off" }, { thinkingLevel: "MINIMAL" }],
    ["level", { show: "none" }, undefined],
    ["none", { mode: "on", effort: "high" }, undefined],
  ])("a model told by %s, %j", (thinking, reasoning, thinkingConfig) => {
    expect(generation({ reasoning }, { thinking })).toEqual(thinkingConfig ? { thinkingConfig } : undefined);
  });

  test("a schema goes with its MIME type, and keywords that do nothing are told", () => {
    // https://github.com/Helicone/helicone/issues/5639
    const { body, losses } = encode(
      foreign({ format: { type: "schema", name: "x", schema: '{"type":"string","pattern":"a"}' } }),
    );
    expect(body.generationConfig).toEqual({
      responseMimeType: "application/json",
      responseJsonSchema: { type: "string", pattern: "a" },
    });
    expect(losses).toEqual(["dropped response_format.pattern"]);
  });

  test("sampling", () => {
    const sampling = {
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: 1,
      stop: ["a"],
      presencePenalty: 1,
      frequencyPenalty: 2,
      choices: 2,
      logprobs: true,
      topLogprobs: 3,
    };
    expect(generation({ sampling, outputTokensMax: 9 })).toEqual({
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: 1,
      stopSequences: ["a"],
      presencePenalty: 1,
      frequencyPenalty: 2,
      candidateCount: 2,
      responseLogprobs: true,
      logprobs: 3,
      maxOutputTokens: 9,
    });
  });

  test.each<[string[], string[]]>([
    [["image"], ["TEXT", "IMAGE"]],
    [["audio"], ["AUDIO"]],
  ])("modalities %j", (modalities, responseModalities) => {
    expect(generation({ modalities })).toEqual({ responseModalities });
  });

  test("one detail for all images is the resolution, several are lost", () => {
    const image = (detail: string): Part => ({ ...(PNG as Part & { kind: "media" }), detail, at: detail });
    expect(generation({ turns: [user(image("low"))] })).toEqual({ mediaResolution: "MEDIA_RESOLUTION_LOW" });
    expect(encode(foreign({ turns: [user(image("low"), image("high"))] })).losses).toEqual([
      "dropped low.detail",
      "dropped high.detail",
    ]);
  });
});

describe("what Gemini cannot say is told", () => {
  test("fields of the request", () => {
    const { body, losses } = encode(
      foreign({
        user: "u",
        verbosity: "low",
        parallelCalls: false,
        metadata: { a: "b" },
        serviceTier: "scale",
        sampling: { logitBias: { 1: 2 } },
        extensions: { "openai-chat": { prediction: {}, $note: 1 }, gemini: { safetySettings: [] } },
      }),
    );
    expect(Object.keys(body).sort()).toEqual(["contents", "safetySettings"]);
    expect([...losses].sort()).toEqual(
      [
        "logit_bias",
        "metadata",
        "parallel_tool_calls",
        "prediction",
        "service_tier",
        "user",
        "verbosity",
      ].map((path) => `dropped ${path}`),
    );
  });

  test("fields of turns and parts", () => {
    const named: Turn = {
      ...user({
        kind: "text",
        text: "x",
        at: "t",
        citations: [{ url: "u" }],
        extensions: { "openai-chat": { x: 1 } },
      }),
      name: "n",
    };
    const titled: Part = { ...(PNG as Part & { kind: "media" }), at: "m", title: "t", citable: true };
    const search: Part = { kind: "search", searchId: "s", queries: [], sources: [], at: "s" };
    expect(encode(foreign({ turns: [named, user(titled), assistant(search)] })).losses).toEqual([
      "dropped messages[1].name",
      "dropped t.x",
      "dropped t.citations",
      "dropped m.title",
      "dropped m.citations",
      "dropped s",
    ]);
  });

  test("fields that metering reads are not set behind its back", () => {
    const gemini = {
      "generationConfig.max_output_tokens": 9,
      "generationConfig.imageConfig": { aspectRatio: "1:1" },
      contents: [],
    };
    const { body } = encode(foreign({ extensions: { gemini } }));
    expect(body.generationConfig).toEqual({ imageConfig: { aspectRatio: "1:1" } });
    expect(body.contents).toHaveLength(1);
  });

  test("cached content is refused whoever names it", () => {
    expect(() => encode(foreign({ caching: { content: "cachedContents/x" } }))).toThrow(/not served here/);
    expect(() => encode(foreign({ extensions: { gemini: { cached_content: "x" } } }))).toThrow(
      /not served here/,
    );
  });
});
