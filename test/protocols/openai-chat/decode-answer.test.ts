import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { rawIndex } from "../../../src/base/raw-json.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { openaiChatUpstream } from "../../../src/protocols/openai-chat/upstream/upstream.ts";
import { ANSWER_ID, foreign, orderFault, outline, readAnswer, TRAITS } from "./translating.ts";

const chunk = (delta: object, more: object = {}, index = 0) => ({
  id: "up-1",
  object: "chat.completion.chunk",
  created: 7,
  model: "up-model",
  choices: [{ index, delta, finish_reason: null, ...more }],
});
const finish = (finish_reason: string, more: object = {}) => chunk({}, { finish_reason, ...more });
const calls = (...tool_calls: object[]) => chunk({ tool_calls });
const fragment = (
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  text: string,
) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id, type: "function" }),
  function: { ...(name === undefined ? {} : { name }), arguments: text },
});
const usage = { choices: [], usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 } };
const DONE = "[DONE]";

function read(...events: readonly (object | string)[]) {
  const parts = readAnswer(events);
  expect(orderFault(parts)).toBeUndefined();
  return outline(parts);
}

const END = ["finish stop", "end"];
const TOOL = ["finish tool", "end"];

describe("a stream in order", () => {
  test("text, its end, its usage", () => {
    const parts = readAnswer([
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hel" }),
      chunk({ content: "lo" }),
      finish("stop"),
      usage,
      DONE,
    ]);
    expect(parts.map(({ type }) => type)).toEqual([
      "start",
      "open",
      "text",
      "text",
      "usage",
      "close",
      "finish",
      "end",
    ]);
    expect(parts[0]).toEqual({ type: "start", id: "up-1", model: "up-model", created: 7 });
    expect(parts[4]).toMatchObject({ usage: { input: 12, output: 5 } });
  });

  test("each delta is said in the turn in which it came", () => {
    const decoder = openaiChatUpstream.openDecoder({
      traits: TRAITS,
      request: foreign({}),
      answerId: ANSWER_ID,
    });
    const said = [
      chunk({ content: "a" }),
      chunk({ content: "b" }),
      calls(fragment(0, "c", "f", "")),
      calls(fragment(0, undefined, undefined, "{")),
    ].map((event) => decoder.decode({ name: "", data: JSON.stringify(event) }).map(({ type }) => type));
    expect(said).toEqual([["start", "open", "text"], ["text"], ["close", "open"], ["input"]]);
  });

  test("n choices, each with parts of its own", () => {
    const events = [
      chunk({ content: "a" }),
      chunk({ content: "b" }, {}, 1),
      chunk({ content: "a" }),
      chunk({ content: "b" }, {}, 1),
    ];
    const ends = [finish("stop"), chunk({}, { finish_reason: "length" }, 1), DONE];
    expect(read(...events, ...ends)).toEqual(["text: aa", "text: bb", "finish stop", "finish length", "end"]);
  });

  test("reasoning, text, refusal", () => {
    expect(
      read(chunk({ reasoning_content: "think" }), chunk({ content: "say" }), finish("stop"), DONE),
    ).toEqual(["reasoning: think", "text: say", ...END]);
    expect(read(chunk({ refusal: "no" }), finish("stop"), DONE)).toEqual([
      "text: no",
      "finish refusal",
      "end",
    ]);
  });

  test("reasoning that is given twice counts once", () => {
    const twice = {
      reasoning: "t",
      reasoning_content: "t",
      reasoning_details: [{ type: "reasoning.text", text: "t" }],
    };
    expect(read(chunk(twice), chunk({ content: "x" }), finish("stop"), DONE)[0]).toBe("reasoning: t");
  });

  test("log probabilities belong to the text that they came with", () => {
    const token = {
      token: "a",
      logprob: -1,
      bytes: [97],
      top_logprobs: [{ token: "b", logprob: -2, bytes: null }],
    };
    const parts = readAnswer([
      chunk({ content: "a" }, { logprobs: { content: [token], refusal: null } }),
      finish("stop"),
      DONE,
    ]);
    expect(parts).toContainEqual({
      type: "logprobs",
      index: 0,
      tokens: [{ token: "a", logprob: -1, bytes: [97], top: [{ token: "b", logprob: -2, bytes: null }] }],
    });
  });

  test("annotations count characters, citations UTF-16 units", () => {
    const url_citation = { url: "https://a/", title: "A", start_index: 1, end_index: 3 };
    const parts = readAnswer([
      chunk({ content: "😀bc" }),
      chunk({ annotations: [{ type: "url_citation", url_citation }] }),
      finish("stop"),
      DONE,
    ]);
    expect(parts).toContainEqual({
      type: "cite",
      index: 0,
      citation: { url: "https://a/", title: "A", start: 2, end: 4 },
    });
  });

  test("audio comes in pieces and goes as one part", () => {
    const pieces = [{ id: "audio_1", transcript: "he" }, { data: "AQ==" }, { data: "Ag==", expires_at: 9 }];
    const parts = readAnswer([...pieces.map((audio) => chunk({ audio })), finish("stop"), DONE]);
    expect(parts.find(({ type }) => type === "open")).toMatchObject({
      part: {
        media: "audio",
        source: { bytes: "AQI=" },
        extensions: { "openai-chat": { id: "audio_1", transcript: "he", expires_at: 9 } },
      },
    });
  });

  test("an image that the model made is a part", () => {
    const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];
    const parts = readAnswer([chunk({ images }), finish("stop"), DONE]);
    expect(parts[1]).toMatchObject({
      part: { kind: "media", media: "image", mime: "image/png", source: { bytes: "AAAA" } },
    });
  });
});

describe("tool calls as servers really send them", () => {
  const open = "call f c1: ";

  test("the name with the first of the arguments in one fragment (vllm-project/vllm#34887, agentjido/req_llm#801)", () => {
    const events = [calls(fragment(0, "c1", "f", '{"')), calls(fragment(0, undefined, undefined, 'a":1}'))];
    expect(read(...events, finish("tool_calls"), DONE)).toEqual([`${open}{"a":1}`, ...TOOL]);
  });

  test("the id repeated on each fragment, arguments on the finish chunk (braintrustdata/lingua#318)", () => {
    const events = [calls(fragment(0, "c1", "f", "")), calls(fragment(0, "c1", "f", '{"a"'))];
    const last = chunk(
      { tool_calls: [fragment(0, "c1", undefined, ":1}")] },
      { finish_reason: "tool_calls" },
    );
    expect(read(...events, last, DONE)).toEqual([`${open}{"a":1}`, ...TOOL]);
  });

  test("a new id on every fragment", () => {
    const events = [
      calls(fragment(0, "c1", "f", "{")),
      calls(fragment(0, "c2", undefined, '"a":')),
      calls(fragment(0, "c3", undefined, "1}")),
    ];
    expect(read(...events, finish("tool_calls"), DONE)).toEqual([`${open}{"a":1}`, ...TOOL]);
  });

  test("ids missing or empty are derived from the answer's (UncommonRoute#18)", () => {
    const events = [calls(fragment(0, "", "f", "{}")), calls(fragment(1, undefined, "g", "{}"))];
    expect(read(...events, finish("tool_calls"), DONE)).toEqual([
      "call f call_0123456789abcdef01234500: {}",
      "call g call_0123456789abcdef01234501: {}",
      ...TOOL,
    ]);
  });

  test("one id for two calls", () => {
    const found = read(
      calls(fragment(0, "c1", "f", "{}"), fragment(1, "c1", "g", "{}")),
      finish("tool_calls"),
      DONE,
    );
    expect(found).toEqual(["call f c1: {}", "call g call_0123456789abcdef01234501: {}", ...TOOL]);
  });

  test("index always 0, or missing, with whole calls in one delta", () => {
    for (const index of [0, undefined]) {
      const found = read(
        calls(fragment(index, "c1", "f", "{}"), fragment(index, "c2", "g", "{}")),
        finish("tool_calls"),
        DONE,
      );
      expect(found).toEqual(["call f c1: {}", "call g c2: {}", ...TOOL]);
    }
  });

  test("neither index nor id: a name after whole arguments is the next call", () => {
    const events = [
      calls(fragment(undefined, undefined, "f", '{"a"')),
      calls(fragment(undefined, undefined, undefined, ":1}")),
    ];
    const found = read(
      ...events,
      calls(fragment(undefined, undefined, "f", '{"b":2}')),
      finish("tool_calls"),
      DONE,
    );
    expect(found.slice(0, 2).map((text) => text.replace(/call_\w+/, "ID"))).toEqual([
      'call f ID: {"a":1}',
      'call f ID: {"b":2}',
    ]);
  });

  test("neither index nor id, and no arguments: another name is the next call", () => {
    const [f, g] = ["f", "g"].map((name) => fragment(undefined, undefined, name, ""));
    const found = read(calls(f ?? {}, g ?? {}), finish("tool_calls"), DONE);
    expect(found.slice(0, 2).map((text) => text.replace(/call_\w+/, "ID"))).toEqual([
      "call f ID: ",
      "call g ID: ",
    ]);
  });

  test("the name only after the id (CLIProxyAPI#3748)", () => {
    const events = [
      calls(fragment(0, "c1", "", "")),
      calls(fragment(0, undefined, "f", "")),
      calls(fragment(0, undefined, undefined, "{}")),
    ];
    expect(read(...events, finish("tool_calls"), DONE)).toEqual([`${open}{}`, ...TOOL]);
  });

  test("white space between calls is no text (sgl-project/sglang#24293)", () => {
    const events = [
      calls(fragment(0, "c1", "f", "{}")),
      chunk({ content: "\n" }),
      calls(fragment(1, "c2", "g", "{}")),
    ];
    expect(read(chunk({ content: "\n\n" }), ...events, finish("tool_calls"), DONE)).toEqual([
      "call f c1: {}",
      "call g c2: {}",
      ...TOOL,
    ]);
  });

  test("text between calls is text, with its white space", () => {
    const events = [
      calls(fragment(0, "c1", "f", "{}")),
      chunk({ content: "\n" }),
      chunk({ content: "so" }),
      calls(fragment(1, "c2", "g", "{}")),
    ];
    expect(read(...events, finish("tool_calls"), DONE)).toEqual([
      "call f c1: {}",
      "text: \nso",
      "call g c2: {}",
      ...TOOL,
    ]);
  });

  test("arguments as an object", () => {
    const parts = readAnswer([
      '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":{"a":1.0}}}]}}]}',
      finish("tool_calls"),
    ]);
    expect(outline(parts)[0]).toBe('call f c1: {"a":1.0}');
  });

  test("the older function_call", () => {
    const events = [
      chunk({ function_call: { name: "f", arguments: "" } }),
      chunk({ function_call: { arguments: "{}" } }),
    ];
    expect(read(...events, finish("function_call"), DONE)).toEqual([
      "call f call_0123456789abcdef01234500: {}",
      ...TOOL,
    ]);
  });

  test("custom tools give text", () => {
    const custom = (input: string, more: object = {}) => ({
      index: 0,
      ...more,
      custom: { input, ...("id" in more ? { name: "p" } : {}) },
    });
    const parts = readAnswer([
      calls(custom("", { id: "c1", type: "custom" })),
      calls(custom("*** x")),
      finish("tool_calls"),
      DONE,
    ]);
    expect(parts[1]).toMatchObject({ part: { kind: "call", form: "text", name: "p" } });
    expect(outline(parts)[0]).toBe("call p c1: *** x");
  });

  test("a server that goes back to a call that it left has failed", () => {
    const events = [
      calls(fragment(0, "c1", "f", "{")),
      calls(fragment(1, "c2", "g", "{}")),
      calls(fragment(0, undefined, undefined, "}")),
    ];
    expect(read(...events)).toEqual(["call f c1: {", "call g c2: {}", "fail upstream_error"]);
  });

  test("empty fragments of calls that are over say nothing", () => {
    const events = [
      calls(fragment(0, "c1", "f", "{}")),
      calls(fragment(1, "c2", "g", "{}")),
      calls(fragment(0, "c1", undefined, "")),
    ];
    expect(read(...events, finish("tool_calls"), DONE)).toEqual(["call f c1: {}", "call g c2: {}", ...TOOL]);
  });
});

describe("calls go on", () => {
  const first = [calls(fragment(0, "c1", "f", "{}")), calls(fragment(1, "c2", "g", "{"))];
  const last = [calls(fragment(1, undefined, undefined, "}")), finish("tool_calls"), DONE];

  test("after an empty fragment of one that is over", () => {
    const found = read(...first, calls(fragment(0, "c1", undefined, "")), ...last);
    expect(found).toEqual(["call f c1: {}", "call g c2: {}", ...TOOL]);
  });

  test("after opaque state that came in between, which stands by itself at the end", () => {
    const detail = chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "enc", id: "rs_1" }] });
    const parts = readAnswer([...first, detail, ...last], { traits: { vendor: "openai" } });
    expect(orderFault(parts)).toBeUndefined();
    expect(outline(parts)).toEqual(["call f c1: {}", "call g c2: {}", "reasoning: ", ...TOOL]);
    expect(parts).toContainEqual(expect.objectContaining({ type: "sign", index: 2 }));
  });
});

describe("chunks as servers really send them", () => {
  test("a whole message in one chunk", () => {
    const message = {
      role: "assistant",
      reasoning_content: "t",
      content: "x",
      tool_calls: [fragment(0, "c1", "f", "{}")],
    };
    const one = {
      id: "1",
      model: "m",
      choices: [{ index: 0, message, finish_reason: "tool_calls" }],
      usage: usage.usage,
    };
    expect(read(one, DONE)).toEqual(["reasoning: t", "text: x", "call f c1: {}", ...TOOL]);
  });

  test("null content, empty choices first, a null delta (BerriAI/litellm#30761, #31091)", () => {
    const azure = { id: "", model: "", choices: [], prompt_filter_results: [] };
    const events = [
      azure,
      chunk({ role: "assistant", content: null }),
      { ...usage, usage: null },
      chunk({ content: "x" }),
      { choices: [{ index: 0, delta: null }] },
    ];
    expect(read(...events, finish("stop"), DONE)).toEqual(["text: x", ...END]);
  });

  test("the answer begins with the first chunk that has a choice, and its name", () => {
    const azure = { id: "", model: "", choices: [], prompt_filter_results: [] };
    const [start] = readAnswer([azure, chunk({ content: "x" }), finish("stop"), DONE]);
    expect(start).toEqual({ type: "start", id: "up-1", model: "up-model", created: 7 });
  });

  test("an early chunk without choices ends nothing", () => {
    const parts = readAnswer([chunk({ content: "x" }), usage, chunk({ content: "y" }), finish("stop"), DONE]);
    expect(outline(parts)).toEqual(["text: xy", ...END]);
  });

  test("a finish reason on every chunk: the last counts (QuantumNous/new-api#378)", () => {
    const events = [
      chunk({ content: "a" }, { finish_reason: "stop" }),
      chunk({ content: "b" }, { finish_reason: "length" }),
    ];
    expect(read(...events, DONE)).toEqual(["text: ab", "finish length", "end"]);
  });

  test("an empty finish reason is none", () => {
    expect(read(chunk({ content: "a" }, { finish_reason: "" }))).toEqual(["text: a", "fail upstream_error"]);
  });

  test("no [DONE], and usage after the finish", () => {
    const parts = readAnswer([chunk({ content: "a" }), finish("stop"), usage]);
    expect(outline(parts)).toEqual(["text: a", ...END]);
    expect(parts.some(({ type }) => type === "usage")).toBe(true);
  });

  test("the end of the stream in mid-text is a failure, never a stop (CLIProxyAPI#3055)", () => {
    expect(read(chunk({ content: "a" }))).toEqual(["text: a", "fail upstream_error"]);
    expect(read()).toEqual(["fail upstream_error"]);
    expect(read(DONE)).toEqual(["fail upstream_error"]);
  });

  test("an error inside a chunk, beside choices or not (BerriAI/litellm#39703)", () => {
    const error = { error: { message: "quota", type: "insufficient_quota", code: "insufficient_quota" } };
    expect(read(chunk({ content: "a" }), { ...chunk({}), ...error }, DONE)).toEqual([
      "text: a",
      "fail upstream_error",
    ]);
    expect(read({ error: { code: 429, message: "slow down" } }, DONE)).toEqual(["fail rate_limit"]);
    expect(
      read({ object: "error", message: "This model's maximum context length is 4096", code: 400 }),
    ).toEqual(["fail context_length"]);
    expect(read(chunk({}, { finish_reason: "error" }))).toEqual(["fail upstream_error"]);
  });

  test("an event that is no JSON is a failure, comments and blank ones are not", () => {
    expect(read("", chunk({ content: "a" }), finish("stop"), DONE)).toEqual(["text: a", ...END]);
    expect(read(chunk({ content: "a" }), "{broken")).toEqual(["text: a", "fail upstream_error"]);
  });

  test("DeepSeek's usage, and Kimi's inside the choice", () => {
    const deepseek = {
      prompt_tokens: 10,
      completion_tokens: 3,
      prompt_cache_hit_tokens: 4,
      prompt_cache_miss_tokens: 6,
    };
    const parts = readAnswer([chunk({ content: "a" }), finish("stop", { usage: deepseek }), DONE]);
    expect(parts).toContainEqual(
      expect.objectContaining({
        type: "usage",
        usage: expect.objectContaining({ input: 6, cacheRead: 4, output: 3 }),
      }),
    );
  });

  test("the stop sequence that vLLM or SGLang name", () => {
    const parts = readAnswer([chunk({ content: "a" }), finish("stop", { stop_reason: "###" }), DONE]);
    expect(parts).toContainEqual({
      type: "finish",
      choice: 0,
      reason: { unified: "stop_sequence", raw: "stop", matched: "###" },
    });
  });

  test("Mistral's thinking chunks, Google's thoughts", () => {
    const mistral = chunk({
      content: [
        { type: "thinking", thinking: [{ type: "text", text: "t" }] },
        { type: "text", text: "x" },
      ],
    });
    expect(read(mistral, finish("stop"), DONE)).toEqual(["reasoning: t", "text: x", ...END]);
    const google = chunk({ content: "<thought>t", extra_content: { google: { thought: true } } });
    expect(read(google, chunk({ content: "</thought>x" }), finish("stop"), DONE)).toEqual([
      "reasoning: t",
      "text: x",
      ...END,
    ]);
  });

  test("an answer of white space alone is its text", () => {
    expect(read(chunk({ content: "\n" }), finish("stop"), DONE)).toEqual(["text: \n", ...END]);
  });
});

describe("opaque state", () => {
  const signs = (parts: readonly StreamPart[]) => parts.filter((part) => part.type === "sign");

  test("reasoning without a signature is signed by our word alone", () => {
    const parts = readAnswer([
      chunk({ reasoning_content: "t" }),
      chunk({ content: "x" }),
      finish("stop"),
      DONE,
    ]);
    expect(signs(parts)).toEqual([
      { type: "sign", index: 0, signature: { value: "", by: "gateway", model: "up-model" } },
    ]);
  });

  test("OpenRouter's details carry the vendor's", () => {
    const details = [
      { type: "reasoning.text", text: "", signature: "sig", format: "anthropic-claude-v1", index: 0 },
    ];
    const events = [
      chunk({ reasoning: "t" }),
      chunk({ reasoning_details: details }),
      chunk({ content: "x" }),
      finish("stop"),
      DONE,
    ];
    expect(signs(readAnswer(events, { traits: { vendor: "anthropic" } }))).toEqual([
      { type: "sign", index: 0, signature: { value: "sig", by: "anthropic", model: "up-model" } },
    ]);
  });

  test("OpenAI's encrypted reasoning keeps its item and its account", () => {
    const details = [
      { type: "reasoning.encrypted", data: "enc", id: "rs_1", format: "openai-responses-v1", index: 0 },
    ];
    const parts = readAnswer(
      [chunk({ reasoning_details: details }), chunk({ content: "x" }), finish("stop"), DONE],
      { traits: { vendor: "openai" } },
    );
    expect(signs(parts)[0]).toMatchObject({
      signature: { value: "enc", by: "openai", itemId: "rs_1", scope: "account" },
    });
  });

  test("Google's signature of a call, in both places, before and after the call", () => {
    const extra_content = { google: { thought_signature: "gs" } };
    const signed = calls({ ...fragment(0, "c1", "f", "{}"), extra_content });
    const detail = [{ type: "reasoning.encrypted", data: "gs", id: "c1", format: "google-gemini-v1" }];
    const traits = { vendor: "google" };
    for (const events of [
      [signed],
      [chunk({ reasoning_details: detail }), calls(fragment(0, "c1", "f", "{}"))],
    ]) {
      const parts = readAnswer([...events, finish("tool_calls"), DONE], { traits });
      expect(orderFault(parts)).toBeUndefined();
      expect(signs(parts)[0]).toMatchObject({ index: 0, signature: { value: "gs", by: "google" } });
    }
    const late = readAnswer(
      [
        calls(fragment(0, "c1", "f", "{}")),
        chunk({ content: "x" }),
        chunk({ reasoning_details: detail }),
        finish("tool_calls"),
      ],
      { traits },
    );
    expect(orderFault(late)).toBeUndefined();
    expect(signs(late)[0]).toMatchObject({ index: 2, signature: { value: "gs", callId: "c1" } });
  });
});

describe("a whole answer", () => {
  const whole = (answer: object) => {
    const text = JSON.stringify(answer);
    const parsed = JSON.parse(text);
    const parts = openaiChatUpstream.decodeWhole(parsed, rawIndex(text, parsed), {
      traits: TRAITS,
      request: foreign({}),
      answerId: ANSWER_ID,
    });
    expect(orderFault(parts)).toBeUndefined();
    return outline(parts);
  };

  test("is the stream that it would have been", () => {
    const message = {
      role: "assistant",
      content: "x",
      tool_calls: [fragment(undefined, "c1", "f", "{}"), fragment(undefined, "c2", "g", "{}")],
    };
    expect(
      whole({ id: "1", model: "m", choices: [{ index: 0, message, finish_reason: "tool_calls" }] }),
    ).toEqual(["text: x", "call f c1: {}", "call g c2: {}", ...TOOL]);
  });

  test("of several choices", () => {
    const choices = ["a", "b"].map((content, index) => ({
      index,
      message: { content },
      finish_reason: "stop",
    }));
    expect(whole({ choices })).toEqual(["text: a", "text: b", "finish stop", "finish stop", "end"]);
  });

  test("that is an error, or nothing, has failed", () => {
    expect(whole({ error: { message: "x", code: 500 } })).toEqual(["fail upstream_error"]);
    expect(whole({ choices: [] })).toEqual(["fail upstream_error"]);
  });
});

const value = fc.jsonValue({ maxDepth: 2 });
const delta = fc.dictionary(
  fc.constantFrom(
    "content",
    "role",
    "tool_calls",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "refusal",
    "audio",
    "images",
    "annotations",
    "function_call",
    "extra_content",
  ),
  value,
);
const odd = fc.oneof(
  value.map((found) => JSON.stringify(found)),
  fc.string(),
  fc
    .record(
      {
        choices: fc.array(
          fc.oneof(
            value,
            fc.record(
              {
                index: value,
                delta: fc.oneof(value, delta),
                finish_reason: value,
                logprobs: value,
                usage: value,
              },
              { requiredKeys: [] },
            ),
          ),
          { maxLength: 3 },
        ),
        usage: value,
      },
      { requiredKeys: [] },
    )
    .map((found) => JSON.stringify(found)),
);

test("nonsense of an upstream never throws, and the parts are always in order", () => {
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 6 }), (events) => {
      expect(orderFault(readAnswer(events))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("fragments of calls, cut anywhere, add up to the arguments", () => {
  const args = '{"path":"a\\"b","n":[1,2.0]}';
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: args.length - 1 })),
      fc.boolean(),
      (cuts, repeatsId) => {
        const at = [0, ...cuts.sort((a, b) => a - b), args.length];
        const pieces = at.slice(1).map((end, index) => args.slice(at[index], end));
        const events = pieces.map((piece, index) =>
          calls(
            fragment(0, index === 0 || repeatsId ? "c1" : undefined, index === 0 ? "f" : undefined, piece),
          ),
        );
        expect(read(...events, finish("tool_calls"), DONE)).toEqual([`call f c1: ${args}`, ...TOOL]);
      },
    ),
  );
});
