import { describe, expect, test } from "bun:test";
import { OpenAI } from "openai";
import { GatewayError } from "../../../src/core/errors.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { openaiChatClient } from "../../../src/protocols/openai-chat/client/client.ts";
import type { WireEvent } from "../../../src/protocols/translation.ts";
import { ANSWER_ID, answerContext, decode, foreign, readAnswer, seal, writeAnswer } from "./translating.ts";

const START: StreamPart = { type: "start", id: "up", model: "up-model" };
const USAGE: StreamPart = {
  type: "usage",
  usage: { ...NO_USAGE, input: 201, cacheRead: 15_104, output: 5, reasoning: 2 },
};
const finish = (
  unified: "stop" | "tool" | "length" | "refusal" | "filter" | "stop_sequence",
  more = {},
): StreamPart => ({
  type: "finish",
  choice: 0,
  reason: { unified, raw: unified, ...more },
});
const END: StreamPart = { type: "end" };

function text(index: number, ...pieces: readonly string[]): StreamPart[] {
  return [
    { type: "open", index, choice: 0, part: { kind: "text" } },
    ...pieces.map((piece) => ({ type: "text", index, text: piece }) as const),
    { type: "close", index },
  ];
}

function thought(
  index: number,
  piece: string,
  signature?: { value: string; by: string; callId?: string },
): StreamPart[] {
  return [
    { type: "open", index, choice: 0, part: { kind: "reasoning", form: "full" } },
    { type: "text", index, text: piece },
    ...(signature ? [{ type: "sign", index, signature } as const] : []),
    { type: "close", index },
  ];
}

function call(index: number, callId: string, ...pieces: readonly string[]): StreamPart[] {
  return [
    { type: "open", index, choice: 0, part: { kind: "call", callId, name: "f", form: "json" } },
    ...pieces.map((piece) => ({ type: "input", index, text: piece }) as const),
    { type: "close", index },
  ];
}

const answer = (...parts: readonly (StreamPart | readonly StreamPart[])[]) => [START, ...parts.flat()];
const deltas = (events: readonly WireEvent[]) =>
  events.flatMap(({ data }) =>
    data === "[DONE]" ? [] : (data as { choices: { delta: object }[] }).choices.map(({ delta }) => delta),
  );
const fold = (parts: readonly StreamPart[], request?: GenerationRequest) =>
  openaiChatClient.fold(writeAnswer(parts, request));

/** The vendor's own client over our bytes. */
function sdk(events: readonly WireEvent[]) {
  const body = events
    .map(({ data }) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`)
    .join("");
  const headers = { "content-type": "text/event-stream" };
  return new OpenAI({
    apiKey: "k",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers })),
  });
}

const params: OpenAI.ChatCompletionCreateParamsStreaming = {
  model: "asked",
  messages: [],
  stream: true,
  stream_options: { include_usage: true },
};

describe("a stream", () => {
  test("begins with the role, ends with a reason, usage and the mark", () => {
    const events = writeAnswer(answer(text(0, "Hel", "lo"), finish("stop"), USAGE, END));
    expect(deltas(events)).toEqual([
      { role: "assistant", content: "" },
      { content: "Hel" },
      { content: "lo" },
      {},
    ]);
    expect(events.at(-1)?.data).toBe("[DONE]");
    expect(events.at(-2)?.data).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 15_305,
        completion_tokens: 7,
        total_tokens: 15_312,
        prompt_tokens_details: { cached_tokens: 15_104 },
      },
    });
    expect(events[0]?.data).toMatchObject({
      id: `chatcmpl-${ANSWER_ID}`,
      model: "asked",
      created: 1_700_000_000,
    });
  });

  test("says no usage to whom did not ask", () => {
    const request = foreign({ stream: true, wantsUsage: false });
    const events = writeAnswer(answer(text(0, "x"), finish("stop"), USAGE, END), request);
    expect(JSON.stringify(events)).not.toContain("prompt_tokens");
  });

  test("forwards the first fragment of a call before the rest is there (CLIProxyAPI#4727)", () => {
    const encoder = openaiChatClient.openEncoder(answerContext(foreign({ stream: true })));
    const said = answer(call(0, "c1", '{"a"', ":1}")).map((part) => deltas(encoder.encode(part)));
    expect(said.slice(1, 4)).toEqual([
      [{ tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: "" } }] }],
      [{ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }],
      [{ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] }],
    ]);
  });

  test("numbers calls from 0, whatever stands between them", () => {
    const events = writeAnswer(
      answer(text(0, "a"), call(1, "c1", "{}"), text(2, "b"), call(3, "c2", "{}"), finish("tool"), END),
    );
    const indexes = deltas(events).flatMap((delta) =>
      "tool_calls" in delta ? (delta.tool_calls as { index: number }[]) : [],
    );
    expect(indexes.map(({ index }) => index)).toEqual([0, 0, 1, 1]);
  });

  test("gives a call without arguments an empty object", () => {
    expect(fold(answer(call(0, "c1"), finish("tool"), END))).toMatchObject({
      choices: [
        {
          message: { content: null, tool_calls: [{ id: "c1", function: { arguments: "{}" } }] },
          finish_reason: "tool_calls",
        },
      ],
    });
  });

  test("gives each of several choices its role and its reason", () => {
    const second: StreamPart[] = [
      { type: "open", index: 1, choice: 1, part: { kind: "text" } },
      { type: "text", index: 1, text: "b" },
      { type: "close", index: 1 },
      { type: "finish", choice: 1, reason: { unified: "length", raw: "length" } },
    ];
    expect(fold(answer(text(0, "a"), finish("stop"), second, END)).choices).toMatchObject([
      { index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" },
      { index: 1, message: { role: "assistant", content: "b" }, finish_reason: "length" },
    ]);
  });

  test("that fails says so, and nothing after it (CLIProxyAPI#3055)", async () => {
    const events = writeAnswer(
      answer(text(0, "a"), { type: "fail", error: new GatewayError("overloaded", "too busy") }, END),
    );
    expect(events.at(-1)?.data).toEqual({
      error: { message: "too busy", type: "server_error", param: null, code: "server_overloaded" },
    });
    const stream = await sdk(events).chat.completions.create(params);
    const seen = (async () => {
      for await (const _ of stream);
    })();
    expect(seen).rejects.toThrow("too busy");
  });

  test("that the gateway fails ends the same way, once", () => {
    const encoder = openaiChatClient.openEncoder(answerContext(foreign({ stream: true })));
    expect(encoder.fail(new GatewayError("internal", "x"))).toHaveLength(1);
    expect(encoder.fail(new GatewayError("internal", "x"))).toEqual([]);
    expect(encoder.encode(END)).toEqual([]);
  });

  test("whose model made no sense is a failure, not a stop", () => {
    const events = writeAnswer(
      answer({
        type: "finish",
        choice: 0,
        reason: { unified: "malformed_tool", raw: "MALFORMED_FUNCTION_CALL" },
      }),
    );
    expect(events.at(-1)?.data).toMatchObject({ error: { code: "upstream_error" } });
  });
});

describe("the openai SDK adds a stream up to what fold does", () => {
  const cases: readonly (readonly [string, StreamPart[]])[] = [
    ["text", answer(text(0, "Hel", "lo"), finish("stop"), USAGE, END)],
    [
      "calls",
      answer(
        text(0, "let me"),
        call(1, "c1", '{"a"', ":1}"),
        call(2, "c2", "{}"),
        finish("tool"),
        USAGE,
        END,
      ),
    ],
    ["reasoning", answer(thought(0, "hmm"), text(1, "x"), finish("length"), USAGE, END)],
    [
      "two thoughts",
      answer(thought(0, "a"), text(1, "x"), thought(2, "b"), call(3, "c1", "{}"), finish("tool"), USAGE, END),
    ],
  ];
  test.each([...cases])("%s", async (_, parts) => {
    const events = writeAnswer(parts);
    const seen = await sdk(events).chat.completions.stream(params).finalChatCompletion();
    const folded = openaiChatClient.fold(events) as unknown as OpenAI.ChatCompletion;
    const [theirs, ours] = [seen.choices[0], folded.choices[0]];
    expect(theirs?.finish_reason).toBe(ours?.finish_reason as "stop");
    expect(theirs?.message.content ?? null).toBe(ours?.message.content || null);
    const plain = (calls: unknown) =>
      JSON.parse(
        JSON.stringify(calls ?? [], (key, value) =>
          key === "parsed_arguments" || key === "index" ? undefined : value,
        ),
      );
    expect(plain(theirs?.message.tool_calls)).toEqual(plain(ours?.message.tool_calls));
    expect(seen.usage).toEqual(folded.usage as OpenAI.CompletionUsage);
  });
});

describe("parts", () => {
  test("refusals", () => {
    const parts: StreamPart[] = [
      { type: "open", index: 0, choice: 0, part: { kind: "text", refusal: true } },
      { type: "text", index: 0, text: "I will not" },
      { type: "close", index: 0 },
    ];
    expect(fold(answer(parts, finish("refusal"), END)).choices).toMatchObject([
      { message: { content: null, refusal: "I will not" }, finish_reason: "stop" },
    ]);
    expect(fold(answer(text(0, "no"), finish("refusal"), END)).choices).toMatchObject([
      { finish_reason: "content_filter" },
    ]);
  });

  test("log probabilities", () => {
    const tokens = [{ token: "a", logprob: -1, bytes: [97], top: [] }];
    const [open, said, close] = text(0, "a");
    const folded = fold(
      answer(
        [open, said, { type: "logprobs", index: 0, tokens }, close] as StreamPart[],
        finish("stop"),
        END,
      ),
    );
    expect(folded.choices).toMatchObject([
      { logprobs: { content: [{ token: "a", logprob: -1, bytes: [97], top_logprobs: [] }], refusal: null } },
    ]);
  });

  test("citations as annotations that count characters of the whole content", () => {
    const cited: StreamPart[] = [
      { type: "open", index: 1, choice: 0, part: { kind: "text" } },
      { type: "text", index: 1, text: "😀bc" },
      { type: "cite", index: 1, citation: { url: "https://a/", title: "A", start: 2, end: 4 } },
      { type: "cite", index: 1, citation: { url: "https://b/" } },
      { type: "close", index: 1 },
    ];
    const annotation = (url: string, title: string, start_index: number, end_index: number) => ({
      type: "url_citation",
      url_citation: { url, title, start_index, end_index },
    });
    expect(fold(answer(text(0, "é "), cited, finish("stop"), END)).choices).toMatchObject([
      {
        message: {
          content: "é 😀bc",
          annotations: [annotation("https://a/", "A", 3, 5), annotation("https://b/", "", 2, 5)],
        },
      },
    ]);
  });

  test("images and audio", () => {
    const media: StreamPart[] = [
      {
        type: "open",
        index: 0,
        choice: 0,
        part: { kind: "media", media: "image", mime: "image/png", source: { type: "base64", bytes: "AAAA" } },
      },
      { type: "close", index: 0 },
      {
        type: "open",
        index: 1,
        choice: 0,
        part: { kind: "media", media: "audio", source: { type: "base64", bytes: "BBBB" } },
      },
      { type: "close", index: 1 },
    ];
    expect(fold(answer(media, finish("stop"), END)).choices).toMatchObject([
      {
        message: {
          images: [{ image_url: { url: "data:image/png;base64,AAAA" } }],
          audio: { data: "BBBB", transcript: "" },
        },
      },
    ]);
  });

  test("sections of a summary are paragraphs", () => {
    const parts: StreamPart[] = [
      { type: "open", index: 0, choice: 0, part: { kind: "reasoning", form: "summary" } },
      { type: "text", index: 0, text: "a", section: 0 },
      { type: "text", index: 0, text: "b", section: 0 },
      { type: "text", index: 0, text: "c", section: 1 },
      { type: "close", index: 0 },
    ];
    expect(fold(answer(parts, finish("stop"), END)).choices).toMatchObject([
      { message: { reasoning_content: "ab\n\nc" } },
    ]);
  });

  test("the sequence that stopped the answer, in vLLM's field", () => {
    expect(
      fold(answer(text(0, "a"), finish("stop_sequence", { matched: "###" }), END)).choices,
    ).toMatchObject([{ finish_reason: "stop", stop_reason: "###" }]);
  });

  test("freeform calls as custom ones", () => {
    const parts: StreamPart[] = [
      { type: "open", index: 0, choice: 0, part: { kind: "call", callId: "c", name: "p", form: "text" } },
      { type: "input", index: 0, text: "*** x" },
      { type: "close", index: 0 },
    ];
    expect(fold(answer(parts, finish("tool"), END)).choices).toMatchObject([
      { message: { tool_calls: [{ id: "c", type: "custom", custom: { name: "p", input: "*** x" } }] } },
    ]);
  });

  test("calls as function_call for clients that declared functions", () => {
    const request = decode({ model: "m", messages: [], stream: true, functions: [{ name: "f" }] });
    const folded = fold(answer(call(0, "c1", '{"a"', ":1}"), finish("tool"), END), request);
    expect(folded.choices).toMatchObject([
      { message: { function_call: { name: "f", arguments: '{"a":1}' } }, finish_reason: "function_call" },
    ]);
  });
});

describe("opaque state goes out and comes back", () => {
  const back = (parts: readonly StreamPart[]) => {
    const choices = fold(parts).choices as readonly { message: object }[];
    return decode({ model: "m", messages: [choices[0]?.message] }).turns[0]?.parts;
  };

  test("of several thoughts, each with the text that it signs", () => {
    const parts = answer(
      thought(0, "one", { value: "s1", by: "anthropic" }),
      thought(1, "two", { value: "s2", by: "anthropic" }),
      call(2, "c1", "{}"),
      finish("tool"),
      END,
    );
    expect(back(parts)).toMatchObject([
      { kind: "reasoning", text: "one", signature: { value: "s1", by: "anthropic" } },
      { kind: "reasoning", text: "two", signature: { value: "s2" } },
      { kind: "call", callId: "c1" },
    ]);
  });

  test("hidden thoughts too", () => {
    const parts = answer(thought(0, "", { value: "s1", by: "openai" }), text(1, "x"), finish("stop"), END);
    expect(back(parts)).toMatchObject([
      { kind: "reasoning", text: "", signature: { value: "s1" } },
      { kind: "text", text: "x" },
    ]);
  });

  test("of a call, in Google's place and in OpenRouter's; either is enough", () => {
    const [open, input, close] = call(0, "c1", "{}");
    const signature = { value: "gs", by: "google" };
    const parts = answer(
      [open, { type: "sign", index: 0, signature }, input, close] as StreamPart[],
      finish("tool"),
      END,
    );
    const message = (fold(parts).choices as { message: Record<string, unknown> }[])[0]?.message ?? {};
    const sealed = seal([{ ...signature, callId: "c1" }]);
    expect(message).toMatchObject({
      tool_calls: [{ extra_content: { google: { thought_signature: sealed } } }],
      reasoning_details: [{ type: "reasoning.encrypted", id: "c1", data: sealed }],
    });
    const { reasoning_details: _, ...googles } = message;
    const openRouters = {
      ...message,
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
    };
    for (const sent of [message, googles, openRouters]) {
      expect(decode({ model: "m", messages: [sent] }).turns[0]?.parts).toMatchObject([
        { kind: "call", signature: { value: "gs", by: "google" } },
      ]);
    }
  });

  test("a call whose state is known when it opens has it in its first fragment, where the AI SDK looks", () => {
    const part = {
      kind: "call",
      callId: "c1",
      name: "f",
      form: "json",
      signature: { value: "gs", by: "google" },
    } as const;
    const events = writeAnswer(
      answer(
        [
          { type: "open", index: 0, choice: 0, part },
          { type: "close", index: 0 },
        ],
        finish("tool"),
        END,
      ),
    );
    expect(deltas(events)[1]).toMatchObject({ tool_calls: [{ id: "c1", extra_content: { google: {} } }] });
  });

  test("Gemini's calls wait for their state, which comes behind their arguments", () => {
    const gemini: StreamPart = { type: "start", id: "", model: "gemini-3-pro" };
    const [open, input, close] = call(0, "c1", "{}");
    const sign: StreamPart = { type: "sign", index: 0, signature: { value: "gs", by: "google" } };
    const parts = [
      gemini,
      open,
      input,
      sign,
      close,
      ...call(1, "c2", "{}"),
      finish("tool"),
      END,
    ] as StreamPart[];
    const fragments = deltas(writeAnswer(parts)).flatMap((delta) =>
      "tool_calls" in delta ? (delta.tool_calls as object[]) : [],
    );
    expect(fragments).toMatchObject([
      { index: 0, id: "c1", extra_content: { google: {} } },
      { index: 0, function: { arguments: "{}" } },
      { index: 1, id: "c2" },
      { index: 1, function: { arguments: "{}" } },
    ]);
    expect(fragments[2]).not.toHaveProperty("extra_content");
  });

  test("a hidden thought adds nothing to what is shown", () => {
    const hidden: StreamPart[] = [
      { type: "open", index: 1, choice: 0, part: { kind: "reasoning", form: "full" } },
      { type: "sign", index: 1, signature: { value: "r", by: "anthropic", redacted: true } },
      { type: "close", index: 1 },
    ];
    const folded = fold(answer(thought(0, "a"), hidden, thought(2, "b"), text(3, "x"), finish("stop"), END));
    expect(folded.choices).toMatchObject([{ message: { reasoning_content: "a\n\nb" } }]);
  });

  test("state of a call that travels in a thought goes back to the call", () => {
    const parts = answer(
      thought(0, "", { value: "gs", by: "google", callId: "c1" }),
      call(1, "c1", "{}"),
      finish("tool"),
      END,
    );
    expect(back(parts)).toMatchObject([{ kind: "call", signature: { value: "gs" } }]);
  });

  test("our own word is not written: plain text comes back without it", () => {
    const parts = answer(thought(0, "t", { value: "", by: "gateway" }), text(1, "x"), finish("stop"), END);
    expect(JSON.stringify(writeAnswer(parts))).not.toContain("reasoning_details");
    expect(back(parts)).toMatchObject([{ kind: "reasoning", text: "t" }, { kind: "text" }]);
  });

  test("text that came back changed is not signed", () => {
    const parts = answer(
      thought(0, "one", { value: "s1", by: "anthropic" }),
      text(1, "x"),
      finish("stop"),
      END,
    );
    const message = (fold(parts).choices as { message: Record<string, unknown> }[])[0]?.message;
    const plain = { ...message, reasoning_content: "changed", reasoning_details: undefined };
    expect(decode({ model: "m", messages: [plain] }).turns[0]?.parts[0]).toEqual({
      kind: "reasoning",
      text: "changed",
      at: "messages[0].reasoning_content",
    });
  });
});

describe("an answer that goes through both sides stays what it was", () => {
  const cases: readonly StreamPart[][] = [
    answer(
      thought(0, "hmm"),
      text(1, "a", "b"),
      call(2, "c1", '{"a"', ":1}"),
      call(3, "c2", "{}"),
      finish("tool"),
      USAGE,
      END,
    ),
    answer(text(0, "a"), finish("length"), USAGE, END),
  ];
  test.each(cases.map((parts, index) => [index, parts] as const))("%d", (_, parts) => {
    const events = writeAnswer(parts).map(({ data }) => data);
    const again = writeAnswer(readAnswer(events));
    expect(openaiChatClient.fold(again)).toEqual(fold(parts));
  });
});

describe("the grammar catches what clients choke on", () => {
  const good = writeAnswer(answer(text(0, "x"), call(1, "c1", "{}"), finish("tool"), USAGE, END));
  const check = (events: readonly WireEvent[]) => {
    const grammar = openaiChatClient.openGrammar(foreign({ stream: true }));
    return events.map((event) => grammar.check(event)).find((found) => found !== undefined) ?? grammar.end();
  };
  const edit = (at: number, change: (choice: Record<string, unknown>) => void) =>
    good.map((event, index) => {
      if (index !== at) return event;
      const copy = structuredClone(event) as { data: { choices: Record<string, unknown>[] } };
      const [choice] = copy.data.choices;
      if (choice) change(choice);
      return copy as unknown as WireEvent;
    });
  const CALL = 2;
  const damaged: readonly (readonly [string, readonly WireEvent[], string])[] = [
    ["no role", good.slice(1), "no role"],
    ["the role twice", [...good.slice(0, 1), ...good], "role came twice"],
    [
      "a call without index",
      edit(CALL, (choice) => Object.assign(choice.delta as object, { tool_calls: [{ id: "c" }] })),
      "without index",
    ],
    [
      "a call without id",
      edit(CALL, (choice) =>
        Object.assign(choice.delta as object, {
          tool_calls: [{ index: 0, type: "function", function: { name: "f" } }],
        }),
      ),
      "without id",
    ],
    [
      "a call without type",
      edit(CALL, (choice) =>
        Object.assign(choice.delta as object, {
          tool_calls: [{ index: 0, id: "c", function: { name: "f" } }],
        }),
      ),
      "without type",
    ],
    [
      "a call out of order",
      edit(CALL, (choice) => Object.assign(choice.delta as object, { tool_calls: [{ index: 1, id: "c" }] })),
      "before call 0",
    ],
    ["no finish reason", good.filter((_, index) => index !== 4), "no finish_reason"],
    [
      "stop after a call",
      edit(4, (choice) => Object.assign(choice, { finish_reason: "stop" })),
      "stop after a call",
    ],
    ["no end mark", good.slice(0, -1), "without [DONE]"],
    ["something after it", [...good, ...good.slice(1, 2)], "after the end mark"],
    [
      "a chunk without choices",
      [{ data: { ...(good[0]?.data as object), choices: null } }],
      "list of choices",
    ],
    [
      "another id",
      [good[0], { data: { ...(good[1]?.data as object), id: "y" } }] as WireEvent[],
      "id changed",
    ],
    ["usage before the finish", [...good.slice(0, 1), ...good.slice(5)], "no finish_reason"],
    ["a named event", [{ name: "x", data: "[DONE]" }], "no name"],
  ];
  test("and lets a good stream pass", () => expect(check(good)).toBeUndefined());
  test.each([...damaged])("%s", (_, events, expected) => {
    expect(check(events)).toContain(expected);
  });
});
