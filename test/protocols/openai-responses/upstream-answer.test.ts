import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { asObject, type JsonObject } from "../../../src/core/json.ts";
import { answerContext, brokenOrder, eventsOf, OPENAI, read, readWhole, write } from "./contexts.ts";
import {
  CREATED,
  callEvents,
  completed,
  functionCall,
  message,
  messageEvents,
  numbered,
  RESPONSE,
  reasoning,
  reasoningEvents,
} from "./upstream-events.ts";

/** Parts in a line each: what opens, what is said, how it ends. */
function told(parts: readonly StreamPart[]): string[] {
  return parts.flatMap((part) => {
    switch (part.type) {
      case "open":
        return [`open ${part.index} ${part.part.kind}`];
      case "text":
        return [`text ${part.text}`];
      case "input":
        return [`input ${part.text}`];
      case "finish":
        return [`finish ${part.reason.unified}`];
      case "sign":
        return [`sign ${part.signature.value}`];
      case "fail":
        return [`fail ${part.error.kind}`];
      default:
        return part.type === "usage" ? [] : [part.type];
    }
  });
}

function good(events: readonly JsonObject[]): StreamPart[] {
  const parts = read(numbered(events));
  expect(brokenOrder(parts)).toBeUndefined();
  return parts;
}

describe("a stream", () => {
  test("of reasoning, text and a call", () => {
    const items = [reasoning(), message("Hello"), functionCall()];
    const parts = good([
      CREATED,
      { type: "response.in_progress", response: RESPONSE },
      ...reasoningEvents(),
      ...messageEvents(["Hel", "lo"], 1),
      ...callEvents(functionCall(), 2),
      completed(items, { service_tier: "flex" }),
    ]);
    const signature = {
      value: "gAAA",
      by: "openai",
      model: OPENAI.model,
      scope: OPENAI.scope,
      itemId: "rs_up",
    };
    expect(parts).toEqual([
      { type: "start", id: "resp_up", model: "gpt-5.6-2026-06-01", created: 1_780_000_000 },
      { type: "open", index: 0, choice: 0, part: { kind: "reasoning", form: "summary", id: "rs_up" } },
      { type: "text", index: 0, text: "one", section: 0 },
      { type: "text", index: 0, text: "two", section: 1 },
      { type: "sign", index: 0, signature },
      { type: "close", index: 0 },
      { type: "open", index: 1, choice: 0, part: { kind: "text", id: "msg_up" } },
      { type: "text", index: 1, text: "Hel" },
      { type: "text", index: 1, text: "lo" },
      { type: "close", index: 1 },
      {
        type: "open",
        index: 2,
        choice: 0,
        part: { kind: "call", callId: "call_up", name: "f", form: "json", id: "fc_up" },
      },
      { type: "input", index: 2, text: '{"a' },
      { type: "input", index: 2, text: '":1}' },
      { type: "close", index: 2 },
      { type: "finish", choice: 0, reason: { unified: "tool", raw: "completed" } },
      {
        type: "usage",
        usage: {
          input: 15,
          cacheRead: 5,
          cacheWrite5m: 0,
          cacheWrite1h: 0,
          audioInput: 0,
          output: 5,
          reasoning: 4,
          audioOutput: 0,
          imageOutput: 0,
          searches: 0,
          characters: 0,
          seconds: 0,
        },
        serviceTier: "flex",
      },
      { type: "end" },
    ]);
  });

  test("and the same answer whole are the same parts, but for how the text was cut", () => {
    const items = [reasoning(), message("Hello"), functionCall()];
    const streamed = good([
      CREATED,
      ...reasoningEvents(),
      ...messageEvents(["Hello"], 1),
      ...callEvents(functionCall(), 2),
      completed(items),
    ]);
    const whole = readWhole(asObject(completed(items).response) ?? {});
    const joined = streamed.filter((part) => part.type !== "input");
    expect(whole.filter((part) => part.type !== "input")).toEqual(joined);
    expect(whole.find((part) => part.type === "input")).toEqual({ type: "input", index: 2, text: '{"a":1}' });
  });

  test("of a freeform call in a namespace", () => {
    const item = {
      id: "ctc_1",
      type: "custom_tool_call",
      call_id: "c",
      name: "exec",
      namespace: "functions",
      input: "ls()",
    };
    const parts = good([
      CREATED,
      { type: "response.output_item.added", output_index: 0, item: { ...item, input: "" } },
      { type: "response.custom_tool_call_input.delta", item_id: "ctc_1", output_index: 0, delta: "ls" },
      { type: "response.custom_tool_call_input.delta", item_id: "ctc_1", output_index: 0, delta: "()" },
      { type: "response.custom_tool_call_input.done", item_id: "ctc_1", output_index: 0, input: "ls()" },
      { type: "response.output_item.done", output_index: 0, item },
      completed([item]),
    ]);
    expect(parts[1]).toMatchObject({
      part: { kind: "call", form: "text", name: "exec", namespace: "functions" },
    });
    expect(told(parts)).toEqual([
      "start",
      "open 0 call",
      "input ls",
      "input ()",
      "close",
      "finish tool",
      "end",
    ]);
  });

  test("of reasoning text (gpt-oss servers), a refusal, an annotation and logprobs", () => {
    const at = { item_id: "rs_1", output_index: 0, content_index: 0 };
    const said = { item_id: "msg_1", output_index: 1, content_index: 0 };
    const annotation = {
      type: "url_citation",
      url: "https://a.test",
      title: "A",
      start_index: 0,
      end_index: 1,
    };
    const logprobs = [{ token: "a", logprob: -1, bytes: [97], top_logprobs: [{ token: "b", logprob: -2 }] }];
    const parts = good([
      CREATED,
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { id: "rs_1", type: "reasoning", summary: [] },
      },
      { type: "response.reasoning_text.delta", ...at, delta: "hm" },
      { type: "response.reasoning_text.done", ...at, text: "hm" },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: {
          id: "rs_1",
          type: "reasoning",
          summary: [],
          content: [{ type: "reasoning_text", text: "hm" }],
        },
      },
      {
        type: "response.output_item.added",
        output_index: 1,
        item: { id: "msg_1", type: "message", content: [] },
      },
      { type: "response.output_text.delta", ...said, delta: "a", logprobs },
      { type: "response.output_text.annotation.added", ...said, annotation_index: 0, annotation },
      { type: "response.output_text.done", ...said, text: "a" },
      {
        type: "response.content_part.done",
        ...said,
        part: { type: "output_text", text: "a", annotations: [annotation], logprobs },
      },
      { type: "response.refusal.delta", ...said, content_index: 1, delta: "no" },
      { type: "response.refusal.done", ...said, content_index: 1, refusal: "no" },
      {
        type: "response.output_item.done",
        output_index: 1,
        item: {
          id: "msg_1",
          type: "message",
          content: [
            { type: "output_text", text: "a", annotations: [annotation], logprobs },
            { type: "refusal", refusal: "no" },
          ],
        },
      },
      completed(),
    ]);
    expect(parts.filter(({ type }) => type === "open")).toMatchObject([
      { part: { kind: "reasoning", form: "full" } },
      { part: { kind: "text" } },
      { part: { kind: "text", refusal: true } },
    ]);
    expect(told(parts)).toEqual([
      "start",
      "open 0 reasoning",
      "text hm",
      "close",
      "open 1 text",
      "text a",
      "logprobs",
      "cite",
      "close",
      "open 2 text",
      "text no",
      "close",
      "finish refusal",
      "end",
    ]);
    const cite = parts.find((part) => part.type === "cite");
    expect(cite).toMatchObject({ citation: { url: "https://a.test", title: "A", start: 0, end: 1 } });
    expect(parts.find((part) => part.type === "logprobs")).toMatchObject({
      tokens: [{ token: "a", logprob: -1, top: [{ token: "b", logprob: -2 }] }],
    });
  });

  test("of a search, an image and what only this protocol has", () => {
    const search = {
      id: "ws_1",
      type: "web_search_call",
      status: "completed",
      action: { type: "search", query: "q", sources: [{ type: "url", url: "https://a.test" }] },
    };
    const page = {
      id: "ws_2",
      type: "web_search_call",
      action: { type: "open_page", url: "https://a.test" },
    };
    const image = { id: "ig_1", type: "image_generation_call", result: "iVBO", output_format: "webp" };
    const code = { id: "ci_1", type: "code_interpreter_call", code: "1" };
    const done = [search, page, image, code].flatMap((item, output_index) => [
      { type: "response.output_item.added", output_index, item: { ...item, status: "in_progress" } },
      { type: "response.web_search_call.in_progress", item_id: item.id, output_index },
      { type: "response.output_item.done", output_index, item },
    ]);
    const parts = good([CREATED, ...done, completed()]);
    expect(parts.flatMap((part) => (part.type === "open" ? [part.part] : []))).toMatchObject([
      { kind: "search", searchId: "ws_1", queries: ["q"], sources: [{ url: "https://a.test" }] },
      { kind: "opaque", type: "web_search_call", raw: JSON.stringify(page) },
      { kind: "media", media: "image", mime: "image/webp", source: { bytes: "iVBO" } },
      { kind: "opaque", type: "code_interpreter_call" },
    ]);
    expect(parts.find((part) => part.type === "usage")).toMatchObject({ usage: { searches: 2 } });
  });
});

describe("servers that leave things out or mix them up", () => {
  const say = (events: readonly JsonObject[]) => told(good(events));

  // https://github.com/router-for-me/CLIProxyAPI/issues/2610, https://github.com/sipeed/picoclaw/issues/2437
  test("an empty output at the end: the items' own events count", () => {
    expect(say([CREATED, ...messageEvents(["a"]), completed([])])).toEqual([
      "start",
      "open 0 text",
      "text a",
      "close",
      "finish stop",
      "end",
    ]);
  });

  test("no events but the end: its output counts", () => {
    expect(say([CREATED, completed([message("a"), functionCall()])])).toEqual([
      "start",
      "open 0 text",
      "text a",
      "close",
      "open 1 call",
      'input {"a":1}',
      "close",
      "finish tool",
      "end",
    ]);
  });

  test("items without deltas, and deltas without items", () => {
    expect(
      say([CREATED, { type: "response.output_item.done", output_index: 0, item: message("a") }, completed()]),
    ).toEqual(["start", "open 0 text", "text a", "close", "finish stop", "end"]);
    expect(say([{ type: "response.output_text.delta", delta: "a" }, completed([message("ab")])])).toEqual([
      "start",
      "open 0 text",
      "text a",
      "text b",
      "close",
      "finish stop",
      "end",
    ]);
  });

  // https://github.com/jlcodes99/cockpit-tools/issues/2328
  test("response.done is an end", () => {
    const end = { ...completed(), type: "response.done" };
    expect(say([CREATED, ...messageEvents(["a"]), end]).at(-1)).toBe("end");
  });

  // https://github.com/kitty-ai/kitty-bridge/issues/122
  test("every item has the output index 0", () => {
    const parts = say([
      CREATED,
      ...messageEvents(["a"], 0),
      ...callEvents(functionCall(), 0),
      completed([message("a"), functionCall()]),
    ]);
    expect(parts).toEqual([
      "start",
      "open 0 text",
      "text a",
      "close",
      "open 1 call",
      'input {"a',
      'input ":1}',
      "close",
      "finish tool",
      "end",
    ]);
  });

  test("other ids at the end than in the events", () => {
    const parts = say([CREATED, ...messageEvents(["a"]), completed([message("a", "msg_other")])]);
    expect(parts.filter((line) => line.startsWith("open"))).toEqual(["open 0 text"]);
  });

  test("items that never end do not hold up the next", () => {
    const first = messageEvents(["a"]).slice(0, -1);
    const parts = read(numbered([CREATED, ...first, ...callEvents(functionCall(), 1).slice(0, 2)]));
    expect(told(parts).slice(0, 6)).toEqual([
      "start",
      "open 0 text",
      "text a",
      "close",
      "open 1 call",
      'input {"a',
    ]);
  });

  test("reasoning that never ends does not, either; state that comes after all gets a part of its own", () => {
    const [added, part, delta, done, ended] = reasoningEvents(reasoning({ summary: [{ text: "one" }] }));
    const open = [added, part, delta, done, ended].flatMap((event) => (event ? [event] : []));
    const late = {
      type: "response.output_item.done",
      output_index: 0,
      item: reasoning({ summary: [{ text: "one" }] }),
    };
    expect(told(read(numbered([CREATED, ...open, ...messageEvents(["a"], 1).slice(0, 3)])))).toEqual([
      "start",
      "open 0 reasoning",
      "text one",
      "close",
      "open 1 text",
      "text a",
      "fail upstream_error",
    ]);
    expect(say([CREATED, ...open, ...messageEvents(["a"], 1), late, completed()]).slice(6)).toEqual([
      "close",
      "open 2 reasoning",
      "sign gAAA",
      "close",
      "finish stop",
      "end",
    ]);
  });

  test("items that grow at the same time come one after the other", () => {
    const [first, second] = [messageEvents(["a", "b"], 0), callEvents(functionCall(), 1)];
    const mixed = first.flatMap((event, at) => [event, ...(second[at] ? [second[at]] : [])]);
    expect(say([CREATED, ...mixed, completed()])).toEqual([
      "start",
      "open 0 text",
      "text a",
      "text b",
      "close",
      "open 1 call",
      'input {"a',
      'input ":1}',
      "close",
      "finish tool",
      "end",
    ]);
  });

  test("a call's name or id comes late or never", () => {
    const at = { item_id: "fc_1", output_index: 0 };
    const late = [
      CREATED,
      { type: "response.output_item.added", output_index: 0, item: { id: "fc_1", type: "function_call" } },
      { type: "response.function_call_arguments.delta", ...at, delta: "{}" },
      { type: "response.function_call_arguments.done", ...at, arguments: "{}", name: "late" },
      completed(),
    ];
    const parts = good(late);
    expect(parts[1]).toMatchObject({ part: { name: "late", callId: "fc_1" } });
    expect(told(parts)).toContain("input {}");
    const nameless = readWhole({
      status: "completed",
      output: [{ type: "function_call", name: "f", arguments: "" }],
    });
    expect(nameless[1]).toMatchObject({ part: { callId: expect.stringMatching(/^call_[0-9a-f]{28}$/) } });
  });
});

describe("the end", () => {
  test.each<[string, JsonObject, string]>([
    ["max_output_tokens", { reason: "max_output_tokens" }, "finish length"],
    ["content_filter", { reason: "content_filter" }, "finish filter"],
    ["something else", { reason: "odd" }, "finish other"],
  ])("incomplete: %s", (_name, incomplete_details, expected) => {
    const end = completed([message("a")], { status: "incomplete", incomplete_details });
    const parts = good([CREATED, { ...end, type: "response.incomplete" }]);
    expect(told(parts)).toContain(expected);
  });

  test("a call that was cut is closed, and the answer's end is its length", () => {
    const parts = good([
      CREATED,
      ...callEvents().slice(0, 2),
      {
        type: "response.incomplete",
        response: { ...RESPONSE, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      },
    ]);
    expect(told(parts)).toEqual(["start", "open 0 call", 'input {"a', "close", "finish length", "end"]);
  });

  test.each<[string, JsonObject]>([
    ["nothing", {}],
    ["[DONE] without an end", { done: true }],
  ])("broken off with %s", (_name, { done }) => {
    const parts = read([CREATED, ...messageEvents(["a"]), ...(done ? [{ data: "[DONE]" }] : [])]);
    expect(told(parts).at(-1)).toBe("fail upstream_error");
    expect(brokenOrder(parts)).toBeUndefined();
  });

  // https://github.com/BerriAI/litellm/issues/39703, https://github.com/BerriAI/litellm/issues/32475
  test.each<[string, JsonObject, string]>([
    ["quota", { code: "insufficient_quota", message: "no money" }, "fail upstream_error"],
    ["rate", { code: "rate_limit_exceeded", message: "try again in 1.5s" }, "fail rate_limit"],
    ["context", { code: "context_length_exceeded", message: "too long" }, "fail context_length"],
    ["overload", { code: "server_overloaded", message: "" }, "fail overloaded"],
    ["prompt", { code: "invalid_prompt", message: "bad" }, "fail bad_request"],
    ["image", { code: "image_too_large", message: "big" }, "fail bad_request"],
    ["server", { code: "server_error", message: "oops" }, "fail upstream_error"],
  ])("failed: %s", (_name, error, expected) => {
    const failed = { type: "response.failed", response: { ...RESPONSE, status: "failed", error } };
    expect(told(good([CREATED, failed])).at(-1)).toBe(expected);
    expect(told(good([{ type: "error", ...error, param: null }])).at(-1)).toBe(expected);
    expect(told(good([{ type: "error", error }])).at(-1)).toBe(expected);
    expect(told(good([{ ...completed(), ...failed, type: "response.done" }])).at(-1)).toBe(expected);
    expect(told(readWhole({ ...RESPONSE, status: "failed", error })).at(-1)).toBe(expected);
  });

  test("what a rate limit says of the wait is kept", () => {
    const error = { code: "rate_limit_exceeded", message: "Please try again in 1.5s." };
    const [, fail] = good([{ type: "error", ...error }]);
    expect(fail).toMatchObject({ error: { kind: "rate_limit", retryAfterMs: 1500 } });
  });

  test("something that is no response fails", () => {
    expect(told(readWhole({ hello: "world" })).at(-1)).toBe("fail upstream_error");
    expect(told(readWhole({ status: "completed" })).at(-1)).toBe("end");
  });
});

describe("whatever comes", () => {
  const eventArb = fc.record(
    {
      type: fc.constantFrom(
        "response.created",
        "response.output_item.added",
        "response.output_item.done",
        "response.content_part.added",
        "response.content_part.done",
        "response.output_text.delta",
        "response.output_text.done",
        "response.refusal.delta",
        "response.reasoning_text.delta",
        "response.reasoning_summary_text.delta",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.custom_tool_call_input.delta",
        "response.completed",
        "error",
        "odd",
      ),
      item_id: fc.constantFrom("a", "b", "", 3),
      output_index: fc.constantFrom(0, 1, "x"),
      content_index: fc.constantFrom(0, 1, null),
      summary_index: fc.constantFrom(0, 1),
      delta: fc.oneof(fc.string(), fc.constant(null)),
      text: fc.string(),
      arguments: fc.string(),
      part: fc.oneof(fc.constant(null), fc.record({ type: fc.constant("output_text"), text: fc.string() })),
      item: fc.oneof(
        fc.jsonValue(),
        fc.record({
          id: fc.constantFrom("a", "b"),
          type: fc.constantFrom("message", "reasoning", "function_call", "image_generation_call", "x"),
          name: fc.constantFrom("f", null),
          content: fc.jsonValue(),
          summary: fc.jsonValue(),
          encrypted_content: fc.constantFrom("s", null),
        }),
      ),
      response: fc.jsonValue(),
    },
    { requiredKeys: ["type"] },
  );

  test("nothing throws, the order of parts is kept, and clients can be told", () => {
    fc.assert(
      fc.property(fc.array(eventArb, { maxLength: 25 }), (events) => {
        const parts = read(events as JsonObject[]);
        expect(brokenOrder(parts)).toBeUndefined();
        const context = answerContext({ model: "m", include: ["reasoning.encrypted_content"] });
        eventsOf(parts, context);
      }),
      { numRuns: 400 },
    );
  });
});

test("an answer that is read and written again is the same answer", () => {
  const own = { ...message("Hello"), phase: "final_answer" };
  const items = [reasoning({ summary: [{ type: "summary_text", text: "one" }] }), own, functionCall()];
  const context = answerContext({ model: "m", include: ["reasoning.encrypted_content"] });
  const events = write(readWhole(asObject(completed(items).response) ?? {}), context);
  const { output, usage } = asObject(events.at(-1)?.response) ?? {};
  const [first, second, third] = items;
  expect(output).toEqual([
    first,
    { ...second, content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }] },
    third,
  ]);
  expect(usage).toMatchObject({ input_tokens: 20, output_tokens: 9, total_tokens: 29 });
});
