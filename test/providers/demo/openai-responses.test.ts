import { afterAll, expect, test } from "bun:test";
import OpenAI from "openai";
import type {
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { lasting, serveDemo } from "./serve-demo.ts";

const demo = serveDemo();
afterAll(() => demo.close());

type Request = Omit<ResponseCreateParamsNonStreaming, "stream">;

const WEATHER = {
  type: "function" as const,
  name: "get_weather",
  strict: false,
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const CLOCK = { type: "function" as const, name: "get_time", strict: false, parameters: { type: "object" } };
const PATCH = { type: "custom" as const, name: "apply_patch" };

const ask = (input: string, more: Partial<Request> = {}): Request => ({ model: "gpt-demo", input, ...more });

const REQUESTS: Record<string, Request> = {
  text: ask("hello 👍🏽 北京"),
  "a tool": ask("use get_weather", { tools: [WEATHER] }),
  "two tools": ask("get_weather and get_time", { tools: [WEATHER, CLOCK] }),
  "a freeform tool": ask('apply_patch with "*** Begin Patch"', { tools: [PATCH] }),
  reasoning: ask("hm", {
    reasoning: { effort: "low", summary: "auto" },
    include: ["reasoning.encrypted_content"],
  }),
  "reasoning without a summary": ask("hm", { reasoning: { effort: "low" } }),
  "a limit": ask("hi", { max_output_tokens: 7 }),
  JSON: ask("hi", { text: { format: { type: "json_schema", name: "w", schema: WEATHER.parameters } } }),
};

test.each(Object.entries(REQUESTS))("the stream of %s adds up to the whole answer", async (_, request) => {
  const whole = await demo.openai.responses.create(request);
  const streamed = await demo.openai.responses.stream(request).finalResponse();
  expect(lasting(streamed)).toEqual(lasting(whole));
});

test("an answer holds every field that the vendor's does", async () => {
  const response = await demo.openai.responses.create(
    ask("hello there", { metadata: { a: "b" }, temperature: 0.5 }),
  );
  expect(response).toMatchObject({
    object: "response",
    status: "completed",
    model: "gpt-demo",
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: { a: "b" },
    parallel_tool_calls: true,
    temperature: 0.5,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    text: { format: { type: "text" } },
    truncation: "disabled",
    store: false,
    usage: { input_tokens: 2 + 3, input_tokens_details: { cached_tokens: 0 } },
  });
  expect(response.output_text).toMatch(/Quoin's demo upstream.*gpt-demo.*hello there/s);
});

async function eventsOf(request: Request): Promise<ResponseStreamEvent[]> {
  return Array.fromAsync(await demo.openai.responses.create({ ...request, stream: true }));
}

test("events are numbered from 0, and every item is added, filled and done under one id", async () => {
  const reasoning = { effort: "low" as const, summary: "auto" as const };
  const events = await eventsOf(ask("get_weather", { tools: [WEATHER], reasoning }));
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  const types = events
    .map(({ type }) => type.replace("response.", ""))
    .filter((type) => !type.endsWith("delta"));
  expect(types).toEqual([
    "created",
    "in_progress",
    "output_item.added",
    "reasoning_summary_part.added",
    "reasoning_summary_text.done",
    "reasoning_summary_part.done",
    "output_item.done",
    "output_item.added",
    "function_call_arguments.done",
    "output_item.done",
    "completed",
  ]);
  const done = events.flatMap((event) => (event.type === "response.output_item.done" ? [event.item] : []));
  const last = events.at(-1);
  expect(last?.type === "response.completed" && last.response.output).toEqual(done);
});

test("a message is one part between its added and its done", async () => {
  const types = (await eventsOf(ask("hi"))).map(({ type }) => type.replace("response.", ""));
  const deltas = types.filter((type) => type === "output_text.delta");
  expect(deltas.length).toBeGreaterThan(10);
  expect(types.filter((type) => type !== "output_text.delta")).toEqual([
    "created",
    "in_progress",
    "output_item.added",
    "content_part.added",
    "output_text.done",
    "content_part.done",
    "output_item.done",
    "completed",
  ]);
});

test("a limit makes the answer incomplete, in the event's name too", async () => {
  const { status, incomplete_details, usage } = await demo.openai.responses.create(
    ask("hi", { max_output_tokens: 7 }),
  );
  expect([status, incomplete_details?.reason, usage?.output_tokens]).toEqual([
    "incomplete",
    "max_output_tokens",
    7,
  ]);
  expect((await eventsOf(ask("hi", { max_output_tokens: 7 }))).at(-1)?.type).toBe("response.incomplete");
});

test("a tool loop ends with the tool's result told", async () => {
  const tools = [WEATHER];
  const first = await demo.openai.responses.create(ask("get_weather", { tools }));
  const [call] = first.output;
  if (call?.type !== "function_call") throw new Error("no call");
  const input: ResponseInputItem[] = [
    { role: "user", content: "get_weather" },
    call,
    { type: "function_call_output", call_id: call.call_id, output: "21 degrees" },
  ];
  const second = await demo.openai.responses.create({ model: "gpt-demo", input, tools });
  expect(second.output_text).toContain("get_weather answered: “21 degrees”");
});

test("Codex's tools: in a namespace, and in an item of the input", async () => {
  const namespace = { type: "namespace", name: "files", tools: [{ ...CLOCK, name: "list_files" }] };
  const added = { type: "additional_tools", tools: [PATCH] };
  const user = {
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: "list_files, apply_patch" }],
  };
  const body = { model: "gpt-demo", input: [added, user], tools: [namespace, { type: "web_search" }] };
  const { output } = await demo.openai.post<OpenAI.Responses.Response>("/responses", { body });
  expect(output).toMatchObject([
    { type: "function_call", name: "list_files", namespace: "files", arguments: "{}" },
    { type: "custom_tool_call", name: "apply_patch", input: "list_files, apply_patch" },
  ]);
});

test("reasoning is sealed only for who asks to have it", async () => {
  const reasoning = { effort: "low" as const, summary: "auto" as const };
  const [open] = (await demo.openai.responses.create(ask("hm", { reasoning }))).output;
  expect(open).toMatchObject({ type: "reasoning", summary: [{ type: "summary_text" }] });
  expect(open).not.toHaveProperty("encrypted_content");
});

test.each([
  ["input", {}],
  ["input", { input: 5 }],
  ["input[0]", { input: ["hi"] }],
  ["input[0].content", { input: [{ role: "user", content: 5 }] }],
  ["max_output_tokens", { input: "hi", max_output_tokens: -1 }],
  ["previous_response_id", { input: "hi", previous_response_id: "resp_1" }],
])("a 400 names %s", async (field, body) => {
  const error = await demo.openai.post("/responses", { body: { model: "gpt-demo", ...body } }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.BadRequestError)) throw new Error(`not refused: ${error}`);
  expect(error).toMatchObject({ param: field, type: "invalid_request_error", code: expect.any(String) });
});
