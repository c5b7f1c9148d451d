import assert from "node:assert/strict";
import OpenAI from "openai";
import {
  assertGreeted,
  assertWeatherArguments,
  check,
  collect,
  leaveEarly,
  SLOWLY,
  WEATHER,
} from "./checks.mjs";

const client = new OpenAI();
const MODEL = "gpt-4o";
const HELLO = [{ role: "user", content: "Hello from chat" }];
const TOOLS = [
  {
    type: "function",
    function: { name: WEATHER.name, description: WEATHER.description, parameters: WEATHER.schema },
  },
];
const ASK = [{ role: "user", content: WEATHER.ask }];

function assertUsage(usage) {
  assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0, JSON.stringify(usage));
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
}

await check("a stream is aborted", async () => {
  const messages = [{ role: "user", content: SLOWLY }];
  const stream = await client.chat.completions.create({ model: MODEL, messages, stream: true });
  await leaveEarly(stream, () => stream.controller.abort());
});

await check("create", async () => {
  const answer = await client.chat.completions.create({ model: MODEL, messages: HELLO });
  assert.equal(answer.object, "chat.completion");
  assert.equal(answer.model, MODEL);
  assert.equal(answer.choices[0].finish_reason, "stop");
  assertGreeted(answer.choices[0].message.content, "Hello from chat");
  assertUsage(answer.usage);
  assert.match(answer._request_id, /\S/);
});

await check("create with the raw response", async () => {
  const { data, response, request_id } = await client.chat.completions
    .create({ model: MODEL, messages: HELLO })
    .withResponse();
  assertGreeted(data.choices[0].message.content, "Hello from chat");
  assert.equal(request_id, data._request_id);
  assert.match(response.headers.get("content-type"), /^application\/json/);
});

await check("create with limit, stop sequences and several choices", async () => {
  const short = await client.chat.completions.create({ model: MODEL, messages: HELLO, max_tokens: 5 });
  assert.equal(short.choices[0].finish_reason, "length");
  assert.equal(short.usage.completion_tokens, 5);
  const newer = await client.chat.completions.create({
    model: MODEL,
    messages: HELLO,
    max_completion_tokens: 7,
  });
  assert.equal(newer.usage.completion_tokens, 7);
  const stopped = await client.chat.completions.create({ model: MODEL, messages: HELLO, stop: ["Hello"] });
  assert.equal(stopped.choices[0].finish_reason, "stop");
  assert.ok(!stopped.choices[0].message.content.includes("Hello"));
  const two = await client.chat.completions.create({ model: MODEL, messages: HELLO, n: 2 });
  assert.deepEqual(
    two.choices.map(({ index }) => index),
    [0, 1],
  );
});

await check("stream without usage asked for", async () => {
  const whole = await client.chat.completions.create({ model: MODEL, messages: HELLO });
  const chunks = await collect(
    await client.chat.completions.create({ model: MODEL, messages: HELLO, stream: true }),
  );
  const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
  assert.equal(text, whole.choices[0].message.content);
  assert.ok(chunks.length > 5, "the answer came in one piece");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert.ok(chunks.every((chunk) => chunk.model === MODEL && chunk.object === "chat.completion.chunk"));
  assert.ok(chunks.every((chunk) => !chunk.usage));
});

await check("stream with usage", async () => {
  const stream_options = { include_usage: true };
  const chunks = await collect(
    await client.chat.completions.create({ model: MODEL, messages: HELLO, stream: true, stream_options }),
  );
  const last = chunks.at(-1);
  assert.deepEqual(last.choices, []);
  assertUsage(last.usage);
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.choices.length === 1 && chunk.usage === null));
});

await check("stream helper", async () => {
  const runner = client.chat.completions.stream({ model: MODEL, messages: HELLO });
  let text = "";
  runner.on("content", (delta) => {
    text += delta;
  });
  const answer = await runner.finalChatCompletion();
  assertGreeted(answer.choices[0].message.content, "Hello from chat");
  assert.equal(text, answer.choices[0].message.content);
  assert.equal(answer.choices[0].finish_reason, "stop");
});

await check("tool loop", async () => {
  const first = await client.chat.completions.create({ model: MODEL, messages: ASK, tools: TOOLS });
  assert.equal(first.choices[0].finish_reason, "tool_calls");
  const message = first.choices[0].message;
  assert.equal(message.tool_calls.length, 1);
  const [call] = message.tool_calls;
  assert.equal(call.function.name, WEATHER.name);
  assertWeatherArguments(JSON.parse(call.function.arguments));
  assertUsage(first.usage);
  const result = { role: "tool", tool_call_id: call.id, content: WEATHER.result };
  const second = await client.chat.completions.create({
    model: MODEL,
    messages: [...ASK, message, result],
    tools: TOOLS,
  });
  assert.equal(second.choices[0].finish_reason, "stop");
  assertGreeted(second.choices[0].message.content, WEATHER.result);
  assert.ok(second.usage.prompt_tokens > first.usage.prompt_tokens);
});

await check("tool calls in a stream", async () => {
  const runner = client.chat.completions.stream({
    model: MODEL,
    messages: ASK,
    tools: TOOLS,
    tool_choice: "required",
  });
  const answer = await runner.finalChatCompletion();
  assert.equal(answer.choices[0].finish_reason, "tool_calls");
  assertWeatherArguments(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments));
});

for (const stream of [false, true]) {
  await check(`runTools, stream ${stream}`, async () => {
    const seen = [];
    const tool = {
      type: "function",
      function: {
        name: WEATHER.name,
        description: WEATHER.description,
        parameters: WEATHER.schema,
        parse: JSON.parse,
        function: (args) => {
          seen.push(args);
          return WEATHER.result;
        },
      },
    };
    const runner = client.chat.completions.runTools({ model: MODEL, messages: ASK, tools: [tool], stream });
    assertGreeted(await runner.finalContent(), WEATHER.result);
    assert.deepEqual(seen, [{ city: "Ottawa" }]);
  });
}

await check("parse a structured answer", async () => {
  const schema = {
    type: "object",
    properties: { answer: { type: "string" }, certain: { type: "boolean" } },
    required: ["answer", "certain"],
    additionalProperties: false,
  };
  const answer = await client.chat.completions.parse({
    model: MODEL,
    messages: HELLO,
    response_format: { type: "json_schema", json_schema: { name: "reply", strict: true, schema } },
  });
  const value = JSON.parse(answer.choices[0].message.content);
  assert.equal(typeof value.answer, "string");
  assert.equal(typeof value.certain, "boolean");
});
