import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../../src/core/errors.ts";
import { decode, encode } from "./harness.ts";

/** A body as Gemini CLI 0.61 sends it (CLIENTS.md 3), in the middle of a conversation with tools. */
const GEMINI_CLI = {
  contents: [
    { parts: [{ text: "This is the Gemini CLI." }], role: "user" },
    { parts: [{ text: "list the folder" }], role: "user" },
    {
      parts: [
        {
          functionCall: { id: "list_directory_1_0", name: "list_directory", args: { path: "/tmp", n: 1.5 } },
          thoughtSignature: "c2ln",
        },
        { functionCall: { id: "list_directory_1_1", name: "list_directory", args: {} } },
      ],
      role: "model",
    },
    {
      parts: [
        {
          functionResponse: {
            id: "list_directory_1_0",
            name: "list_directory",
            response: { output: "a\nb" },
          },
        },
        {
          functionResponse: {
            id: "list_directory_1_1",
            name: "list_directory",
            response: { error: "no such folder" },
          },
        },
      ],
      role: "user",
    },
  ],
  systemInstruction: { parts: [{ text: "You are an agent." }], role: "user" },
  tools: [
    {
      functionDeclarations: [
        {
          name: "list_directory",
          description: "Lists.",
          parametersJsonSchema: {
            $schema: "http://json-schema.org/draft-07/schema#",
            type: "object",
            properties: { path: { type: "string" }, n: { type: ["number", "null"] } },
            required: ["path"],
            additionalProperties: false,
          },
        },
      ],
    },
  ],
  generationConfig: {
    temperature: 1,
    topP: 0.95,
    topK: 64,
    thinkingConfig: { includeThoughts: true, thinkingLevel: "HIGH" },
  },
};

const CORPUS: Record<string, object> = {
  "Gemini CLI": GEMINI_CLI,
  "the smallest": { contents: [{ parts: [{ text: "hi" }] }] },
  "snake case throughout": {
    contents: [{ role: "user", parts: [{ inline_data: { mime_type: "image/png", data: "AA==" } }] }],
    system_instruction: { parts: { text: "be" } },
    generation_config: {
      max_output_tokens: 5,
      stop_sequences: ["a"],
      thinking_config: { thinking_budget: -1 },
    },
    safety_settings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
    tool_config: { function_calling_config: { mode: "any", allowed_function_names: ["f", "g"] } },
    tools: [
      { function_declarations: [{ name: "f", parameters: { type: "OBJECT" } }] },
      { google_search: {} },
    ],
  },
  "a schema in snake case among camel case (google-genai for Python)": {
    contents: [{ role: "user", parts: [{ text: "x" }] }],
    tools: [{ functionDeclarations: [{ name: "f", parameters_json_schema: { a_b: { type: "string" } } }] }],
  },
  "the unusual": {
    contents: [
      { role: "function", parts: [{ functionResponse: { name: "f", response: { result: [1] } } }] },
      { role: "model", parts: { text: "one part" } },
      { parts: [] },
      { role: "user" },
      {
        role: "model",
        parts: [{}, { text: "" }, { thoughtSignature: "c2ln" }, { text: "", thoughtSignature: "YQ==" }],
      },
    ],
    systemInstruction: "words",
    generationConfig: {},
    tools: [],
    toolConfig: {},
    labels: { team: "x" },
    store: false,
    serviceTier: "flex",
    model: "models/gemini-3.8-flash",
  },
  "calls and results with and without everything": {
    contents: [
      {
        role: "model",
        parts: [
          { functionCall: { name: "f" } },
          { functionCall: { id: "", name: "f", args: {} } },
          { functionCall: { name: "g", args: { a: null }, willContinue: false } },
          { text: "t", thought: true, thoughtSignature: "c2ln" },
          { text: "t", thought: false },
        ],
      },
      {
        parts: [
          { functionResponse: { name: "f", response: { output: { a: 1 } }, scheduling: "SILENT" } },
          { functionResponse: { name: "f", response: { error: 3 } } },
          { functionResponse: { id: "x", name: "g", response: {} } },
          { functionResponse: { name: "g" } },
          {
            functionResponse: {
              name: "g",
              response: { output: "" },
              parts: [
                { inlineData: { mimeType: "image/png", data: "AA==", displayName: "a.png" } },
                { fileData: { fileUri: "https://x.example/a.pdf", mimeType: "application/pdf" } },
                { newKind: { a: 1 } },
              ],
            },
          },
          { functionResponse: { name: "g", response: { output: "", error: "" }, parts: [] } },
        ],
      },
    ],
  },
  "media of all kinds": {
    contents: [
      {
        parts: [
          { inlineData: { data: "AA==" } },
          {
            inlineData: { mimeType: "audio/wav", data: "AA==" },
            mediaResolution: { level: "MEDIA_RESOLUTION_LOW" },
          },
          { fileData: { fileUri: "https://www.youtube.com/watch?v=x" }, videoMetadata: { fps: 1 } },
          { fileData: { fileUri: "https://generativelanguage.googleapis.com/v1beta/files/x" } },
          { executableCode: { language: "PYTHON", code: "1.0" }, thoughtSignature: "c2ln" },
          { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } },
          { inlineData: { mimeType: "image/png", data: "AA==" }, thought: true },
          { text: "x", partMetadata: { a: [1] } },
        ],
      },
    ],
  },
  "formats and thinking": {
    contents: [],
    generationConfig: {
      responseMimeType: "application/json",
      responseSchema: { type: "OBJECT", properties: { type: { type: "STRING", nullable: true } } },
      thinkingConfig: { thinkingBudget: 0, newField: 1 },
      responseModalities: ["IMAGE", "TEXT"],
      candidateCount: 2,
      responseLogprobs: true,
      logprobs: 3,
      seed: 7,
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      mediaResolution: "MEDIA_RESOLUTION_LOW",
      speechConfig: { languageCode: "de-DE" },
      responseFormat: [{ type: "text" }],
    },
    toolConfig: {
      functionCallingConfig: { mode: "VALIDATED" },
      retrievalConfig: { languageCode: "de" },
      includeServerSideToolInvocations: true,
    },
    tools: [{ functionDeclarations: [] }, { codeExecution: {} }, { urlContext: {}, googleSearch: {} }],
  },
};

describe("decode and encode are the identity", () => {
  test.each(Object.entries(CORPUS))("%s", (_, body) => {
    const { body: encoded, losses } = encode(decode(body));
    expect(encoded).toEqual(body as Record<string, unknown>);
    expect(losses).toEqual([]);
  });

  test("numbers of schemas, arguments and responses stay as they were written", () => {
    const body =
      '{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1.0,"b":12345678901234567890}}}]},' +
      '{"parts":[{"functionResponse":{"name":"f","response":{"x":1e3}}}]}],' +
      '"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"minimum":1.0}}]}],' +
      '"safetySettings":[{"threshold":2.0}]}';
    const { text } = encode(decode(body));
    for (const written of [
      '{"a":1.0,"b":12345678901234567890}',
      '{"x":1e3}',
      '{"minimum":1.0}',
      '{"threshold":2.0}',
    ]) {
      expect(text).toContain(written);
    }
  });
});

const text = fc.string({ maxLength: 8 });
const json = fc.jsonValue({ maxDepth: 2 });
const jsonObject = fc.dictionary(fc.constantFrom("a", "b_c", "output", "error", "type"), json, {
  maxKeys: 3,
});
const signature = fc.constantFrom("c2ln", "YQ==", "skip_thought_signature_validator");
const optional = { requiredKeys: [] };

const part = fc.oneof(
  fc.record({ text, thought: fc.boolean(), thoughtSignature: signature, newField: json }, optional),
  fc.record({
    functionCall: fc.record(
      { id: text, name: fc.constantFrom("f", "g"), args: jsonObject },
      { requiredKeys: ["name"] },
    ),
  }),
  fc.record({
    functionCall: fc.record(
      { name: fc.constantFrom("f", "g"), args: jsonObject, willContinue: fc.boolean() },
      { requiredKeys: ["name"] },
    ),
    thoughtSignature: signature,
  }),
  fc.record({
    functionResponse: fc.record(
      { id: text, name: fc.constantFrom("f", "g"), response: jsonObject },
      optional,
    ),
  }),
  fc.record(
    {
      inlineData: fc.record({
        mimeType: fc.constantFrom("image/png", "application/pdf"),
        data: fc.constant("AA=="),
      }),
      videoMetadata: jsonObject,
    },
    { requiredKeys: ["inlineData"] },
  ),
  fc.record({ executableCode: jsonObject }),
);

const content = fc.record(
  { role: fc.constantFrom("user", "model"), parts: fc.array(part, { maxLength: 4 }), extra: json },
  optional,
);

const thinkingConfig = fc.record(
  {
    includeThoughts: fc.boolean(),
    thinkingBudget: fc.constantFrom(-1, 0, 1024),
    thinkingLevel: fc.constantFrom("LOW", "high", "NEW"),
  },
  optional,
);

const generationConfig = fc.record(
  {
    temperature: fc.double({ noNaN: true, min: 0, max: 2 }),
    topK: fc.nat(),
    maxOutputTokens: fc.integer({ min: 1, max: 9999 }),
    stopSequences: fc.array(text, { maxLength: 2 }),
    thinkingConfig,
    responseMimeType: fc.constantFrom("application/json", "text/plain", "text/x.enum"),
    responseJsonSchema: jsonObject,
    responseModalities: fc.array(fc.constantFrom("TEXT", "IMAGE", "AUDIO"), { maxLength: 2 }),
    imageConfig: jsonObject,
  },
  optional,
);

const body = fc.record(
  {
    contents: fc.array(content, { maxLength: 4 }),
    systemInstruction: fc.record({ parts: fc.array(fc.record({ text }), { maxLength: 2 }) }),
    tools: fc.array(
      fc.record(
        {
          functionDeclarations: fc.array(
            fc.record(
              { name: fc.constantFrom("f", "g"), description: text, parameters: jsonObject, behavior: text },
              { requiredKeys: ["name"] },
            ),
            { maxLength: 2 },
          ),
          googleSearch: fc.constant({}),
        },
        optional,
      ),
      { maxLength: 2 },
    ),
    toolConfig: fc.record(
      {
        functionCallingConfig: fc.record(
          {
            mode: fc.constantFrom("AUTO", "ANY", "NONE", "VALIDATED"),
            allowedFunctionNames: fc.array(text, { maxLength: 2 }),
          },
          optional,
        ),
        retrievalConfig: jsonObject,
      },
      optional,
    ),
    generationConfig,
    safetySettings: fc.array(jsonObject, { maxLength: 2 }),
    newField: json,
  },
  { requiredKeys: ["contents"] },
);

/** Google's own fields of `value`, some of them by their other spelling. */
function respell(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => respell(item, names));
  if (typeof value !== "object" || value === null) return value;
  const free = new Set([
    "args",
    "response",
    "parameters",
    "responseJsonSchema",
    "newField",
    "extra",
    "imageConfig",
    "retrievalConfig",
    "videoMetadata",
    "executableCode",
    "safetySettings",
  ]);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      names.has(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
      free.has(key) ? member : respell(member, names),
    ]),
  );
}

const SPELLABLE = [
  "functionCall",
  "inlineData",
  "mimeType",
  "systemInstruction",
  "generationConfig",
  "maxOutputTokens",
  "thinkingConfig",
  "thinkingLevel",
  "functionDeclarations",
  "toolConfig",
  "safetySettings",
  "thoughtSignature",
  "functionResponse",
  "allowedFunctionNames",
  "executableCode",
];

test("decode and encode are the identity for any body, in any spelling", () => {
  fc.assert(
    fc.property(body, fc.subarray(SPELLABLE), (plain, names) => {
      const written = respell(JSON.parse(JSON.stringify(plain)), new Set(names)) as object;
      expect(encode(decode(written)).body).toEqual(written as Record<string, unknown>);
    }),
    { numRuns: 200 },
  );
});

const NAMES = [
  ...SPELLABLE,
  ...[
    "contents",
    "parts",
    "role",
    "text",
    "name",
    "args",
    "id",
    "response",
    "data",
    "tools",
    "parameters",
    "properties",
  ],
  ...[
    "type",
    "items",
    "anyOf",
    "responseSchema",
    "responseJsonSchema",
    "stopSequences",
    "thinkingBudget",
    "mode",
    "labels",
  ],
];
const { nonsense } = fc.letrec((tie) => ({
  nonsense: fc.oneof(
    { maxDepth: 7 },
    fc.constantFrom(null, true, 0, 1.5, "", "model", "OBJECT"),
    fc.array(tie("nonsense"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("nonsense"), { maxKeys: 5 }),
  ),
}));

test("a body of nonsense is refused in our words, or read", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...NAMES), nonsense),
      fc.array(nonsense),
      (fields, contents) => {
        try {
          encode(decode({ ...fields, contents }));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      },
    ),
    { numRuns: 500 },
  );
});
