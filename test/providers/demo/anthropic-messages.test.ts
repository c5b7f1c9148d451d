import { afterAll, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import type { MessageCreateParamsNonStreaming, MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { askDemo, lasting, serveDemo } from "./serve-demo.ts";

const demo = serveDemo();
afterAll(() => demo.close());

const WEATHER = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: {
    type: "object" as const,
    properties: {
      city: { type: "string" },
      unit: { enum: ["celsius", "kelvin"] },
      days: { type: "integer" },
    },
    required: ["city", "unit"],
  },
};
const CLOCK = { name: "get_time", input_schema: { type: "object" as const } };

const ask = (content: string, more: Partial<MessageCreateParamsNonStreaming> = {}) => ({
  model: "claude-demo",
  max_tokens: 1000,
  messages: [{ role: "user" as const, content }],
  ...more,
});

const TOLD = /Quoin's demo upstream.*claude-demo.*hello there/s;

test("an answer says what it is, names the model and repeats the user", async () => {
  const message = await demo.anthropic.messages.create(ask("hello there"));
  expect(message).toMatchObject({
    type: "message",
    role: "assistant",
    model: "claude-demo",
    stop_reason: "end_turn",
    stop_sequence: null,
  });
  expect(message.content).toEqual([{ type: "text", text: expect.stringMatching(TOLD), citations: null }]);
  expect(message.usage.input_tokens).toBe(2 + 3);
});

const REQUESTS: Record<string, MessageCreateParamsNonStreaming> = {
  text: ask("hello 👍🏽 北京"),
  "a tool": ask("use get_weather", { tools: [WEATHER] }),
  "two tools": ask("get_weather and get_time", { tools: [WEATHER, CLOCK] }),
  thinking: ask("hm", { thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 4000 }),
  "hidden thinking": ask("hm", { thinking: { type: "adaptive", display: "omitted" } }),
  "thinking and a tool": ask("get_time", { thinking: { type: "adaptive" }, tools: [CLOCK] }),
  "a limit": ask("hi", { max_tokens: 7 }),
  "a stop sequence": ask("hi", { stop_sequences: ["zzz", "demo"] }),
  JSON: ask("hi", { output_config: { format: { type: "json_schema", schema: WEATHER.input_schema } } }),
};

test.each(Object.entries(REQUESTS))("the stream of %s adds up to the whole answer", async (_, request) => {
  const whole = await demo.anthropic.messages.create(request);
  const streamed = await demo.anthropic.messages.stream(request).finalMessage();
  expect(lasting(streamed)).toEqual(lasting(whole));
});

test("events come in the vendor's order, named", async () => {
  const response = await askDemo("anthropic-messages", ask("get_time", { tools: [CLOCK] }), { stream: true });
  expect(response.headers.get("content-type")).toStartWith("text/event-stream");
  const names = [...(await response.text()).matchAll(/^event: (\w+)\ndata: {"type":"(\w+)"/gm)];
  for (const [, name, type] of names) expect(name).toBe(type as string);
  expect(names.map(([, name]) => name)).toEqual([
    "message_start",
    "ping",
    "content_block_start",
    ...Array.from({ length: names.length - 6 }, () => "content_block_delta"),
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
});

test("a tool loop ends with the tool's result told", async () => {
  const request = ask('get_weather of "Paris", please', { tools: [WEATHER] });
  const first = await demo.anthropic.messages.create(request);
  const [call] = first.content;
  expect(first.stop_reason).toBe("tool_use");
  expect(call).toMatchObject({
    type: "tool_use",
    name: "get_weather",
    input: { city: "Paris", unit: "celsius" },
  });
  if (call?.type !== "tool_use") throw new Error("no call");
  expect(call.id).toMatch(/^[a-zA-Z0-9_-]+$/);
  const result = { type: "tool_result" as const, tool_use_id: call.id, content: "21 degrees" };
  const reminder = { type: "text" as const, text: "<reminder>get_weather is slow</reminder>" };
  const messages: MessageParam[] = [
    ...request.messages,
    { role: "assistant", content: first.content },
    { role: "user", content: [result, reminder] },
  ];
  const second = await demo.anthropic.messages.create({ ...request, messages });
  expect(second.stop_reason).toBe("end_turn");
  expect(second.content).toEqual([
    { type: "text", text: expect.stringContaining("get_weather answered: “21 degrees”"), citations: null },
  ]);
  expect(second.usage.input_tokens).toBeGreaterThan(first.usage.input_tokens);
});

test.each([
  [{ type: "any" }, 1],
  [{ type: "tool", name: "get_time" }, 1],
  [{ type: "auto" }, 0],
  [{ type: "none" }, 0],
] as const)("tool_choice %j calls %d tools", async (tool_choice, calls) => {
  const message = await demo.anthropic.messages.create(ask("hi", { tools: [WEATHER, CLOCK], tool_choice }));
  expect(message.content.filter(({ type }) => type === "tool_use")).toHaveLength(calls);
  if (tool_choice.type === "tool") expect(message.content[0]).toMatchObject({ name: "get_time" });
});

test("without parallel use, one of the tools asked for is called", async () => {
  const tool_choice = { type: "auto" as const, disable_parallel_tool_use: true };
  const message = await demo.anthropic.messages.create(
    ask("get_time and get_weather", { tools: [WEATHER, CLOCK], tool_choice }),
  );
  expect(message.content).toHaveLength(1);
});

test("a thought is signed and counted", async () => {
  const { content, usage } = await demo.anthropic.messages.create(
    ask("hm", { thinking: { type: "adaptive" } }),
  );
  expect(content[0]).toEqual({
    type: "thinking",
    thinking: expect.stringMatching(/\w/),
    signature: expect.stringMatching(/^[\w+/=]{16,}$/),
  });
  const thought = usage.output_tokens_details?.thinking_tokens ?? 0;
  expect(thought).toBeGreaterThan(5);
  expect(usage.output_tokens).toBeGreaterThan(thought);
});

test("a limit and a stop sequence end the text as the vendor says", async () => {
  const cut = await demo.anthropic.messages.create(ask("hi", { max_tokens: 7 }));
  expect([cut.stop_reason, cut.usage.output_tokens]).toEqual(["max_tokens", 7]);
  const stopped = await demo.anthropic.messages.create(ask("hi", { stop_sequences: ["upstream"] }));
  expect([stopped.stop_reason, stopped.stop_sequence]).toEqual(["stop_sequence", "upstream"]);
  expect(stopped.content).toEqual([{ type: "text", text: "This is Quoin's demo ", citations: null }]);
});

test("count_tokens counts what an answer is charged for", async () => {
  const { max_tokens: _, ...request } = ask("hello there", { tools: [WEATHER], system: "Be brief." });
  const counted = await demo.anthropic.messages.countTokens(request);
  const { usage } = await demo.anthropic.messages.create({ ...request, max_tokens: 50 });
  expect(counted).toEqual({ input_tokens: usage.input_tokens });
});

test("the SDK's tool runner goes on without a thread", async () => {
  const runner = demo.anthropic.beta.messages.toolRunner({
    ...ask("get_time"),
    tools: [{ ...CLOCK, type: "custom" as const, run: () => "noon", parse: (input: unknown) => input }],
  });
  const message = await runner.runUntilDone();
  expect(message.content).toMatchObject([
    { type: "text", text: expect.stringContaining("answered: “noon”") },
  ]);
});

test.each([
  ["max_tokens", { messages: [{ role: "user", content: "hi" }] }],
  ["messages", { max_tokens: 5 }],
  ["messages", { max_tokens: 5, messages: [] }],
  ["messages", { max_tokens: 5, messages: "hi" }],
  ["messages[0]", { max_tokens: 5, messages: ["hi"] }],
  ["messages[0].role", { max_tokens: 5, messages: [{ role: "robot", content: "hi" }] }],
  ["messages[0].content", { max_tokens: 5, messages: [{ role: "user", content: 5 }] }],
  ["max_tokens", { max_tokens: "many", messages: [{ role: "user", content: "hi" }] }],
  ["tools[0].name", { ...ask("hi"), tools: [{ name: 5, input_schema: {} }] }],
  ["stop_sequences", { ...ask("hi"), stop_sequences: "no list" }],
  ["thread", { ...ask("hi"), thread: { type: "create" } }],
])("a 400 names %s", async (field, body) => {
  const refused = demo.anthropic.post("/v1/messages", { body: { model: "claude-demo", ...body } });
  const error = await refused.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Anthropic.BadRequestError)) throw new Error(`not refused: ${error}`);
  expect(error.error).toMatchObject({
    type: "error",
    error: { type: "invalid_request_error", message: expect.stringContaining(`"${field}" `) },
  });
});
