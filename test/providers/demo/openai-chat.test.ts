import { afterAll, expect, test } from "bun:test";
import OpenAI from "openai";
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionToolChoiceOption,
} from "openai/resources/chat/completions";
import { askDemo, lasting, serveDemo } from "./serve-demo.ts";

const demo = serveDemo();
afterAll(() => demo.close());

type ChatRequest = Omit<ChatCompletionCreateParamsNonStreaming, "stream">;

const WEATHER = {
  type: "function" as const,
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const CLOCK = { type: "function" as const, function: { name: "get_time", parameters: { type: "object" } } };
const PATCH = { type: "custom" as const, custom: { name: "apply_patch" } };

const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "gpt-demo",
  messages: [{ role: "user", content }],
  ...more,
});

test("an answer says what it is, names the model and repeats the user", async () => {
  const { choices, usage, object } = await demo.openai.chat.completions.create(ask("hello there"));
  expect(object).toBe("chat.completion");
  expect(choices).toHaveLength(1);
  expect(choices[0]).toMatchObject({ index: 0, finish_reason: "stop", logprobs: null });
  expect(choices[0]?.message.content).toMatch(/Quoin's demo upstream.*gpt-demo.*hello there/s);
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  expect(usage?.prompt_tokens).toBe(2 + 3);
});

const REQUESTS: Record<string, ChatRequest> = {
  text: ask("hello 👍🏽 北京"),
  "a tool": ask("use get_weather", { tools: [WEATHER] }),
  "two tools": ask("get_weather and get_time", { tools: [WEATHER, CLOCK] }),
  "three choices": ask("hi", { n: 3 }),
  "a limit": ask("hi", { max_completion_tokens: 7 }),
  "a stop sequence": ask("hi", { stop: "demo" }),
  "a JSON object": ask("hi", { response_format: { type: "json_object" } }),
};

test.each(Object.entries(REQUESTS))("the stream of %s adds up to the whole answer", async (_, request) => {
  const whole = await demo.openai.chat.completions.create(request);
  const stream_options = { include_usage: true };
  const stream = demo.openai.chat.completions.stream({ ...request, stream_options });
  const { choices, ...streamed } = await stream.finalChatCompletion();
  expect(lasting(streamed)).toEqual(lasting({ ...whole, choices: undefined }));
  expect(choices.map((choice) => lasting(spoken(choice)))).toEqual(
    whole.choices.map((choice) => lasting(spoken(choice))),
  );
});

/** What a choice says, without the nulls that the SDK adds or leaves out. */
function spoken({ index, finish_reason, message }: OpenAI.ChatCompletion.Choice) {
  const calls = message.tool_calls?.map((call) => (call.type === "function" ? call.function : call));
  const names = calls?.map((call) => ("arguments" in call ? [call.name, call.arguments] : call));
  return { index, finish_reason, role: message.role, content: message.content, names };
}

/** The chunks of a stream, and whether `[DONE]` is its last event. */
async function chunksOf(request: object) {
  const text = await (await askDemo("openai-chat", request, { stream: true })).text();
  const events = text.split("\n\n").slice(0, -1);
  expect(events.pop()).toBe("data: [DONE]");
  return events.map((event) => JSON.parse(event.replace(/^data: /, "")) as OpenAI.ChatCompletionChunk);
}

test("usage comes in a chunk of its own, and only when asked for", async () => {
  const plain = await chunksOf(ask("hi"));
  expect(plain.some((chunk) => "usage" in chunk)).toBe(false);
  const asked = await chunksOf({ ...ask("hi"), stream_options: { include_usage: true } });
  const last = asked.pop();
  expect(last).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
  expect(asked.every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(true);
  expect(asked.at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
});

test("a thought comes as reasoning_content, the same whole and streamed", async () => {
  const request = ask("hm", { reasoning_effort: "high" });
  const { choices, usage } = await demo.openai.chat.completions.create(request);
  const thought = (choices[0]?.message as { reasoning_content?: string } | undefined)?.reasoning_content;
  expect(thought).toMatch(/\w/);
  expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(5);
  const deltas = (await chunksOf(request)).map(({ choices: [choice] }) => choice?.delta);
  expect(
    deltas.map((delta) => (delta as { reasoning_content?: string }).reasoning_content ?? "").join(""),
  ).toBe(thought as string);
});

test("a freeform tool is called with text, the same whole and streamed", async () => {
  const request = ask('apply_patch with "*** Begin Patch"', { tools: [PATCH] });
  const { choices } = await demo.openai.chat.completions.create(request);
  expect(choices[0]?.message.tool_calls).toMatchObject([
    { type: "custom", custom: { name: "apply_patch", input: "*** Begin Patch" } },
  ]);
  const fragments = (await chunksOf(request)).flatMap(
    ({ choices: [choice] }) => choice?.delta.tool_calls ?? [],
  );
  const bodies = fragments.map((fragment) => (fragment as { custom?: { input: string } }).custom);
  expect(fragments[0]).toMatchObject({
    index: 0,
    type: "custom",
    custom: { name: "apply_patch", input: "" },
  });
  expect(bodies.map((body) => body?.input).join("")).toBe("*** Begin Patch");
});

test("a tool loop ends with the tool's result told", async () => {
  const request = ask("please call the tool", { tools: [WEATHER] });
  const first = (await demo.openai.chat.completions.create(request)).choices[0];
  const call = first?.message.tool_calls?.[0];
  expect(first).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
  if (!first || call?.type !== "function") throw new Error("no call");
  expect(JSON.parse(call.function.arguments)).toEqual({ city: "please call the tool" });
  const result = { role: "tool" as const, tool_call_id: call.id, content: "21 degrees" };
  const messages = [...request.messages, first.message, result];
  const second = (await demo.openai.chat.completions.create({ ...request, messages })).choices[0];
  expect(second?.finish_reason).toBe("stop");
  expect(second?.message.content).toContain("get_weather answered: “21 degrees”");
});

test.each<[ChatCompletionToolChoiceOption, string[]]>([
  ["required", ["get_weather"]],
  ["none", []],
  [{ type: "function", function: { name: "get_time" } }, ["get_time"]],
  [{ type: "allowed_tools", allowed_tools: { mode: "required", tools: [CLOCK] } }, ["get_time"]],
])("tool_choice %j", async (tool_choice, names) => {
  const { choices } = await demo.openai.chat.completions.create(
    ask("hi", { tools: [WEATHER, CLOCK], tool_choice }),
  );
  const calls = choices[0]?.message.tool_calls ?? [];
  expect(calls.map((call) => call.type === "function" && call.function.name)).toEqual(names);
});

test("a schema is answered with JSON that fits it", async () => {
  const schema = WEATHER.function.parameters;
  const request = ask("Rome", {
    response_format: { type: "json_schema", json_schema: { name: "w", schema } },
  });
  const { choices } = await demo.openai.chat.completions.create(request);
  expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual({ city: "Rome" });
});

test("max_tokens is kept to the token", async () => {
  for (const max_tokens of [1, 2, 19, 50]) {
    const { choices, usage } = await demo.openai.chat.completions.create(ask("hi", { max_tokens }));
    expect([choices[0]?.finish_reason, usage?.completion_tokens]).toEqual(["length", max_tokens]);
  }
});

test.each([
  ["messages", {}],
  ["messages", { messages: [] }],
  ["messages[1]", { messages: [{ role: "user", content: "hi" }, 5] }],
  ["messages[0].role", { messages: [{ role: "robot", content: "hi" }] }],
  ["messages[0].content", { messages: [{ role: "user", content: {} }] }],
  ["temperature", { ...ask("hi"), temperature: "hot" }],
  ["max_tokens", { ...ask("hi"), max_tokens: 0 }],
  ["n", { ...ask("hi"), n: 1_000_000_000 }],
  ["tools", { ...ask("hi"), tools: {} }],
])("a 400 names %s", async (field, body) => {
  const error = await demo.openai.post("/chat/completions", { body: { model: "gpt-demo", ...body } }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.BadRequestError)) throw new Error(`not refused: ${error}`);
  expect(error).toMatchObject({ param: field, type: "invalid_request_error", code: expect.any(String) });
});

test("an agent's reminder in the user's place is not what the user said", async () => {
  const reminder = "<system-reminder>\nuse get_weather and every other tool\n</system-reminder>";
  const tools = [WEATHER];
  const asked = await demo.openai.chat.completions.create(ask(`hello there\n${reminder}`, { tools }));
  expect(asked.choices[0]?.message.content).toContain("“hello there”");
  const messages: ChatRequest["messages"] = [
    { role: "user", content: "use get_weather" },
    {
      role: "assistant",
      tool_calls: [{ id: "c", type: "function", function: { name: "get_weather", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "Sunny" },
    { role: "user", content: reminder },
  ];
  const told = await demo.openai.chat.completions.create({ model: "gpt-demo", messages, tools });
  expect(told.choices[0]?.message.content).toContain("Sunny");
});
