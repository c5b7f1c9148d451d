import { describe, expect, test } from "bun:test";
import { OpenAI } from "openai";
import { GatewayError } from "../../../src/core/errors.ts";
import type { FinishReason, StreamPart } from "../../../src/core/generation/stream-part.ts";
import { asList, asObject, type JsonObject } from "../../../src/core/json.ts";
import { openaiResponsesClient } from "../../../src/protocols/openai-responses/client/client.ts";
import { answer, call, type Filled, opening, START, TEXT, USAGE } from "./answer-parts.ts";
import { CODEX_KNOWN_MODEL, CODEX_TOOL_SEARCH, CODEX_UNKNOWN_MODEL } from "./bodies.ts";
import { ANSWER_ID, answerContext, eventsOf, foldOf, seal, write } from "./contexts.ts";
import { writeSse } from "./sse.ts";

const types = (events: readonly JsonObject[]) =>
  events.map(({ type }) => String(type).replace("response.", ""));

function outputOf(parts: readonly StreamPart[], context = answerContext()): JsonObject[] {
  return asList(foldOf(parts, context).output) as JsonObject[];
}

const ASKS_STATE = { model: "m", input: "hi", store: false, include: ["reasoning.encrypted_content"] };

describe("the events of an answer", () => {
  test("text", () => {
    const events = write(answer([[TEXT, "Hel", "lo"]]));
    const id = `msg_${ANSWER_ID}0000`;
    expect(types(events)).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    const part = { type: "output_text", text: "Hello", annotations: [], logprobs: [] };
    const item = { id, type: "message", status: "completed", role: "assistant", content: [part] };
    expect(events.slice(2, 9)).toEqual([
      {
        type: "response.output_item.added",
        sequence_number: 2,
        output_index: 0,
        item: { id, type: "message", status: "in_progress", role: "assistant", content: [] },
      },
      {
        type: "response.content_part.added",
        sequence_number: 3,
        item_id: id,
        output_index: 0,
        content_index: 0,
        part: { ...part, text: "" },
      },
      {
        type: "response.output_text.delta",
        sequence_number: 4,
        item_id: id,
        output_index: 0,
        content_index: 0,
        delta: "Hel",
        logprobs: [],
      },
      {
        type: "response.output_text.delta",
        sequence_number: 5,
        item_id: id,
        output_index: 0,
        content_index: 0,
        delta: "lo",
        logprobs: [],
      },
      {
        type: "response.output_text.done",
        sequence_number: 6,
        item_id: id,
        output_index: 0,
        content_index: 0,
        text: "Hello",
        logprobs: [],
      },
      {
        type: "response.content_part.done",
        sequence_number: 7,
        item_id: id,
        output_index: 0,
        content_index: 0,
        part,
      },
      { type: "response.output_item.done", sequence_number: 8, output_index: 0, item },
    ]);
    expect(asObject(events.at(-1)?.response)?.output).toEqual([item]);
  });

  test("end with [DONE] after the terminal event, which comes last", () => {
    expect(
      eventsOf(answer([[TEXT, "a"]]))
        .slice(-2)
        .map(({ name, data }) => name ?? data),
    ).toEqual(["response.completed", "[DONE]"]);
  });

  // https://github.com/router-for-me/CLIProxyAPI/issues/1004, https://github.com/router-for-me/CLIProxyAPI/issues/4622
  test("a call: the item's end says name, call_id, arguments and id again, as the response does", () => {
    const events = write(answer([[call("read"), '{"a"', ":1}"]], "tool"));
    expect(types(events).slice(2)).toEqual([
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.delta",
      "function_call_arguments.done",
      "output_item.done",
      "completed",
    ]);
    const item = {
      id: `fc_${ANSWER_ID}0000`,
      type: "function_call",
      status: "completed",
      call_id: "call_1",
      name: "read",
      arguments: '{"a":1}',
    };
    expect(events.at(-2)?.item).toEqual(item);
    expect(events.at(-3)).toMatchObject({ name: "read", arguments: '{"a":1}', item_id: item.id });
    expect(asObject(events.at(-1)?.response)?.output).toEqual([item]);
  });

  test("a call is done as soon as its arguments are whole, before anything follows", () => {
    const encoder = openaiResponsesClient.openEncoder(answerContext());
    const events = opening([[call(), "{}"]]).flatMap((part) => encoder.encode(part));
    expect(events.at(-1)?.name).toBe("response.output_item.done");
  });

  test("a call without arguments has an empty object", () => {
    expect(outputOf(answer([[call()]], "tool"))).toMatchObject([{ arguments: "{}", status: "completed" }]);
  });

  test("a freeform call streams plain text", () => {
    const head = call("exec", { form: "text", namespace: "functions" });
    const events = write(answer([[head, "ls", "()"]], "tool"), answerContext(CODEX_KNOWN_MODEL));
    expect(types(events).slice(2, -1)).toEqual([
      "output_item.added",
      "custom_tool_call_input.delta",
      "custom_tool_call_input.delta",
      "custom_tool_call_input.done",
      "output_item.done",
    ]);
    expect(events.at(-2)?.item).toEqual({
      id: `ctc_${ANSWER_ID}0000`,
      type: "custom_tool_call",
      status: "completed",
      call_id: "call_1",
      name: "exec",
      namespace: "functions",
      input: "ls()",
    });
  });

  test("a call of a vendor's tool that the client runs is the item of that tool", () => {
    const [item] = outputOf(
      answer([[call("tool_search", { builtin: "tool_search" }), '{"query":"x"}']], "tool"),
      answerContext(CODEX_TOOL_SEARCH),
    );
    expect(item).toEqual({
      id: `tsc_${ANSWER_ID}0000`,
      type: "tool_search_call",
      status: "completed",
      call_id: "call_1",
      execution: "client",
      arguments: { query: "x" },
    });
    const shell = call("local_shell", { builtin: "local_shell" });
    expect(outputOf(answer([[shell, '{"command":["ls"]}']], "tool"))).toMatchObject([
      { type: "local_shell_call", call_id: "call_1", action: { type: "exec", env: {}, command: ["ls"] } },
    ]);
  });

  test("a function that is only named like one stays a function", () => {
    const tools = [{ type: "function", name: "local_shell", parameters: {} }];
    expect(
      outputOf(answer([[call("local_shell"), "{}"]]), answerContext({ model: "m", tools, input: "x" })),
    ).toMatchObject([{ type: "function_call", name: "local_shell" }]);
  });

  test("several parts are items with their own place", () => {
    const parts = answer(
      [
        [{ kind: "reasoning", form: "summary" }, "hm"],
        [TEXT, "I look."],
        [call("a", { callId: "call_1" }), "{}"],
        [call("b", { callId: "call_2" }), "{}"],
      ],
      "tool",
    );
    const added = write(parts).filter(({ type }) => type === "response.output_item.added");
    expect(added.map(({ output_index }) => output_index)).toEqual([0, 1, 2, 3]);
    expect(outputOf(parts).map(({ type }) => type)).toEqual([
      "reasoning",
      "message",
      "function_call",
      "function_call",
    ]);
  });
});

describe("reasoning", () => {
  const summary = { kind: "reasoning", form: "summary" } as const;

  test("goes out as a summary, section by section", () => {
    const events = write(answer([[summary, "a", { text: "b", section: 0 }, { text: "c", section: 1 }]]));
    expect(types(events).slice(2, -1)).toEqual([
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
    ]);
    expect(events[2]?.item).toEqual({ id: `rs_${ANSWER_ID}0000`, type: "reasoning", summary: [] });
    expect(events.at(-2)?.item).toEqual({
      id: `rs_${ANSWER_ID}0000`,
      type: "reasoning",
      summary: [
        { type: "summary_text", text: "ab" },
        { type: "summary_text", text: "c" },
      ],
    });
  });

  test("another vendor's full thoughts too, but a Responses upstream's text stays text", () => {
    const full = { kind: "reasoning", form: "full" } as const;
    expect(outputOf(answer([[full, "hm"]]))).toMatchObject([{ summary: [{ text: "hm" }] }]);
    expect(outputOf(answer([[{ ...full, id: "rs_up" }, "hm"]]))).toEqual([
      { id: "rs_up", type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "hm" }] },
    ]);
  });

  test("the vendor's own state goes bare with its id, another's in our envelope", () => {
    const own = { value: "gAAA", by: "openai", itemId: "rs_up" };
    const foreign = { value: "sig", by: "anthropic" };
    const context = answerContext(ASKS_STATE);
    expect(outputOf(answer([[{ ...summary, id: "rs_up" }, { sign: own }]]), context)).toEqual([
      { id: "rs_up", type: "reasoning", summary: [], encrypted_content: "gAAA" },
    ]);
    expect(outputOf(answer([[summary, "hm", { sign: foreign }]]), context)).toMatchObject([
      { summary: [{ text: "hm" }], encrypted_content: seal([foreign]) },
    ]);
    // Beside another id the vendor would refuse it, so it must not stand there bare.
    expect(outputOf(answer([[summary, { sign: own }]]), context)).toMatchObject([
      { encrypted_content: seal([own]) },
    ]);
  });

  test("a client that keeps nothing and did not ask for state gets none", () => {
    const context = answerContext({ model: "m", input: "hi", store: false });
    const parts = answer([
      [summary, { sign: { value: "s", by: "google" } }],
      [TEXT, "a"],
    ]);
    expect(outputOf(parts, context).map(({ type }) => type)).toEqual(["message"]);
  });

  test("a call's state that comes with the call rides in an item before it", () => {
    const signature = { value: "sig", by: "google" };
    const output = outputOf(
      answer([[call("f", { signature }), "{}"]], "tool"),
      answerContext(CODEX_UNKNOWN_MODEL),
    );
    expect(output.map(({ type }) => type)).toEqual(["reasoning", "function_call"]);
    expect(output[0]).toMatchObject({
      summary: [],
      encrypted_content: seal([{ ...signature, callId: "call_1" }]),
    });
  });

  test("state that comes later rides behind, all of it in one item", () => {
    const sign = (value: string) => ({ sign: { value, by: "google" } });
    const parts: Filled[] = [
      [call("f", { callId: "call_1" }), "{}", sign("a")],
      [TEXT, "x", sign("b")],
    ];
    const output = outputOf(answer(parts), answerContext(CODEX_UNKNOWN_MODEL));
    expect(output.map(({ type }) => type)).toEqual(["function_call", "reasoning", "message", "reasoning"]);
    expect(output[1]?.encrypted_content).toBe(seal([{ value: "a", by: "google", callId: "call_1" }]));
    expect(output[3]?.encrypted_content).toBe(seal([{ value: "b", by: "google" }]));
    expect(outputOf(answer(parts)).map(({ type }) => type)).toEqual(["function_call", "message"]);
  });

  test("an item that never said anything is none", () => {
    expect(outputOf(answer([[summary], [TEXT, "a"]])).map(({ id }) => id)).toEqual([`msg_${ANSWER_ID}0000`]);
  });
});

describe("how an answer ends", () => {
  test.each<[FinishReason["unified"], string, JsonObject | null]>([
    ["stop", "completed", null],
    ["stop_sequence", "completed", null],
    ["tool", "completed", null],
    ["other", "completed", null],
    ["length", "incomplete", { reason: "max_output_tokens" }],
    ["context", "incomplete", { reason: "max_output_tokens" }],
    ["pause", "incomplete", { reason: "max_output_tokens" }],
    ["filter", "incomplete", { reason: "content_filter" }],
  ])("%s: %s", (unified, status, details) => {
    const response = foldOf(answer([[TEXT, "a"]], unified));
    expect(response).toMatchObject({ status, incomplete_details: details, output: [{ status }] });
  });

  // https://github.com/0xPlaygrounds/rig/issues/2235
  test("a call that was cut is incomplete, and its arguments are never done", () => {
    const events = write(answer([[call(), '{"a":']], "length"));
    expect(types(events).slice(2)).toEqual([
      "output_item.added",
      "function_call_arguments.delta",
      "output_item.done",
      "incomplete",
    ]);
    expect(events.at(-2)?.item).toMatchObject({ status: "incomplete", arguments: '{"a":' });
  });

  test("a refusal is a refusal part, with words where the upstream had none", () => {
    const said = outputOf(answer([[{ kind: "text", refusal: true }, "I will not."]], "refusal"));
    expect(said).toMatchObject([{ content: [{ type: "refusal", refusal: "I will not." }] }]);
    const parts = opening([[TEXT, "Well"]]);
    const reason: FinishReason = { unified: "refusal", raw: "refusal", detail: { explanation: "Unsafe." } };
    const response = foldOf([...parts, { type: "finish", choice: 0, reason }, { type: "end" }]);
    expect(response.status).toBe("completed");
    expect(response.output).toMatchObject([
      { content: [{ type: "output_text", text: "Well" }] },
      { content: [{ type: "refusal", refusal: "Unsafe." }] },
    ]);
  });

  test("a call that nobody can read fails the answer", () => {
    const events = eventsOf(answer([], "malformed_tool"));
    expect(events.at(-1)).toMatchObject({
      name: "response.failed",
      data: { response: { status: "failed", error: { code: "upstream_error" } } },
    });
  });

  // https://github.com/router-for-me/CLIProxyAPI/issues/3055
  test("a failure in the middle is response.failed with what was said, and no end mark", () => {
    const encoder = openaiResponsesClient.openEncoder(answerContext());
    const grammar = openaiResponsesClient.openGrammar(answerContext().request);
    const parts = [...opening([[TEXT, "a"]]), { type: "open", index: 1, choice: 0, part: call() } as const];
    const events = [
      ...parts.flatMap((part) => encoder.encode(part)),
      ...encoder.fail(new GatewayError("rate_limit", "Too fast.", { retryAfterMs: 1500 })),
    ];
    expect(events.map((event) => grammar.check(event)).filter(Boolean)).toEqual([]);
    expect(grammar.end()).toBeUndefined();
    expect(events.at(-1)?.data).toMatchObject({
      type: "response.failed",
      response: {
        status: "failed",
        error: { code: "rate_limit_exceeded", message: "Too fast. Please try again in 2s." },
        usage: null,
        output: [
          { type: "message", status: "completed" },
          { type: "function_call", status: "incomplete" },
        ],
      },
    });
  });

  test("one before anything was said begins all the same", () => {
    const encoder = openaiResponsesClient.openEncoder(answerContext());
    const events = encoder.fail(new GatewayError("context_length", "Too long."));
    expect(events.map(({ name }) => name)).toEqual([
      "response.created",
      "response.in_progress",
      "response.failed",
    ]);
    expect(events.at(-1)?.data).toMatchObject({ response: { error: { code: "context_length_exceeded" } } });
  });
});

test("a response repeats its request, and has every member that Open Responses requires", () => {
  const tools = [{ type: "function", name: "f", parameters: { a: 1 }, strict: false }];
  const body = {
    model: "m",
    input: "hi",
    instructions: "Be short.",
    tools,
    tool_choice: "required",
    temperature: 0.3,
    reasoning: { effort: "low" },
    text: { verbosity: "low" },
    metadata: { a: "b" },
    max_output_tokens: 50,
    prompt_cache_key: "k",
    store: false,
    previous_response_id: "resp_before",
  };
  const response = foldOf(answer([[TEXT, "a"]]), answerContext(body));
  expect(response).toEqual({
    id: `resp_${ANSWER_ID}`,
    object: "response",
    created_at: 1_790_000_000,
    completed_at: 1_790_000_000,
    status: "completed",
    incomplete_details: null,
    error: null,
    model: "my-model",
    previous_response_id: "resp_before",
    instructions: "Be short.",
    tools,
    tool_choice: "required",
    truncation: "disabled",
    parallel_tool_calls: true,
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    temperature: 0.3,
    max_output_tokens: 50,
    max_tool_calls: null,
    store: false,
    background: false,
    metadata: { a: "b" },
    safety_identifier: null,
    prompt_cache_key: "k",
    user: null,
    reasoning: { effort: "low", summary: null },
    text: { format: { type: "text" }, verbosity: "low" },
    service_tier: "default",
    output: expect.any(Array),
    usage: {
      input_tokens: 12,
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
      output_tokens: 10,
      output_tokens_details: { reasoning_tokens: 6 },
      total_tokens: 22,
    },
  });
  expect(USAGE.input).toBe(7);
});

describe("other parts", () => {
  test("citations have their place in characters; one without a place covers the text", () => {
    const cite = (citation: object) => ({ type: "cite", index: 0, citation }) as const;
    const events = write(
      answer([
        [
          TEXT,
          "🍞 a",
          cite({ url: "https://a.test", title: "A", start: 3, end: 4 }),
          cite({ url: "https://b.test" }),
          "bc",
        ],
      ]),
    );
    const annotations = events.filter(({ type }) => type === "response.output_text.annotation.added");
    expect(annotations.map(({ annotation_index, annotation }) => [annotation_index, annotation])).toEqual([
      [0, { type: "url_citation", url: "https://a.test", title: "A", start_index: 2, end_index: 3 }],
      [1, { type: "url_citation", url: "https://b.test", title: "", start_index: 0, end_index: 5 }],
    ]);
    expect(events.findLast(({ type }) => type === "response.content_part.done")?.part).toMatchObject({
      annotations: annotations.map(({ annotation }) => annotation),
    });
  });

  test("logprobs", () => {
    const tokens = [{ token: "a", logprob: -0.5, top: [{ token: "b", logprob: -1, bytes: [98] }] }];
    const [item] = outputOf(answer([[TEXT, "a", { type: "logprobs", index: 0, tokens }]]));
    expect(item?.content).toMatchObject([
      {
        logprobs: [
          {
            token: "a",
            logprob: -0.5,
            bytes: [97],
            top_logprobs: [{ token: "b", logprob: -1, bytes: [98] }],
          },
        ],
      },
    ]);
  });

  test("a search, with its sources where the client asks for them", () => {
    const search = {
      kind: "search",
      searchId: "srvtoolu_1",
      queries: ["q"],
      sources: [{ url: "https://a.test" }],
    } as const;
    const id = `ws_${ANSWER_ID}0000`;
    const action = { type: "search", query: "q", queries: ["q"] };
    expect(outputOf(answer([[search]]))).toEqual([
      { id, type: "web_search_call", status: "completed", action },
    ]);
    const asks = answerContext({ model: "m", include: ["web_search_call.action.sources"] });
    expect(outputOf(answer([[search]]), asks)).toMatchObject([
      { action: { sources: [{ type: "url", url: "https://a.test" }] } },
    ]);
  });

  test("an image is an image generation's; what only this protocol has goes on as it was", () => {
    const image = {
      kind: "media",
      media: "image",
      source: { type: "base64", bytes: "iVBO" },
      mime: "image/png",
    } as const;
    const raw = '{"type":"mcp_call","id":"mcp_1","name":"n","arguments":"{}"}';
    const own = { kind: "opaque", protocol: "openai-responses", type: "mcp_call", raw } as const;
    const foreign = { kind: "opaque", protocol: "anthropic-messages", type: "x", raw: "{}" } as const;
    expect(outputOf(answer([[image], [own], [foreign], [TEXT, "a"]]))).toMatchObject([
      { type: "image_generation_call", result: "iVBO", output_format: "png", status: "completed" },
      { type: "mcp_call", id: "mcp_1", name: "n", arguments: "{}" },
      { type: "message" },
    ]);
  });
});

describe("the vendor's SDK", () => {
  const parts = answer(
    [
      [{ kind: "reasoning", form: "summary" }, "hm", { sign: { value: "s", by: "anthropic" } }],
      [TEXT, "Hel", "lo"],
      [{ kind: "search", searchId: "s", queries: ["q"], sources: [] }],
      [call("f"), '{"a":', "1}"],
    ],
    "tool",
  );

  function client(body: string, type: string): OpenAI {
    const fetch = async () => new Response(body, { headers: { "content-type": type } });
    return new OpenAI({ apiKey: "k", baseURL: "http://127.0.0.1:1/v1", fetch });
  }

  test("streams it, and adds up what a whole answer says", async () => {
    const context = answerContext(ASKS_STATE);
    const events = eventsOf(parts, context);
    const whole = openaiResponsesClient.fold(events);
    const sdk = client(events.map(writeSse).join(""), "text/event-stream");
    const stream = sdk.responses.stream({ model: "m", input: "hi" });
    const deltas: string[] = [];
    stream.on("response.output_text.delta", (event) => deltas.push(event.delta));
    const final = await stream.finalResponse();
    expect(deltas).toEqual(["Hel", "lo"]);
    expect(final.output_text).toBe("Hello");
    const strip = (item: object) => {
      const { parsed_arguments: _parsed, ...rest } = item as { parsed_arguments?: unknown };
      return rest;
    };
    expect(final.output.map(strip)).toMatchObject(whole.output as object[]);
    expect(final.usage?.total_tokens).toBe(22);
  });

  test("adds the events up to the same output before the end says it again", async () => {
    const events = eventsOf(parts, answerContext(ASKS_STATE));
    const cut = events.filter(({ name }) => name !== "response.completed");
    const stream = client(cut.map(writeSse).join(""), "text/event-stream").responses.stream({
      model: "m",
      input: "hi",
    });
    const final = await stream.finalResponse();
    expect(final.output).toMatchObject(openaiResponsesClient.fold(events).output as object[]);
  });

  test("reads it whole", async () => {
    const whole = foldOf(parts) as unknown as OpenAI.Responses.Response;
    const answered = await client(JSON.stringify(whole), "application/json").responses.create({
      model: "m",
      input: "hi",
    });
    expect(answered.output_text).toBe("Hello");
  });

  test("sees a failure as a failed response", async () => {
    const encoder = openaiResponsesClient.openEncoder(answerContext());
    const events = [...encoder.encode(START), ...encoder.fail(new GatewayError("overloaded", "Busy."))];
    const stream = client(events.map(writeSse).join(""), "text/event-stream").responses.stream({
      model: "m",
      input: "hi",
    });
    expect(await stream.finalResponse()).toMatchObject({ status: "failed", error: { message: "Busy." } });
  });
});
