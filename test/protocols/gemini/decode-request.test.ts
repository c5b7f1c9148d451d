import { describe, expect, test } from "bun:test";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { CallPart, ResultPart } from "../../../src/core/generation/request.ts";
import { decode, seal } from "./harness.ts";

const parts = (list: object[], role = "model") =>
  decode({ contents: [{ role, parts: list }] }).turns[0]?.parts;
const config = (generationConfig: object) => decode({ contents: [], generationConfig });

describe("turns", () => {
  test("a content without a role is the user's, a model's is the assistant's", () => {
    const { turns } = decode({
      contents: [{ parts: [{ text: "a" }] }, { role: "model", parts: [{ text: "b" }] }],
    });
    expect(turns.map(({ role, at }) => [role, at])).toEqual([
      ["user", "contents[0]"],
      ["assistant", "contents[1]"],
    ]);
  });

  test.each<[string, object | string]>([
    ["a content", { parts: [{ text: "be" }, { text: "brief" }], role: "user" }],
    ["one part for a list", { parts: { text: "be" } }],
    ["a string", "be"],
  ])("systemInstruction as %s is a system turn at the front", (_, systemInstruction) => {
    const [system, user] = decode({ systemInstruction, contents: [{ parts: [{ text: "x" }] }] }).turns;
    expect(system?.role).toBe("system");
    expect(system?.parts[0]).toMatchObject({ kind: "text", text: "be" });
    expect(user?.role).toBe("user");
  });

  test("the path gives model and streaming", () => {
    const request = decode({ contents: [] }, { operation: "generate", model: "m", stream: true });
    expect([request.model, request.stream, request.wantsUsage]).toEqual(["m", true, true]);
  });

  test("counting tokens decodes contents and wrapped requests alike", () => {
    const path = { operation: "count-tokens", model: "m" } as const;
    const plain = { contents: [{ role: "user", parts: [{ text: "x" }] }] };
    const wrapped = {
      generate_content_request: {
        model: "models/m",
        ...plain,
        system_instruction: { parts: [{ text: "s" }] },
      },
    };
    expect(decode(plain, path).turns).toHaveLength(1);
    expect(decode(wrapped, path).turns.map(({ role }) => role)).toEqual(["system", "user"]);
  });

  test.each<[string, object, string]>([
    ["no contents", {}, "contents"],
    ["contents that are no list", { contents: {} }, "contents"],
    ["a content that is no object", { contents: ["x"] }, "contents[0]"],
    ["an unknown role", { contents: [{ role: "system", parts: [] }] }, "contents[0].role"],
    ["a part that is no object", { contents: [{ parts: ["x"] }] }, "contents[0].parts[0]"],
    ["a text that is no string", { contents: [{ parts: [{ text: 1 }] }] }, "contents[0].parts[0].text"],
    [
      "a call without a name",
      { contents: [{ parts: [{ functionCall: {} }] }] },
      "contents[0].parts[0].functionCall.name",
    ],
    [
      "arguments that are a list",
      { contents: [{ parts: [{ functionCall: { name: "f", args: [] } }] }] },
      "contents[0].parts[0].functionCall.args",
    ],
    [
      "bytes that are missing",
      { contents: [{ parts: [{ inlineData: {} }] }] },
      "contents[0].parts[0].inlineData.data",
    ],
    [
      "a mode that nobody knows",
      { contents: [], toolConfig: { functionCallingConfig: { mode: "SOME" } } },
      "toolConfig.functionCallingConfig.mode",
    ],
    [
      "a temperature in words",
      { contents: [], generationConfig: { temperature: "hot" } },
      "generationConfig.temperature",
    ],
    [
      "a function without a name",
      { contents: [], tools: [{ functionDeclarations: [{}] }] },
      "tools[0].functionDeclarations[0].name",
    ],
    ["cached content", { contents: [], cached_content: "cachedContents/x" }, "cachedContent"],
  ])("%s is a 400 that names the field", (_, body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ param }));
  });
});

describe("parts", () => {
  test("thoughts are reasoning; a signed text without thought is ordinary text", () => {
    // https://github.com/aaif-goose/goose/pull/7204
    expect(
      parts([
        { text: "t", thought: true },
        { text: "x", thoughtSignature: "c2ln" },
      ]),
    ).toMatchObject([
      { kind: "reasoning", text: "t" },
      { kind: "text", text: "x", signature: { value: "c2ln", by: "google" } },
    ]);
  });

  test("an empty text at the end keeps its signature", () => {
    // https://github.com/vercel/ai/issues/12402
    expect(parts([{ text: "x" }, { text: "", thoughtSignature: "c2ln" }])).toMatchObject([
      { text: "x" },
      { kind: "text", text: "", signature: { value: "c2ln" } },
    ]);
  });

  test("arguments are kept as written", () => {
    const body = '{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a": 1.0}}}]}]}';
    expect(decode(body).turns[0]?.parts[0]).toMatchObject({ kind: "call", name: "f", input: '{"a": 1.0}' });
  });

  test.each<[object, string, string]>([
    [{ inlineData: { mimeType: "image/png", data: "AA==" } }, "image", "base64"],
    [{ inlineData: { mimeType: "application/pdf", data: "AA==" } }, "document", "base64"],
    [{ inlineData: { mimeType: "text/plain", data: "AA==" } }, "document", "base64"],
    [{ inline_data: { mime_type: "audio/wav", data: "AA==" } }, "audio", "base64"],
    [{ fileData: { fileUri: "https://youtu.be/x" } }, "video", "url"],
    [{ fileData: { fileUri: "https://x.example/a.PNG?b" } }, "image", "url"],
    [{ fileData: { fileUri: "gs://bucket/x", mimeType: "video/mp4" } }, "video", "file"],
  ])("%j is %s", (part, media, type) => {
    expect(parts([part], "user")).toMatchObject([{ kind: "media", media, source: { type } }]);
  });

  test("what only Gemini has is opaque", () => {
    expect(parts([{ executableCode: { code: "1" } }])).toMatchObject([
      { kind: "opaque", protocol: "gemini", type: "executableCode", raw: '{"executableCode":{"code":"1"}}' },
    ]);
  });
});

describe("ids of calls", () => {
  const calls = (list: object[]) => (parts(list) as CallPart[]).map(({ callId }) => callId);
  const pair = (call: object[], result: object[]) => {
    const { turns } = decode({
      contents: [
        { role: "model", parts: call },
        { role: "user", parts: result },
      ],
    });
    const ids = ((turns[0]?.parts ?? []) as CallPart[]).map(({ callId }) => callId);
    return ((turns[1]?.parts ?? []) as ResultPart[]).map(({ callId }) => ids.indexOf(callId));
  };

  test("missing ids are minted, the same for the same place", () => {
    const list = [{ functionCall: { name: "f" } }, { functionCall: { name: "f" } }];
    expect(calls(list)).toEqual(calls(list));
    expect(new Set(calls(list)).size).toBe(2);
    for (const id of calls(list)) expect(id).toMatch(/^call_[0-9a-f]{24}$/);
  });

  const call = (name: string, id?: string) => ({ functionCall: { name, ...(id ? { id } : {}) } });
  const result = (name: string, id?: string) => ({
    functionResponse: { name, response: {}, ...(id ? { id } : {}) },
  });

  test.each<[string, object[], object[], number[]]>([
    ["by id", [call("f", "1"), call("f", "2")], [result("f", "2"), result("f", "1")], [1, 0]],
    [
      "by name and order",
      [call("f"), call("g"), call("f")],
      [result("f"), result("f"), result("g")],
      [0, 2, 1],
    ],
    ["by name where the call alone has an id", [call("f", "1")], [result("f")], [0]],
    ["not at all where no call is open", [call("f")], [result("g"), result("f"), result("f")], [-1, 0, -1]],
  ])("results find their calls %s", (_, callParts, resultParts, found) => {
    expect(pair(callParts, resultParts)).toEqual(found);
  });
});

describe("results", () => {
  const content = (functionResponse: object) => parts([{ functionResponse }], "user")?.[0] as ResultPart;

  test.each<[object, string, boolean]>([
    [{ output: "text" }, "text", false],
    [{ output: { a: 1 } }, '{"a":1}', false],
    [{ error: "broken" }, "broken", true],
    [{ result: 1, more: 2 }, '{"result":1,"more":2}', false],
  ])("%j", (response, text, failed) => {
    const result = content({ name: "f", response });
    expect(result.content).toMatchObject([{ kind: "text", text }]);
    expect(result.failed ?? false).toBe(failed);
  });

  test("media of a result are parts of it", () => {
    const result = content({
      name: "f",
      response: { output: "see" },
      parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }],
    });
    expect(result.content).toMatchObject([{ text: "see" }, { kind: "media", media: "image" }]);
  });
});

describe("signatures of other vendors come back in envelopes", () => {
  const thinking: Signature = { value: "anthropic-sig", by: "anthropic", text: "I think" };
  const carrier = (list: Signature[]) => Buffer.from(seal(list)).toString("base64");

  test("thinking that the client dropped is made anew before the call", () => {
    const list = parts([
      { functionCall: { id: "c", name: "f", args: {} }, thoughtSignature: carrier([thinking]) },
    ]);
    expect(list?.[0]).toEqual({
      kind: "reasoning",
      text: "I think",
      signature: { value: "anthropic-sig", by: "anthropic" },
    });
    expect(list?.[1]).toMatchObject({ kind: "call", callId: "c" });
    expect(list?.[1]?.signature).toBeUndefined();
  });

  test("thinking that the client kept in pieces is one again", () => {
    const list = parts([
      { text: "I ", thought: true },
      { text: "think", thought: true },
      { text: "Hello", thoughtSignature: carrier([thinking]) },
    ]);
    expect(list?.map(({ kind }) => kind)).toEqual(["reasoning", "text"]);
    expect(list?.[0]).toMatchObject({ text: "I think", signature: { by: "anthropic" } });
  });

  test("a call's own signature goes to the call", () => {
    const own: Signature = { value: "s", by: "openai", callId: "c" };
    const list = parts([
      { functionCall: { id: "c", name: "f" }, thoughtSignature: carrier([thinking, own]) },
    ]);
    expect(list).toMatchObject([{ kind: "reasoning" }, { kind: "call", signature: { value: "s" } }]);
  });
});

describe("tools and choices", () => {
  test("parametersJsonSchema stays as written, proto parameters become JSON Schema", () => {
    const { tools } = decode({
      contents: [],
      tools: [
        {
          functionDeclarations: [
            { name: "f", parametersJsonSchema: { type: "object" } },
            {
              name: "g",
              description: "d",
              parameters: { type: "OBJECT", properties: { a: { type: "STRING", nullable: true } } },
            },
          ],
        },
        { googleSearch: {}, codeExecution: {} },
      ],
    });
    expect(tools).toMatchObject([
      { kind: "function", name: "f", schema: '{"type":"object"}' },
      {
        kind: "function",
        name: "g",
        description: "d",
        schema: '{"type":"object","properties":{"a":{"type":["string","null"]}}}',
      },
      { kind: "builtin", builtin: { type: "googleSearch", search: {} } },
      { kind: "builtin", builtin: { type: "codeExecution" } },
    ]);
    expect(tools[3]?.builtin?.search).toBeUndefined();
  });

  test.each<[object, object]>([
    [{ mode: "AUTO" }, { mode: "auto" }],
    [{ mode: "NONE" }, { mode: "none" }],
    [{ mode: "ANY" }, { mode: "required" }],
    [
      { mode: "any", allowedFunctionNames: ["f"] },
      { mode: "one", names: ["f"] },
    ],
    [
      { mode: "ANY", allowedFunctionNames: ["f", "g"] },
      { mode: "some", names: ["f", "g"], required: true },
    ],
    [
      { mode: "VALIDATED", allowedFunctionNames: ["f"] },
      { mode: "some", names: ["f"], required: false },
    ],
    [{ mode: "VALIDATED" }, { mode: "auto", extensions: { gemini: { mode: "VALIDATED" } } }],
  ])("%j", (functionCallingConfig, choice) => {
    expect(decode({ contents: [], toolConfig: { functionCallingConfig } }).toolChoice).toMatchObject(choice);
  });
});

describe("generationConfig", () => {
  test.each<[object | undefined, object]>([
    [undefined, { show: "none" }],
    [{ includeThoughts: true }, { show: "summary" }],
    [{ thinkingBudget: 0 }, { mode: "off", show: "none" }],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { mode: "auto", show: "summary" },
    ],
    [
      { thinkingBudget: 8192, includeThoughts: true },
      { mode: "on", budgetTokens: 8192, show: "summary" },
    ],
    [{ thinkingLevel: "HIGH" }, { mode: "on", effort: "high", show: "none" }],
    [{ thinkingLevel: "minimal" }, { mode: "on", effort: "minimal", show: "none" }],
  ])("thinkingConfig %j", (thinkingConfig, reasoning) => {
    expect(config(thinkingConfig ? { thinkingConfig } : {}).reasoning).toEqual(reasoning as never);
  });

  test.each<[object, object]>([
    [{}, { type: "text" }],
    [{ responseMimeType: "text/plain" }, { type: "text" }],
    [{ responseMimeType: "application/json" }, { type: "json" }],
    [
      { responseMimeType: "application/json", responseJsonSchema: { type: "object" } },
      { type: "schema", schema: '{"type":"object"}' },
    ],
    [
      { responseMimeType: "application/json", _responseJsonSchema: { type: "array" } },
      { type: "schema", schema: '{"type":"array"}' },
    ],
    [
      {
        responseMimeType: "application/json",
        responseSchema: { type: "ARRAY", items: { type: "STRING" }, minItems: "2" },
      },
      { type: "schema", schema: '{"type":"array","items":{"type":"string"},"minItems":2}' },
    ],
  ])("format %j", (fields, format) => {
    expect(config(fields).format).toEqual(format as never);
  });

  test("sampling, limits and modalities", () => {
    const request = config({
      temperature: 0,
      topK: 3,
      candidateCount: 2,
      stopSequences: ["x"],
      maxOutputTokens: 9,
      responseModalities: ["TEXT", "IMAGE"],
      responseLogprobs: true,
      logprobs: 2,
    });
    expect(request.sampling).toEqual({
      temperature: 0,
      topK: 3,
      choices: 2,
      stop: ["x"],
      logprobs: true,
      topLogprobs: 2,
    });
    expect([request.outputTokensMax, request.modalities]).toEqual([9, ["image"]]);
  });

  test("safety settings are Gemini's own", () => {
    const { extensions } = decode({ contents: [], safetySettings: [{ category: "x" }] });
    expect(Object.keys(extensions.gemini ?? {})).toEqual(["safetySettings"]);
    const { extensions: inner } = config({ speechConfig: {} });
    expect(Object.keys(inner.gemini ?? {}).filter((key) => !key.startsWith("$"))).toEqual([
      "generationConfig.speechConfig",
    ]);
  });
});
