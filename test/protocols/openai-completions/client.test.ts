import { describe, expect, test } from "bun:test";
import { OpenAI } from "openai";
import { rawIndex } from "../../../src/base/raw-json.ts";
import { GatewayError } from "../../../src/core/errors.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { openPromptsEncoder } from "../../../src/protocols/openai-completions/client/answer.ts";
import { openaiCompletionsClient } from "../../../src/protocols/openai-completions/client/client.ts";
import { decodePrompts } from "../../../src/protocols/openai-completions/client/request.ts";
import type { AnswerContext, WireEvent } from "../../../src/protocols/translation.ts";
import { encode } from "../openai-chat/translating.ts";

const decodeOne = (body: JsonObject) =>
  openaiCompletionsClient.decodeRequest(body, {
    raw: rawIndex("", body),
    path: { operation: "generate" },
    unseal: () => undefined,
  });

function context(body: JsonObject): AnswerContext {
  const [request = decodeOne(body)] = decodePrompts(body);
  return { answerId: "ab", model: "asked", created: 7, request, seal: () => "" };
}

function answer(words: string, choice = 0, index = 0): StreamPart[] {
  return [
    { type: "open", index, choice, part: { kind: "text" } },
    { type: "text", index, text: words },
    { type: "close", index },
    { type: "finish", choice, reason: { unified: "stop", raw: "stop" } },
  ];
}

const START: StreamPart = { type: "start", id: "up", model: "up" };
const USAGE: StreamPart = { type: "usage", usage: { ...NO_USAGE, input: 3, output: 2 } };
const END: StreamPart = { type: "end" };

/** The events, which the grammar has passed. */
function judged(events: readonly WireEvent[], body: JsonObject): readonly WireEvent[] {
  const grammar = openaiCompletionsClient.openGrammar(context(body).request);
  expect(
    events.map((event) => grammar.check(event)).find((wrong) => wrong !== undefined) ?? grammar.end(),
  ).toBeUndefined();
  return events;
}

function write(body: JsonObject, parts: readonly StreamPart[]): readonly WireEvent[] {
  const encoder = openaiCompletionsClient.openEncoder(context(body));
  return judged(
    parts.flatMap((part) => [...encoder.encode(part)]),
    body,
  );
}

const BODY = { model: "m", prompt: "once", stream: true, stream_options: { include_usage: true } };

describe("requests", () => {
  test("a prompt is what a user says; a limit that is not given is OpenAI's", () => {
    const body = { model: "m", prompt: "once", temperature: 0.5, stop: "\n", n: 2, user: "u" };
    expect(encode(decodeOne(body)).body).toEqual({
      model: "up-model",
      messages: [{ role: "user", content: "once" }],
      max_tokens: 16,
      temperature: 0.5,
      stop: ["\n"],
      n: 2,
      user: "u",
    });
  });

  test("a list of prompts is a request for each", () => {
    const requests = decodePrompts({ model: "m", prompt: ["a", "b"], max_tokens: 9 });
    expect(requests.map(({ turns }) => turns)).toEqual([
      [{ role: "user", parts: [{ kind: "text", text: "a", at: "prompt[0]" }], at: "prompt[0]" }],
      [{ role: "user", parts: [{ kind: "text", text: "b", at: "prompt[1]" }], at: "prompt[1]" }],
    ]);
    expect(requests.map(({ outputTokensMax }) => outputTokensMax)).toEqual([9, 9]);
  });

  test("log probabilities are a number of likely tokens", () => {
    expect(decodeOne({ model: "m", prompt: "x", logprobs: 3 }).sampling).toEqual({
      logprobs: true,
      topLogprobs: 3,
    });
  });

  test.each<[string, JsonObject]>([
    ["echo", { echo: true }],
    ["suffix", { suffix: "end" }],
    ["best_of", { best_of: 2 }],
    ["max_tokens", { max_tokens: 0 }],
    ["prompt", { prompt: [1, 2, 3] }],
    ["prompt[1]", { prompt: ["a", [1, 2]] }],
    ["prompt", { prompt: ["a", "b"] }],
  ])("a chat cannot do %s, which is said", (param, members) => {
    const ask = () => decodeOne({ model: "m", prompt: "x", ...members });
    expect(ask).toThrow(expect.objectContaining({ kind: "unsupported", param }));
  });

  test.each<[string, JsonObject]>([
    ["prompt", { prompt: 7 }],
    ["prompt", { prompt: [] }],
    ["prompt", { prompt: undefined }],
    ["n", { n: "2" }],
    ["model", { model: "" }],
  ])("a wrong %s is named", (param, members) => {
    const ask = () => decodeOne({ model: "m", prompt: "x", ...members });
    expect(ask).toThrow(expect.objectContaining({ kind: "bad_request", param }));
  });

  test("what asks for nothing is no matter", () => {
    const body = { model: "m", prompt: "x", echo: false, suffix: null, best_of: 1, n: 1, logit_bias: null };
    expect(encode(decodeOne(body)).losses).toEqual([]);
  });

  test("fields of some server are told as lost", () => {
    expect(encode(decodeOne({ model: "m", prompt: "x", min_p: 0.1 })).losses).toMatchObject([
      { path: "min_p" },
    ]);
  });
});

describe("answers", () => {
  test("the text, a reason, usage, the mark", () => {
    const frame = { id: "cmpl-ab", object: "text_completion", created: 7, model: "asked" };
    const choice = { index: 0, logprobs: null, finish_reason: null };
    expect(write(BODY, [START, ...answer("Hi"), USAGE, END])).toEqual([
      { data: { ...frame, choices: [{ ...choice, text: "Hi" }] } },
      { data: { ...frame, choices: [{ ...choice, text: "", finish_reason: "stop" }] } },
      {
        data: {
          ...frame,
          choices: [],
          usage: expect.objectContaining({ prompt_tokens: 3, total_tokens: 5 }),
        },
      },
      { data: "[DONE]" },
    ]);
  });

  test("thoughts have no place", () => {
    const parts: StreamPart[] = [
      { type: "open", index: 0, choice: 0, part: { kind: "reasoning", form: "full" } },
      { type: "text", index: 0, text: "hmm" },
      { type: "close", index: 0 },
    ];
    const folded = openaiCompletionsClient.fold(write(BODY, [START, ...parts, ...answer("Hi", 0, 1), END]));
    expect(folded.choices).toEqual([{ index: 0, text: "Hi", logprobs: null, finish_reason: "stop" }]);
  });

  test("log probabilities side by side, over the pieces", () => {
    const token = (text: string): StreamPart => ({
      type: "logprobs",
      index: 0,
      tokens: [{ token: text, logprob: -1, top: [{ token: "x", logprob: -2 }] }],
    });
    const [open, said, ...rest] = answer("a😀");
    const parts = [START, open, said, token("a"), token("😀"), token("b"), ...rest, END] as StreamPart[];
    expect(openaiCompletionsClient.fold(write(BODY, parts)).choices).toMatchObject([
      {
        logprobs: {
          tokens: ["a", "😀", "b"],
          token_logprobs: [-1, -1, -1],
          text_offset: [0, 1, 2],
          top_logprobs: [{ x: -2 }, { x: -2 }, { x: -2 }],
        },
      },
    ]);
  });

  test("of n prompts with k choices each: choice p × n + k, one end, one usage", () => {
    const body = { ...BODY, prompt: ["a", "b"], n: 2 };
    const encoder = openPromptsEncoder(context(body), 2);
    const parts = (words: string) => [
      START,
      ...answer(`${words}0`),
      ...answer(`${words}1`, 1, 1),
      USAGE,
      END,
    ];
    const first = parts("a");
    const second = parts("b");
    // Both run at once.
    const events = first.flatMap((part, at) => [
      ...encoder.encode(0, part),
      ...encoder.encode(1, second[at] ?? END),
    ]);
    const folded = openaiCompletionsClient.fold(judged(events, body));
    expect((folded.choices as { text: string }[]).map(({ text }) => text)).toEqual(["a0", "a1", "b0", "b1"]);
    expect(folded.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 4 });
  });

  test("a failure of one prompt is the answer's, once", () => {
    const encoder = openPromptsEncoder(context({ ...BODY, prompt: ["a", "b"] }), 2);
    const fail: StreamPart = { type: "fail", error: new GatewayError("overloaded", "busy") };
    expect(encoder.encode(1, fail)).toMatchObject([{ data: { error: { message: "busy" } } }]);
    expect([...encoder.encode(0, fail), ...encoder.encode(0, END), ...encoder.fail(fail.error)]).toEqual([]);
  });

  test("the SDK reads the stream, and folds to the same text", async () => {
    const events = write(BODY, [START, ...answer("Hello"), USAGE, END]);
    const bytes = events
      .map(({ data }) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`)
      .join("");
    const headers = { "content-type": "text/event-stream" };
    const client = new OpenAI({
      apiKey: "k",
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(bytes, { headers })),
    });
    let text = "";
    let usage: unknown;
    for await (const chunk of await client.completions.create({ model: "m", prompt: "x", stream: true })) {
      text += chunk.choices[0]?.text ?? "";
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe("Hello");
    expect(usage).toEqual(openaiCompletionsClient.fold(events).usage);
  });
});

describe("the grammar catches", () => {
  const good = write(BODY, [START, ...answer("Hi"), USAGE, END]);
  const check = (events: readonly (WireEvent | undefined)[]) => {
    const grammar = openaiCompletionsClient.openGrammar(context(BODY).request);
    return (
      events.map((event) => event && grammar.check(event)).find((wrong) => wrong !== undefined) ??
      grammar.end()
    );
  };
  test.each<[string, readonly (WireEvent | undefined)[], string]>([
    ["no end mark", good.slice(0, -1), "without [DONE]"],
    ["no finish reason", [good[0], good[3]], "no finish_reason"],
    ["text after the finish", [good[0], good[1], good[0]], "goes on"],
    ["usage too early", [good[0], good[2]], "no finish_reason"],
    [
      "a chat chunk",
      [{ data: { ...(good[0]?.data as object), object: "chat.completion.chunk" } }],
      "object is",
    ],
    ["something after the end", [...good, good[0]], "after the end mark"],
  ])("%s", (_, events, expected) => {
    expect(check(events)).toContain(expected);
  });
});
