import { describe, expect, test } from "bun:test";
import type { RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import fc from "fast-check";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { anthropicMessagesClient } from "../../../src/protocols/anthropic-messages/client/client.ts";
import { anthropicMessagesUpstream } from "../../../src/protocols/anthropic-messages/upstream/upstream.ts";
import { ANSWER_ID, CLAUDE, read, readWhole, THINKING, write } from "./contexts.ts";

const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-opus-5-5",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 4, service_tier: "standard" },
};
const START = { type: "message_start", message };
const block = (index: number, content_block: object) => ({
  type: "content_block_start",
  index,
  content_block,
});
const delta = (index: number, change: object) => ({ type: "content_block_delta", index, delta: change });
const stop = (index: number) => ({ type: "content_block_stop", index });
const finished = (stop_reason: string, more: object = {}) => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null, ...more },
  usage: { output_tokens: 7, output_tokens_details: { thinking_tokens: 3 } },
});
const END = { type: "message_stop" };
const textBlock = (index: number, ...texts: string[]) => [
  block(index, { type: "text", text: "" }),
  ...texts.map((text) => delta(index, { type: "text_delta", text })),
  stop(index),
];

const kinds = (parts: readonly StreamPart[]) =>
  parts.map((part) => (part.type === "open" ? `open ${part.part.kind}` : part.type));
const textOf = (parts: readonly StreamPart[]) =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
const inputOf = (parts: readonly StreamPart[]) =>
  parts.flatMap((part) => (part.type === "input" ? [part.text] : [])).join("");
const heads = (parts: readonly StreamPart[]) =>
  parts.flatMap((part) => (part.type === "open" ? [part.part] : []));
const last = (parts: readonly StreamPart[]) => parts.at(-1);

/** The order that every encoder relies on: one open part, indexes without gaps, one end. */
function checkOrder(parts: readonly StreamPart[]): void {
  let open: number | undefined;
  let next = 0;
  expect(parts[0]?.type).toBe("start");
  for (const part of parts) {
    if (part.type === "open") {
      expect(open).toBeUndefined();
      expect(part.index).toBe(next++);
      open = part.index;
    } else if (part.type === "close") {
      expect(part.index).toBe(open ?? -1);
      open = undefined;
    } else if ("index" in part) expect(part.index).toBe(open ?? -1);
  }
  expect(["end", "fail"]).toContain(String(last(parts)?.type));
  expect(parts.filter(({ type }) => type === "end" || type === "fail")).toHaveLength(1);
}

describe("a stream of Anthropic's", () => {
  test("is read part by part", () => {
    const events = [
      START,
      { type: "ping" },
      block(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "SIG" }),
      stop(0),
      ...textBlock(1, "a", "b"),
      block(2, { type: "tool_use", id: "toolu_1", name: "f", input: {} }),
      delta(2, { type: "input_json_delta", partial_json: "" }),
      delta(2, { type: "input_json_delta", partial_json: '{"a"' }),
      delta(2, { type: "input_json_delta", partial_json: ":1.0}" }),
      stop(2),
      finished("tool_use"),
      END,
    ] satisfies readonly (Partial<RawMessageStreamEvent> | object)[];
    const parts = read(events);
    checkOrder(parts);
    expect(parts).toMatchObject([
      { type: "start", id: "msg_1", model: "claude-opus-5-5", usage: { input: 10, cacheRead: 4 } },
      { type: "ping" },
      { type: "open", part: { kind: "reasoning" } },
      { type: "text", text: "hm" },
      { type: "sign", signature: { value: "SIG", by: "anthropic" } },
      { type: "close" },
      { type: "open", part: { kind: "text" } },
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "close" },
      { type: "open", part: { kind: "call", callId: "toolu_1", name: "f", form: "json" } },
      { type: "input", text: '{"a"' },
      { type: "input", text: ":1.0}" },
      { type: "close" },
      { type: "finish", reason: { unified: "tool", raw: "tool_use" } },
      { type: "usage", usage: { input: 10, cacheRead: 4, output: 4, reasoning: 3 }, serviceTier: "standard" },
      { type: "end" },
    ]);
  });

  test("citations hold for their block, and wait for its end", () => {
    const wire = {
      type: "web_search_result_location",
      url: "https://a",
      title: "A",
      cited_text: "found",
      encrypted_index: "EI",
    };
    const [opened, ...rest] = textBlock(0, "four");
    const parts = read([
      START,
      opened ?? {},
      delta(0, { type: "citations_delta", citation: wire }),
      ...rest,
      finished("end_turn"),
      END,
    ]);
    expect(parts.filter(({ type }) => type === "cite")).toEqual([
      {
        type: "cite",
        index: 0,
        citation: {
          url: "https://a",
          title: "A",
          citedText: "found",
          start: 0,
          end: 4,
          extensions: { "anthropic-messages": wire },
        },
      },
    ]);
  });

  test("a web search is one part, with what it found", () => {
    const results = [
      {
        type: "web_search_result",
        url: "https://a",
        title: "A",
        page_age: "1 day",
        encrypted_content: "ENC",
      },
    ];
    const parts = read([
      START,
      block(0, { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: '{"query":' }),
      delta(0, { type: "input_json_delta", partial_json: '"q"}' }),
      stop(0),
      block(1, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: results }),
      stop(1),
      ...textBlock(2, "a"),
      finished("end_turn"),
      END,
    ]);
    checkOrder(parts);
    expect(heads(parts)[0]).toMatchObject({
      kind: "search",
      searchId: "srvtoolu_1",
      queries: ["q"],
      sources: [{ url: "https://a", title: "A", pageAge: "1 day", opaque: "ENC" }],
    });
  });

  test("a turn that paused in the middle of a search keeps what was asked", () => {
    const use = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
    const parts = read([
      START,
      block(0, use),
      delta(0, { type: "input_json_delta", partial_json: '{"query": "q"}' }),
      stop(0),
      finished("pause_turn"),
      END,
    ]);
    checkOrder(parts);
    const [head] = heads(parts);
    expect(head).toMatchObject({ kind: "opaque", type: "server_tool_use" });
    expect(head?.kind === "opaque" && head.raw).toContain('"input":{"query": "q"}');
    expect(parts.find(({ type }) => type === "finish")).toMatchObject({ reason: { unified: "pause" } });
  });

  test("blocks that only Anthropic knows stay as they were written", () => {
    const result =
      '{"type":"code_execution_tool_result","tool_use_id":"s","content":{"stdout":"1.0","n":1.0}}';
    const parts = read([
      START,
      {
        name: "content_block_start",
        data: `{"type":"content_block_start","index":0,"content_block":${result}}`,
      },
      stop(0),
      block(1, { type: "compaction", content: null }),
      delta(1, { type: "compaction_delta", content: "sum", encrypted_content: null }),
      stop(1),
      finished("compaction"),
      END,
    ]);
    expect(heads(parts)).toMatchObject([
      { kind: "opaque", raw: result },
      { kind: "opaque", raw: '{"type":"compaction","content":"sum","encrypted_content":null}' },
    ]);
  });

  test("hidden thinking comes with its whole block's state", () => {
    const parts = read([
      START,
      block(0, { type: "redacted_thinking", data: "D" }),
      stop(0),
      finished("end_turn"),
      END,
    ]);
    expect(parts.find(({ type }) => type === "sign")).toMatchObject({
      signature: { value: "D", by: "anthropic", redacted: true },
    });
  });

  test.each([
    ["stop_sequence", { stop_sequence: "END" }, { unified: "stop_sequence", matched: "END" }],
    ["max_tokens", {}, { unified: "length" }],
    ["model_context_window_exceeded", {}, { unified: "context" }],
    [
      "refusal",
      { stop_details: { type: "refusal", category: "bio" } },
      { unified: "refusal", detail: { category: "bio" } },
    ],
    ["a_later_reason", {}, { unified: "stop", raw: "a_later_reason" }],
  ])("ends by %s", (reason, more, expected) => {
    const parts = read([START, finished(reason, more), END]);
    expect(parts.find(({ type }) => type === "finish")).toMatchObject({ reason: expected });
  });
});

describe("what goes wrong in mid-stream", () => {
  const begun = [START, block(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "a" })];

  test.each([
    ["overloaded_error", "overloaded"],
    ["rate_limit_error", "rate_limit"],
    ["api_error", "upstream_error"],
    ["timeout_error", "upstream_timeout"],
    ["authentication_error", "upstream_error"],
  ])("%s is a failure of kind %s", (type, kind) => {
    const parts = read([
      ...begun,
      { type: "error", error: { type, message: "x" } },
      ...textBlock(1, "more"),
      END,
    ]);
    expect(last(parts)).toMatchObject({ type: "fail", error: { kind } });
    expect(textOf(parts)).toBe("a");
  });

  test("a call of no tool is a failure: nobody could answer it", () => {
    const parts = read([
      ...begun,
      stop(0),
      block(1, { type: "tool_use", id: "t", name: "" }),
      finished("tool_use"),
      END,
    ]);
    expect(last(parts)).toMatchObject({ type: "fail", error: { kind: "upstream_error" } });
  });

  test("an error without a type is one all the same", () => {
    const parts = read([...begun, { error: { message: "boom" } }]);
    expect(last(parts)).toMatchObject({ type: "fail", error: { kind: "upstream_error" } });
  });

  test("an end without an end is a failure, not a stop", () => {
    // router-for-me/CLIProxyAPI#3055
    expect(last(read(begun))).toMatchObject({ type: "fail", error: { kind: "upstream_error" } });
    expect(last(read([]))).toMatchObject({ type: "fail" });
  });

  test("an answer that said why it stopped needs no message_stop", () => {
    expect(last(read([...begun, stop(0), finished("end_turn")]))).toEqual({ type: "end" });
  });

  test("an event that cannot be read is a failure, since its text is lost", () => {
    expect(
      last(read([...begun, { name: "content_block_delta", data: '{"type":"content_blo' }])),
    ).toMatchObject({
      type: "fail",
      error: { kind: "upstream_error" },
    });
  });
});

describe("what compatible servers send", () => {
  test("a start that stands twice, or not at all", () => {
    checkOrder(read([START, START, ...textBlock(0, "a"), finished("end_turn"), END]));
    const parts = read([...textBlock(0, "a"), finished("end_turn"), END]);
    checkOrder(parts);
    expect(parts[0]).toMatchObject({ type: "start", model: CLAUDE.model });
  });

  test("blocks without a stop, deltas without a start", () => {
    const parts = read([
      START,
      delta(0, { type: "text_delta", text: "a" }),
      block(1, { type: "tool_use", id: "t", name: "f", input: {} }),
      finished("tool_use"),
      END,
    ]);
    checkOrder(parts);
    expect(kinds(parts)).toEqual([
      "start",
      "open text",
      "text",
      "close",
      "open call",
      "input",
      "close",
      "finish",
      "usage",
      "end",
    ]);
  });

  test("text in the block of a call follows the call; blank lines are dropped", () => {
    // sgl-project/sglang#24293
    const parts = read([
      START,
      block(0, { type: "tool_use", id: "t", name: "f", input: {} }),
      delta(0, { type: "text_delta", text: "\n" }),
      delta(0, { type: "input_json_delta", partial_json: '{"a":' }),
      delta(0, { type: "text_delta", text: "words" }),
      delta(0, { type: "input_json_delta", partial_json: "1}" }),
      stop(0),
      finished("tool_use"),
      END,
    ]);
    checkOrder(parts);
    expect(inputOf(parts)).toBe('{"a":1}');
    expect(textOf(parts)).toBe("words");
  });

  test("a call without an id gets one of the answer's own", () => {
    const parts = read([
      START,
      block(0, { type: "tool_use", name: "f", input: {} }),
      stop(0),
      finished("tool_use"),
      END,
    ]);
    expect(heads(parts)[0]).toMatchObject({ callId: `toolu_${ANSWER_ID}0` });
  });

  test("an input that comes with the block's start", () => {
    const start =
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":1.0}}}';
    const parts = read([
      START,
      { name: "content_block_start", data: start },
      stop(0),
      finished("tool_use"),
      END,
    ]);
    expect(inputOf(parts)).toBe('{"a":1.0}');
  });

  test("thinking signed by another vendor is that vendor's", () => {
    const parts = read(
      [
        START,
        block(0, { type: "thinking", thinking: "a", signature: "S" }),
        stop(0),
        finished("end_turn"),
        END,
      ],
      { ...CLAUDE, vendor: "deepseek" },
    );
    expect(parts.find(({ type }) => type === "sign")).toMatchObject({
      signature: { value: "S", by: "deepseek" },
    });
  });

  test("no usage, [DONE], unknown events and deltas", () => {
    const parts = read([
      { type: "message_start", message: { id: "m" } },
      { type: "later_event" },
      block(0, { type: "text", text: "a" }),
      delta(0, { type: "later_delta", words: "b" }),
      stop(0),
      { type: "message_delta", delta: { stop_reason: "end_turn" } },
      END,
      { name: "", data: "[DONE]" },
    ]);
    checkOrder(parts);
    expect(textOf(parts)).toBe("a");
  });
});

const anything = fc.oneof(
  fc.constant(START),
  fc.constant(END),
  fc.constant(finished("end_turn")),
  fc.constant({ type: "content_block_stop" }),
  fc
    .constantFrom(
      "text",
      "thinking",
      "redacted_thinking",
      "tool_use",
      "server_tool_use",
      "later",
      "web_search_tool_result",
    )
    .map((type) => block(0, { type, id: "a", tool_use_id: "a", name: "web_search", data: "d", content: [] })),
  fc
    .constantFrom(
      "text_delta",
      "thinking_delta",
      "signature_delta",
      "input_json_delta",
      "citations_delta",
      "compaction_delta",
    )
    .map((type) =>
      delta(0, { type, text: "x", thinking: "y", signature: "s", partial_json: "{}", citation: {} }),
    ),
  fc.record({
    type: fc.string(),
    message: fc.anything(),
    delta: fc.anything(),
    content_block: fc.anything(),
  }),
);

test("whatever an upstream sends, parts keep their order and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 30 }), (events) => {
      const parts = read([START, ...events]);
      checkOrder(parts);
      write(
        parts.filter((part) => part.type !== "start" || part === parts[0]),
        THINKING,
      );
    }),
    { numRuns: 500 },
  );
});

describe("a whole answer", () => {
  const content = [
    { type: "thinking", thinking: "hm", signature: "SIG" },
    { type: "redacted_thinking", data: "D" },
    { type: "text", text: "see", citations: [{ type: "char_location", cited_text: "c", document_index: 0 }] },
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
    {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_1",
      content: [
        { type: "web_search_result", url: "https://a", title: "A", page_age: null, encrypted_content: "E" },
      ],
    },
    { type: "mcp_tool_use", id: "m", name: "n", server_name: "s", input: { a: [1] } },
    { type: "tool_use", id: "t", name: "f", input: { a: { b: [] } }, caller: { type: "direct" } },
  ];
  const answer = {
    ...message,
    content,
    stop_reason: "tool_use",
    usage: { ...message.usage, output_tokens: 7, output_tokens_details: { thinking_tokens: 3 } },
  };

  test("is what its stream would have been, block by block", () => {
    const parts = readWhole(answer);
    checkOrder(parts);
    const folded = JSON.parse(JSON.stringify(anthropicMessagesClient.fold(write(parts, THINKING))));
    expect(folded.content).toEqual(content);
    expect(folded).toMatchObject({ stop_reason: "tool_use", usage: answer.usage });
  });

  test("keeps the source text of arguments", () => {
    const text = JSON.stringify(answer).replace('{"b":[]}', '{"b": 1.0}');
    expect(inputOf(readWhole(text))).toContain('{"a":{"b": 1.0}}');
  });

  test("that is an error is a failure", () => {
    const parts = readWhole({ type: "error", error: { type: "overloaded_error", message: "x" } });
    expect(last(parts)).toMatchObject({ type: "fail", error: { kind: "overloaded" } });
  });
});

describe("a refusal", () => {
  const refusal = (status: number, type: string, message: string) =>
    anthropicMessagesUpstream.decodeError(status, { type: "error", error: { type, message } }, "");

  test.each<[number, string, string, string]>([
    [400, "invalid_request_error", "messages: at least one message is required", "bad_request"],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context_length"],
    [400, "invalid_request_error", "Your credit balance is too low to access the API", "upstream_error"],
    [401, "authentication_error", "invalid x-api-key", "upstream_error"],
    [403, "permission_error", "no access", "upstream_error"],
    [404, "not_found_error", "model: x", "upstream_error"],
    [413, "request_too_large", "too large", "too_large"],
    [429, "rate_limit_error", "slow down", "rate_limit"],
    [500, "api_error", "Internal", "upstream_error"],
    [504, "timeout_error", "late", "upstream_timeout"],
    [529, "overloaded_error", "Overloaded", "overloaded"],
    [529, "", "", "overloaded"],
  ])("%i %s %j is of kind %s", (status, type, words, kind) => {
    expect(refusal(status, type, words).kind as string).toBe(kind);
  });

  test("keeps the upstream's words where they are about the request, and only there", () => {
    expect(refusal(400, "invalid_request_error", "max_tokens: too high").message).toBe(
      "max_tokens: too high",
    );
    expect(refusal(401, "authentication_error", "key sk-ant-secret is bad").message).not.toContain("sk-ant");
  });

  test("that is no JSON", () => {
    const error = anthropicMessagesUpstream.decodeError(502, undefined, "<html>bad gateway</html>");
    expect(error).toMatchObject({ kind: "upstream_error", cause: "<html>bad gateway</html>" });
  });
});
