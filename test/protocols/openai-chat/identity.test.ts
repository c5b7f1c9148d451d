import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { OpenAI } from "openai";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { Part } from "../../../src/core/generation/request.ts";
import { decode, encode, seal } from "./translating.ts";

type Params = OpenAI.ChatCompletionCreateParams;

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "hi" }];

/** What clients send; each must come out as it went in, when the bytes could not pass untouched. */
const CORPUS: readonly (readonly [string, object])[] = [
  ["the least", { model: "m", messages } satisfies Params],
  [
    "nulls",
    { model: "m", messages, temperature: null, stop: null, n: null, user: null, tools: null, x: null },
  ],
  ["no messages", { model: "m", messages: [] }],
  [
    "everything that the types know",
    {
      model: "m",
      messages,
      audio: { format: "wav", voice: "alloy" },
      frequency_penalty: 0.5,
      logit_bias: { "50256": -100 },
      logprobs: true,
      max_completion_tokens: 100,
      metadata: { a: "b" },
      modalities: ["text", "audio"],
      n: 2,
      parallel_tool_calls: true,
      prediction: { type: "content", content: "x" },
      presence_penalty: -0.5,
      prompt_cache_key: "k",
      prompt_cache_retention: "24h",
      prompt_cache_options: { mode: "explicit", ttl: "30m" },
      reasoning_effort: "minimal",
      response_format: { type: "json_schema", json_schema: { name: "n", schema: { a: 1 }, strict: true } },
      safety_identifier: "s",
      seed: 7,
      service_tier: "flex",
      stop: ["a", "b"],
      store: false,
      stream: false,
      temperature: 1,
      tool_choice: "auto",
      tools: [{ type: "function", function: { name: "f" } }],
      top_logprobs: 3,
      top_p: 0.9,
      user: "u",
      verbosity: "low",
      web_search_options: {
        search_context_size: "low",
        user_location: { type: "approximate", approximate: { city: "X" } },
      },
    } satisfies Params,
  ],
  ["both limits", { model: "m", messages, max_tokens: 5, max_completion_tokens: 9 }],
  ["a stop as a string", { model: "m", messages, stop: "x" }],
  ["an empty stop list", { model: "m", messages, stop: [] }],
  ["formats", { model: "m", messages, response_format: { type: "text" } }],
  ["a server's own format", { model: "m", messages, response_format: { type: "grammar", grammar: "x" } }],
  [
    "a schema format without a schema",
    { model: "m", messages, response_format: { type: "json_schema", json_schema: { name: "n" } } },
  ],
  [
    "vendors' fields",
    {
      model: "m",
      messages,
      thinking: { type: "enabled", budget_tokens: 2048, clear: true },
      reasoning: { effort: "high", exclude: true, more: 1 },
      chat_template_kwargs: { enable_thinking: false, other: [1] },
      extra_body: { google: { thinking_config: { thinking_budget: 5, include_thoughts: true }, y: 1 }, z: 2 },
      google: { thinking_config: { thinking_level: "low" } },
      top_k: 40,
      min_p: 0.1,
      enable_thinking: true,
      thinking_budget: 99,
      thinking_token_budget: 98,
      include_reasoning: true,
      cache_control: { type: "ephemeral", ttl: "1h" },
      provider: { order: ["a"] },
      plugins: [],
      reasoning_effort: "default",
    },
  ],
  [
    "tools of all kinds",
    {
      model: "m",
      messages,
      tools: [
        {
          type: "function",
          function: { name: "f", description: "d", parameters: { type: "object" }, strict: false },
        },
        { type: "function", function: { name: "g", parameters: {}, strict: null, extra: 1 }, eager: true },
        { type: "function", function: { name: "h" }, cache_control: { type: "ephemeral" } },
        { type: "function", function: { name: "i", cache_control: { type: "ephemeral", ttl: "5m" } } },
        { type: "custom", custom: { name: "c" } },
        { type: "custom", custom: { name: "c", format: { type: "text" } } },
        {
          type: "custom",
          custom: { name: "c", format: { type: "grammar", grammar: { syntax: "lark", definition: "x" } } },
        },
        { type: "builtin_function", function: { name: "$web_search" } },
        { type: "web_search", filters: { allowed_domains: ["a"] } },
        { function: { name: "untyped" } },
      ],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
      },
    },
  ],
  ["a forced tool", { model: "m", messages, tool_choice: { type: "function", function: { name: "f" } } }],
  [
    "a forced custom tool",
    { model: "m", messages, tools: [], tool_choice: { type: "custom", custom: { name: "f" } } },
  ],
  [
    "the older functions",
    {
      model: "m",
      messages: [
        { role: "user", content: "x" },
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "1" },
        { role: "function", name: "f", content: null },
      ],
      functions: [{ name: "f", description: "d", parameters: { type: "object" } }, { name: "g" }],
      function_call: { name: "f" },
    } satisfies Params,
  ],
  [
    "roles and contents",
    {
      model: "m",
      messages: [
        { role: "system", content: "s", name: "n" },
        {
          role: "developer",
          content: [{ type: "text", text: "d", prompt_cache_breakpoint: { mode: "explicit" } }],
        },
        { role: "user", content: "" },
        { role: "user", content: [] },
        { role: "user", content: ["bare", { type: "input_text", text: "x" }] },
        { role: "user" },
        { role: "user", content: null, name: null },
        { role: "assistant", content: "a", refusal: null, annotations: [], audio: null, tool_calls: [] },
        {
          role: "assistant",
          content: [
            { type: "text", text: "a" },
            { type: "refusal", refusal: "no" },
          ],
        },
        { role: "assistant", refusal: "no" },
        { role: "assistant", content: "x", prefix: true, weight: 0 },
        { role: "assistant", audio: { id: "audio_1" } },
        { role: "assistant", content: [{ type: "thinking", thinking: [{ type: "text", text: "t" }] }] },
      ],
    },
  ],
  [
    "media",
    {
      model: "m",
      messages: [
        {
          role: "user",
          content: [
            {
              type: "image_url",
              image_url: { url: "data:image/png;base64,AAAA", detail: "low", format: "image/png" },
            },
            { type: "image_url", image_url: "https://example.com/a.png" },
            {
              type: "image_url",
              image_url: { url: "data:image/png;charset=x;base64,AAAA" },
              cache_control: { type: "ephemeral" },
            },
            { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" } },
            { type: "file", file: { file_data: "AAAA" } },
            { type: "file", file: { file_id: "file-1" } },
            { type: "video_url", video_url: { url: "https://example.com/a.mp4" } },
            { type: "audio_url", audio_url: { url: "https://example.com/a.wav" } },
            { type: "unheard_of", x: { y: 1 } },
          ],
        },
      ],
    },
  ],
  [
    "calls and results",
    {
      model: "m",
      messages: [
        {
          role: "assistant",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: '{"a": 1.0}' } },
            { id: "c2", type: "function", index: 1, function: { name: "f", arguments: "" } },
            { id: "c3", type: "custom", custom: { name: "g", input: "text" } },
            { id: "c4", type: "function", function: { name: "f" } },
            { id: "c5", function: { name: "f", arguments: { a: 1 } } },
            {
              id: "c6",
              type: "function",
              function: { name: "f", arguments: "not json" },
              extra_content: { google: { thought_signature: "AAA", x: 1 }, y: 2 },
            },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "r", name: "f" },
        { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "r" }], is_error: true },
        { role: "tool", tool_call_id: "c3", content: "" },
      ],
    },
  ],
  [
    "reasoning sent back",
    {
      model: "m",
      messages: [
        { role: "assistant", content: "a", reasoning_content: "t" },
        { role: "assistant", content: "a", reasoning: "t", reasoning_content: "t" },
        { role: "assistant", content: "a", reasoning_content: "" },
        { role: "assistant", content: "a", reasoning_content: null, reasoning_details: [] },
        {
          role: "assistant",
          content: "a",
          reasoning: "t",
          reasoning_details: [
            { type: "reasoning.text", text: "t", signature: "sig", format: "anthropic-claude-v1", index: 0 },
            { type: "reasoning.encrypted", data: "d", id: "rs_1", format: "openai-responses-v1", index: 1 },
          ],
        },
        { role: "assistant", content: "a", extra_content: { google: { thought_signature: "AAA" } } },
      ],
    },
  ],
];

describe("a body that chat carries to chat", () => {
  for (const [vendor, reasoningField] of [
    ["openai", "reasoning_content"],
    ["google", "reasoning_content"],
    ["anthropic", "reasoning"],
    ["vllm-1", "reasoning_content"],
  ] as const) {
    test.each([...CORPUS])(`comes out as it went in, to ${vendor}: %s`, (_, body) => {
      const { body: written, losses } = encode(decode(body), { model: "m", vendor, reasoningField });
      expect(written).toEqual(body as Record<string, unknown>);
      expect(losses).toEqual([]);
    });
  }

  test("numbers inside schemas, arguments and formats stay as they were written", () => {
    const schema = '{"type":"object","x":1.0,"big":12345678901234567890,"\\u0061":1e3}';
    const text = `{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":${JSON.stringify(schema)}}}]}],"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":${schema}}}}`;
    const written = encode(decode(text), { model: "m" }).text;
    expect(written.split(schema)).toHaveLength(3);
    expect(written).toContain(JSON.stringify(schema));
  });

  test("names of members mean nothing to us, not even those of our notes", () => {
    const odd = '"__proto__":{"a":1},"$groups":{"b":2},"$content":"none","$x":3,"constructor":4';
    const text = `{"model":"m","messages":[{"role":"user","content":"x",${odd}}],${odd}}`;
    // By their text: a comparison of objects looks past `__proto__`.
    const sorted = (json: string) =>
      JSON.stringify(JSON.parse(json), (_, value) =>
        typeof value === "object" && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
          : value,
      );
    expect(sorted(encode(decode(text), { model: "m" }).text)).toBe(sorted(text));
  });

  test("usage is asked for in streams, as on the byte path", () => {
    const stream_options = { include_obfuscation: false };
    const { body } = encode(decode({ model: "m", messages, stream: true, stream_options }));
    expect(body.stream_options).toEqual({ include_obfuscation: false, include_usage: true });
  });

  test("a system text beside the messages becomes the first of them, as on the byte path", () => {
    const { body } = encode(decode({ model: "m", messages, system: "be brief" }));
    expect(body.messages).toEqual([{ role: "system", content: "be brief" }, ...messages]);
    expect(body.system).toBeUndefined();
  });

  test("a limit that the balance lowered is written lowered", () => {
    const request = decode({ model: "m", messages, max_completion_tokens: 100, temperature: 1 });
    const { body } = encode({ ...request, outputTokensMax: 10 }, { completionTokensField: true });
    expect(body).toMatchObject({ max_completion_tokens: 10, temperature: 1 });
  });
});

describe("what a gateway's answer left in the history", () => {
  const own = (...signatures: Signature[]) => seal(signatures);
  const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
  const google = { thought_signature: own({ value: "g", by: "google", callId: "c1" }) };
  const history = {
    model: "m",
    messages: [
      {
        role: "assistant",
        content: "x",
        reasoning_content: "t",
        reasoning_details: [
          { type: "reasoning.text", text: "t", index: 0 },
          { type: "reasoning.encrypted", data: own({ value: "s", by: "anthropic" }), id: null, index: 1 },
          { type: "reasoning.encrypted", data: google.thought_signature, id: "c1", index: 2 },
        ],
        tool_calls: [{ ...call, extra_content: { google: { ...google, other: 1 } } }],
      },
      {
        role: "assistant",
        content: "y",
        extra_content: { google: { thought_signature: own({ value: "h", by: "google" }) } },
      },
    ],
  };

  test("is taken out where the upstream cannot read it, and nothing else is", () => {
    const request = decode(history);
    const bare = request.turns.map((turn) => ({
      ...turn,
      parts: turn.parts.map(({ signature: _, ...part }) => part as Part),
    }));
    const { text, body } = encode({ ...request, turns: bare }, { model: "m" });
    expect(text).not.toContain("qn1.");
    expect(body.messages).toEqual([
      {
        role: "assistant",
        content: "x",
        reasoning_content: "t",
        tool_calls: [{ ...call, extra_content: { google: { other: 1 } } }],
      },
      { role: "assistant", content: "y" },
    ]);
  });

  test("goes to its vendor in the vendor's own place", () => {
    const { text, body } = encode(decode(history), { model: "m", vendor: "google" });
    expect(text).not.toContain("qn1.");
    expect(body.messages).toMatchObject([
      { tool_calls: [{ extra_content: { google: { thought_signature: "g", other: 1 } } }] },
      { extra_content: { google: { thought_signature: "h" } } },
    ]);
  });

  test("takes the text with it where the target may not see the thought", () => {
    const request = decode(history);
    const turns = request.turns.map((turn) => ({
      ...turn,
      parts: turn.parts.filter(({ kind }) => kind !== "reasoning"),
    }));
    expect(encode({ ...request, turns }, { model: "m" }).text).not.toContain("reasoning");
  });
});

const word = fc.constantFrom("", "a", "ü\n", "x y");
const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes("__proto__"));
const extras = fc.dictionary(fc.constantFrom("alpha", "beta", "gamma"), json, { maxKeys: 2 });

function optional(members: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record(members, { requiredKeys: [] });
}

function merged(...records: readonly fc.Arbitrary<unknown>[]) {
  return fc.tuple(...records).map((list) => Object.assign({}, ...list) as object);
}

const textPart = merged(
  extras,
  fc.record({ type: fc.constant("text"), text: word }),
  optional({ cache_control: fc.constantFrom({ type: "ephemeral" }, { type: "ephemeral", ttl: "1h" }) }),
);
const imagePart = merged(
  extras,
  fc.record({
    type: fc.constant("image_url"),
    image_url: merged(
      extras,
      fc.record({ url: fc.constantFrom("data:image/png;base64,AA==", "https://a/b") }),
    ),
  }),
);
const content = fc.oneof(word, fc.constant(null), fc.array(fc.oneof(textPart, imagePart), { maxLength: 3 }));
const call = merged(
  extras,
  fc.record({
    id: fc.constantFrom("c1", "c2"),
    type: fc.constant("function"),
    function: merged(extras, fc.record({ name: fc.constant("f"), arguments: word })),
  }),
);
const message = fc.oneof(
  merged(
    extras,
    fc.record({ role: fc.constantFrom("system", "developer", "user") }),
    optional({ content, name: word }),
  ),
  merged(
    extras,
    fc.record({ role: fc.constant("assistant") }),
    optional({
      content: fc.oneof(word, fc.constant(null), fc.array(textPart, { maxLength: 2 })),
      refusal: fc.oneof(word, fc.constant(null)),
      tool_calls: fc.array(call, { maxLength: 2 }),
      reasoning_content: fc.oneof(word, fc.constant(null)),
      reasoning: word,
    }),
  ),
  merged(
    extras,
    fc.record({ role: fc.constant("tool"), tool_call_id: fc.constantFrom("c1", "c2") }),
    optional({ content }),
  ),
);
const body = merged(
  extras,
  fc.record({ model: fc.constant("m"), messages: fc.array(message, { maxLength: 4 }) }),
  optional({
    temperature: fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
      fc.constant(null),
    ),
    stop: fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.constant(null)),
    max_tokens: fc.integer({ min: 1, max: 99 }),
    max_completion_tokens: fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constant(null)),
    reasoning_effort: fc.constantFrom("none", "low", "xhigh", "odd", null),
    thinking: fc.constantFrom({ type: "enabled" }, { type: "disabled" }, {}, { type: "odd", x: 1 }),
    logprobs: fc.constantFrom(true, false, null),
    tool_choice: fc.constantFrom("auto", "none", "required", null, {
      type: "function",
      function: { name: "f" },
    }),
    tools: fc.array(
      merged(
        extras,
        fc.record({ type: fc.constant("function") }),
        fc.record({
          function: merged(
            extras,
            fc.record({ name: fc.constant("f") }),
            optional({
              parameters: fc.constantFrom({}, { type: "object" }),
              strict: fc.constantFrom(true, false, null),
            }),
          ),
        }),
      ),
      { maxLength: 2 },
    ),
    metadata: extras,
    stream: fc.constantFrom(false, null),
    user: word,
  }),
);

test("whatever the members, reading and writing a chat body changes nothing", () => {
  fc.assert(
    fc.property(body, (written) => {
      const plain = JSON.parse(JSON.stringify(written)) as Record<string, unknown>;
      expect(encode(decode(plain), { model: "m" }).body).toEqual(plain);
    }),
    { numRuns: 400 },
  );
});
