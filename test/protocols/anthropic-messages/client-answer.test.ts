import { describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { GatewayError } from "../../../src/core/errors.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { FinishReason, PartHead, StreamPart } from "../../../src/core/generation/stream-part.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { anthropicMessagesClient } from "../../../src/protocols/anthropic-messages/client/client.ts";
import type { WireEvent } from "../../../src/protocols/translation.ts";
import { ANSWER_ID, answerContext, sseOf, THINKING, unseal, write } from "./contexts.ts";

const START: StreamPart = { type: "start", id: "up", model: "m" };
const open = (index: number, part: PartHead): StreamPart => ({ type: "open", index, choice: 0, part });
const text = (index: number, words: string): StreamPart => ({ type: "text", index, text: words });
const input = (index: number, words: string): StreamPart => ({ type: "input", index, text: words });
const close = (index: number): StreamPart => ({ type: "close", index });
const sign = (index: number, signature: Signature): StreamPart => ({ type: "sign", index, signature });
const finish = (unified: FinishReason["unified"], more: Partial<FinishReason> = {}): StreamPart => ({
  type: "finish",
  choice: 0,
  reason: { unified, raw: unified, ...more },
});
const END: StreamPart = { type: "end" };
const TEXT: PartHead = { kind: "text" };
const REASONING: PartHead = { kind: "reasoning", form: "full" };
const call = (callId: string, more: object = {}): PartHead => ({
  kind: "call",
  callId,
  name: "f",
  form: "json",
  ...more,
});
const GOOGLE: Signature = { value: "GS", by: "google" };

const HELLO = [START, open(0, TEXT), text(0, "hel"), text(0, "lo"), close(0), finish("stop"), END];

const types = (events: readonly WireEvent[]) => events.map(({ name }) => name);
const blocksOf = (events: readonly WireEvent[]) =>
  anthropicMessagesClient.fold(events).content as readonly Record<string, unknown>[];
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

/** The message as the official SDK makes it of our events. */
async function sdkMessage(events: readonly WireEvent[]) {
  const client = new Anthropic({
    apiKey: "k",
    maxRetries: 0,
    fetch: async () => new Response(sseOf(events), { headers: { "content-type": "text/event-stream" } }),
  });
  return client.messages
    .stream({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "a" }] })
    .finalMessage();
}

describe("a stream for a Messages client", () => {
  test("has the events that the SDKs insist on, named", () => {
    expect(types(write(HELLO))).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  test("is added up by the SDK to what we hand out whole", async () => {
    const parts: StreamPart[] = [
      { ...START, type: "start", id: "", model: "m", usage: { ...NO_USAGE, input: 3, cacheRead: 2 } },
      open(0, REASONING),
      text(0, "hm"),
      sign(0, { value: "SIG", by: "anthropic" }),
      close(0),
      open(1, TEXT),
      text(1, "see"),
      { type: "cite", index: 1, citation: { url: "https://a", title: "A", start: 0, end: 3 } },
      close(1),
      open(2, call("toolu_1")),
      input(2, '{"a":'),
      input(2, "[1.5]}"),
      close(2),
      open(3, call("toolu_2")),
      close(3),
      { type: "usage", usage: { ...NO_USAGE, input: 3, cacheRead: 2, output: 5, reasoning: 4 } },
      finish("tool"),
      END,
    ];
    const events = write(parts, THINKING);
    const message = await sdkMessage(events);
    const { parsed_output: _, ...asItCame } = plain(message);
    expect(plain(anthropicMessagesClient.fold(events))).toEqual(asItCame);
    expect(message).toMatchObject({
      id: `msg_${ANSWER_ID}`,
      model: "my-alias",
      stop_reason: "tool_use",
      content: [
        { type: "thinking", thinking: "hm", signature: "SIG" },
        { type: "text", text: "see", citations: [{ type: "web_search_result_location", cited_text: "see" }] },
        { type: "tool_use", id: "toolu_1", name: "f", input: { a: [1.5] } },
        { type: "tool_use", id: "toolu_2", input: {} },
      ],
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 2,
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 4 },
      },
    });
  });

  test("holds stop reason and usage for the end, since other upstreams report usage last", () => {
    const usage: StreamPart = {
      type: "usage",
      usage: { ...NO_USAGE, input: 201, cacheRead: 15_104, output: 5 },
    };
    const events = write([...HELLO.slice(0, -1), usage, END]);
    // QuantumNous/new-api#4395: prompt 15305 of which 15104 were cached
    expect(events.at(-2)?.data).toMatchObject({
      usage: { input_tokens: 201, cache_read_input_tokens: 15_104, output_tokens: 5 },
    });
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: "end_turn", stop_sequence: null } });
  });

  test("begins no text block for empty text, which no client could send back", () => {
    const events = write([
      START,
      open(0, TEXT),
      text(0, ""),
      close(0),
      open(1, call("a")),
      close(1),
      finish("tool"),
      END,
    ]);
    expect(blocksOf(events)).toMatchObject([{ type: "tool_use" }]);
  });

  test("passes arguments on as they come", () => {
    // router-for-me/CLIProxyAPI#4727
    const encoder = anthropicMessagesClient.openEncoder(answerContext());
    const [first] = [START, open(0, call("a")), input(0, "x".repeat(5000))]
      .map((part) => encoder.encode(part))
      .slice(-1);
    expect(first).toMatchObject([
      { data: { delta: { type: "input_json_delta", partial_json: "x".repeat(5000) } } },
    ]);
  });

  test("keeps the source text of arguments in whole answers", () => {
    const big = '{"n":12345678901234567890,"f":1.0}';
    const events = write([START, open(0, call("a")), input(0, big), close(0), finish("tool"), END]);
    expect(blocksOf(events)[0]?.input).toMatchObject({ text: big });
  });

  test("a call cut by the length limit stays unfinished and says max_tokens", () => {
    const events = write([START, open(0, call("a")), input(0, '{"a":"b'), close(0), finish("length"), END]);
    expect(plain(anthropicMessagesClient.fold(events))).toMatchObject({
      stop_reason: "max_tokens",
      content: [{ type: "tool_use", input: {} }],
    });
  });

  test.each<[FinishReason["unified"], Partial<FinishReason>, object]>([
    ["stop_sequence", { matched: "END" }, { stop_reason: "stop_sequence", stop_sequence: "END" }],
    ["length", {}, { stop_reason: "max_tokens", stop_sequence: null }],
    ["context", {}, { stop_reason: "model_context_window_exceeded" }],
    ["pause", {}, { stop_reason: "pause_turn" }],
    ["other", { raw: "compaction" }, { stop_reason: "compaction" }],
    [
      "refusal",
      { detail: { type: "refusal", category: "bio", explanation: "no" } },
      { stop_reason: "refusal", stop_details: { type: "refusal", category: "bio", explanation: "no" } },
    ],
    [
      "filter",
      { raw: "SAFETY", detail: { finishMessage: "blocked" } },
      { stop_reason: "refusal", stop_details: { type: "refusal", category: null, explanation: "blocked" } },
    ],
  ])("ends by %s", (unified, more, expected) => {
    const events = write([START, open(0, TEXT), text(0, "a"), close(0), finish(unified, more), END]);
    expect(events.at(-2)?.data).toMatchObject({ delta: expected });
  });

  test("begins with message_start, whatever the upstream begins with", () => {
    expect(types(write([{ type: "ping" }, ...HELLO])).slice(0, 2)).toEqual([
      "message_start",
      "content_block_start",
    ]);
  });

  test("arguments that the model wrote wrong are the model's affair", () => {
    const events = write([START, open(0, call("a")), input(0, '{"a'), close(0), finish("tool"), END]);
    expect(plain(blocksOf(events)[0])).toMatchObject({ type: "tool_use", input: {} });
  });

  test("pings, and an error ends it without a stop", async () => {
    const error = new GatewayError("overloaded", "It is overloaded; try again.");
    const events = write([START, { type: "ping" }, open(0, TEXT), text(0, "a"), { type: "fail", error }]);
    expect(types(events).slice(-1)).toEqual(["error"]);
    expect(events.at(-1)?.data).toEqual({
      type: "error",
      error: { type: "overloaded_error", message: "It is overloaded; try again." },
    });
    await expect(sdkMessage(events)).rejects.toThrow("It is overloaded");
  });

  test("an upstream's failure is no end_turn", () => {
    // BerriAI/litellm#39703: response.failed with insufficient_quota
    const error = new GatewayError("rate_limit", "The upstream has no quota left.");
    const encoder = anthropicMessagesClient.openEncoder(answerContext());
    expect(encoder.fail(error)).toMatchObject([
      { name: "error", data: { error: { type: "rate_limit_error" } } },
    ]);
  });
});

describe("opaque state of other vendors", () => {
  const thought = [START, open(0, REASONING), text(0, "hm"), close(0)];
  const signature = (events: readonly WireEvent[], block = 0) =>
    unseal(String(blocksOf(events)[block]?.signature));

  test("a call's signature rides in the thinking block before it", () => {
    for (const parts of [
      [open(1, call("c1", { signature: GOOGLE })), input(1, "{}")],
      [open(1, call("c1")), sign(1, GOOGLE), input(1, "{}")],
      [open(1, call("c1")), input(1, '{"a":1}'), sign(1, GOOGLE)],
    ]) {
      const events = write([...thought, ...parts, close(1), finish("tool"), END], THINKING);
      expect(blocksOf(events).map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
      expect(signature(events)).toEqual([
        { value: "", by: "gateway" },
        { ...GOOGLE, callId: "c1" },
      ]);
    }
  });

  test("a call whose arguments come in pieces waits for no signature", () => {
    const encoder = anthropicMessagesClient.openEncoder(answerContext(THINKING));
    const opened = [START, open(0, call("c1"))].flatMap((part) => encoder.encode(part));
    expect(types(opened)).toEqual(["message_start"]);
    expect(types(encoder.encode(input(0, '{"a"')))).toEqual(["content_block_start", "content_block_delta"]);
    const late = [sign(0, GOOGLE), input(0, ":1}")].flatMap((part) => encoder.encode(part));
    expect(types(late)).toEqual(["content_block_delta"]);
  });

  test("without thoughts an empty thinking block carries it, for clients that asked for thinking", () => {
    const parts = [
      START,
      open(0, call("c1")),
      sign(0, GOOGLE),
      input(0, "{}"),
      close(0),
      finish("tool"),
      END,
    ];
    const events = write(parts, THINKING);
    expect(blocksOf(events)[0]).toMatchObject({ type: "thinking", thinking: "" });
    expect(signature(events)).toEqual([{ ...GOOGLE, callId: "c1" }]);
    expect(blocksOf(write(parts)).map(({ type }) => type)).toEqual(["tool_use"]);
  });

  test("only the first of parallel calls is signed, and no empty block stands before the second", () => {
    const second = [open(2, call("c2")), input(2, "{}"), close(2)];
    const events = write(
      [
        ...thought,
        open(1, call("c1")),
        sign(1, GOOGLE),
        input(1, "{}"),
        close(1),
        ...second,
        finish("tool"),
        END,
      ],
      THINKING,
    );
    expect(blocksOf(events).map(({ type }) => type)).toEqual(["thinking", "tool_use", "tool_use"]);
  });

  test("reasoning without text is an empty block with its signature", () => {
    // openai/openai-agents-python#4155
    const encrypted: Signature = { value: "ENC", by: "openai", itemId: "rs_1" };
    const parts = [
      START,
      open(0, REASONING),
      sign(0, encrypted),
      close(0),
      open(1, TEXT),
      text(1, "a"),
      close(1),
      finish("stop"),
      END,
    ];
    expect(signature(write(parts, THINKING))).toEqual([encrypted]);
    expect(blocksOf(write(parts)).map(({ type }) => type)).toEqual(["text"]);
  });

  test("thinking that nobody signed is signed by our word", () => {
    const events = write([...thought, finish("stop"), END], THINKING);
    expect(signature(events)).toEqual([{ value: "", by: "gateway" }]);
  });

  test("Anthropic's own goes bare, hidden thinking as it was", () => {
    const native = write([
      START,
      open(0, REASONING),
      sign(0, { value: "DATA", by: "anthropic", redacted: true }),
      close(0),
      finish("stop"),
      END,
    ]);
    expect(blocksOf(native)).toEqual([{ type: "redacted_thinking", data: "DATA" }]);
  });

  test("sections of a summary are paragraphs", () => {
    const events = write([
      START,
      open(0, { kind: "reasoning", form: "summary" }),
      { type: "text", index: 0, text: "one", section: 0 },
      { type: "text", index: 0, text: "two", section: 1 },
      { type: "text", index: 0, text: " more", section: 1 },
      close(0),
      finish("stop"),
      END,
    ]);
    expect(blocksOf(events)[0]?.thinking).toBe("one\n\ntwo more");
  });
});

describe("parts that come whole", () => {
  test("a search is what Claude Code counts as one", () => {
    const search: PartHead = {
      kind: "search",
      searchId: "ws_1",
      queries: ["weather"],
      sources: [{ url: "https://a", title: "A" }],
    };
    const events = write([
      START,
      open(0, search),
      close(0),
      open(1, TEXT),
      text(1, "a"),
      close(1),
      finish("stop"),
      END,
    ]);
    const [use, result] = blocksOf(events);
    expect(plain(use)).toEqual({
      type: "server_tool_use",
      id: `srvtoolu_${ANSWER_ID}0`,
      name: "web_search",
      input: { query: "weather" },
    });
    expect(result).toMatchObject({
      type: "web_search_tool_result",
      tool_use_id: use?.id,
      content: [{ type: "web_search_result", url: "https://a", title: "A", page_age: null }],
    });
  });

  test("a file has no place here, and the client is told", () => {
    const image: PartHead = {
      kind: "media",
      media: "image",
      source: { type: "base64", bytes: "AA" },
      mime: "image/png",
    };
    const events = write([START, open(0, image), close(0), finish("stop"), END]);
    expect(String(blocksOf(events)[0]?.text)).toContain("image/png");
  });
});

describe("the grammar objects to", () => {
  const good = write(HELLO);
  const objections = (events: readonly WireEvent[]) => {
    const grammar = anthropicMessagesClient.openGrammar(answerContext().request);
    return [...events.map((event) => grammar.check(event)), grammar.end()].filter(
      (found) => found !== undefined,
    );
  };
  const changed = (at: number, change: object): WireEvent[] =>
    good.map((event, index) =>
      index === at ? ({ ...event, data: { ...(event.data as object), ...change } } as WireEvent) : event,
    );
  const without = (at: number) => good.filter((_, index) => index !== at);
  const toolUse = { type: "tool_use", id: "t", name: "f", input: {} };

  test("nothing in a good stream", () => expect(objections(good)).toEqual([]));

  test.each<[string, WireEvent[]]>([
    ["an event without its name", good.map(({ data }) => ({ data }))],
    ["no message_start", without(0)],
    ["two message_starts", [...good.slice(0, 1), ...good]],
    ["no usage at the start", changed(0, { message: { usage: null } })],
    ["no block start", without(1)],
    ["a gap in the indexes", changed(1, { index: 1 })],
    ["a delta for another block", changed(2, { index: 4 })],
    ["a delta of another kind", changed(2, { delta: { type: "input_json_delta", partial_json: "" } })],
    ["an unknown delta", changed(2, { delta: { type: "later_delta" } })],
    ["no block stop", without(4)],
    ["no message_delta", without(5)],
    ["no usage at the end", changed(5, { usage: null })],
    ["no stop_reason", changed(5, { delta: { stop_reason: null } })],
    ["tool_use without a call", changed(5, { delta: { stop_reason: "tool_use" } })],
    ["no message_stop", without(6)],
    ["anything after the end", [...good, ...good.slice(2, 3)]],
    ["[DONE]", [...good, { data: "[DONE]" }]],
    ["an unknown event", [...good.slice(0, 6), { name: "later", data: { type: "later" } }]],
    // maximhq/bifrost#5097
    ["an illegal call id", changed(1, { content_block: { ...toolUse, id: "functions.Bash:0" } })],
    ["a call without a name", changed(1, { content_block: { ...toolUse, name: "" } })],
  ])("%s", (_name, events) => expect(objections(events)).not.toEqual([]));

  test("a delta after the signature", () => {
    const block = { type: "thinking", thinking: "", signature: "" };
    const deltas = [
      { type: "signature_delta", signature: "s" },
      { type: "thinking_delta", thinking: "late" },
    ].map((delta) => ({
      name: "content_block_delta",
      data: { type: "content_block_delta", index: 0, delta },
    }));
    const [start, , , , ...rest] = changed(1, {});
    const opened = changed(1, { content_block: block })[1] as WireEvent;
    expect(objections([start as WireEvent, opened, ...deltas, ...rest])).toEqual([
      "thinking_delta after the signature",
    ]);
  });
});
