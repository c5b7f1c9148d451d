import assert from "node:assert/strict";
import OpenAI from "openai";
import {
  assertGreeted,
  assertWeatherArguments,
  check,
  collect,
  errorOf,
  leaveEarly,
  SLOWLY,
  WEATHER,
} from "./checks.mjs";

const client = new OpenAI();
const MODEL = "gpt-5";
const INPUT = "Hello from responses";
const TOOLS = [
  {
    type: "function",
    name: WEATHER.name,
    description: WEATHER.description,
    parameters: WEATHER.schema,
    strict: true,
  },
];

function assertUsage(usage) {
  assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0, JSON.stringify(usage));
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
  assert.equal(typeof usage.output_tokens_details.reasoning_tokens, "number");
  assert.equal(typeof usage.input_tokens_details.cached_tokens, "number");
}

await check("a stream is aborted", async () => {
  const stream = await client.responses.create({ model: MODEL, input: SLOWLY, stream: true });
  await leaveEarly(stream, () => stream.controller.abort());
});

await check("create", async () => {
  const answer = await client.responses.create({ model: MODEL, input: INPUT, instructions: "Be brief." });
  assert.equal(answer.status, "completed");
  assert.equal(answer.model, MODEL);
  assertGreeted(answer.output_text, INPUT);
  assertUsage(answer.usage);
  assert.match(answer._request_id, /\S/);
});

await check("create with messages and a limit", async () => {
  const input = [
    { role: "developer", content: "Be brief." },
    { role: "user", content: [{ type: "input_text", text: INPUT }] },
  ];
  const answer = await client.responses.create({ model: MODEL, input, max_output_tokens: 16 });
  assert.equal(answer.status, "incomplete");
  assert.equal(answer.incomplete_details.reason, "max_output_tokens");
  assert.equal(answer.usage.output_tokens, 16);
});

await check("stream of events", async () => {
  const whole = await client.responses.create({ model: MODEL, input: INPUT });
  const events = await collect(await client.responses.create({ model: MODEL, input: INPUT, stream: true }));
  assert.equal(events[0].type, "response.created");
  assert.equal(events.at(-1).type, "response.completed");
  assert.deepEqual(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_, index) => index + events[0].sequence_number),
  );
  const deltas = events.filter(({ type }) => type === "response.output_text.delta");
  assert.ok(deltas.length > 5, "the answer came in one piece");
  assert.equal(deltas.map(({ delta }) => delta).join(""), whole.output_text);
  assertUsage(events.at(-1).response.usage);
  assert.equal(events.at(-1).response.model, MODEL);
});

await check("stream helper", async () => {
  const answer = await client.responses.stream({ model: MODEL, input: INPUT }).finalResponse();
  assert.equal(answer.status, "completed");
  assertGreeted(answer.output_text, INPUT);
  assertUsage(answer.usage);
});

await check("tool loop", async () => {
  const input = [{ role: "user", content: WEATHER.ask }];
  const first = await client.responses.create({ model: MODEL, input, tools: TOOLS });
  const call = first.output.find(({ type }) => type === "function_call");
  assert.equal(call.name, WEATHER.name);
  assertWeatherArguments(JSON.parse(call.arguments));
  const result = { type: "function_call_output", call_id: call.call_id, output: WEATHER.result };
  const second = await client.responses.create({
    model: MODEL,
    input: [...input, ...first.output, result],
    tools: TOOLS,
  });
  assertGreeted(second.output_text, WEATHER.result);
});

await check("tool calls in a stream", async () => {
  const stream = client.responses.stream({ model: MODEL, input: WEATHER.ask, tools: TOOLS });
  let written = "";
  stream.on("response.function_call_arguments.delta", ({ delta }) => {
    written += delta;
  });
  const answer = await stream.finalResponse();
  const call = answer.output.find(({ type }) => type === "function_call");
  assert.equal(call.arguments, written);
  assertWeatherArguments(JSON.parse(call.arguments));
  assertWeatherArguments(call.parsed_arguments);
});

await check("reasoning", async () => {
  const answer = await client.responses.create({
    model: MODEL,
    input: INPUT,
    reasoning: { effort: "low", summary: "auto" },
    include: ["reasoning.encrypted_content"],
    store: false,
  });
  const thought = answer.output.find(({ type }) => type === "reasoning");
  assert.match(thought.summary[0].text, /\S/);
  assert.match(thought.encrypted_content, /\S/);
  assert.ok(answer.usage.output_tokens_details.reasoning_tokens > 0);
  const next = await client.responses.create({
    model: MODEL,
    input: [{ role: "user", content: INPUT }, ...answer.output, { role: "user", content: "And again" }],
    reasoning: { effort: "low" },
    store: false,
  });
  assertGreeted(next.output_text, "And again");
});

await check("parse a structured answer", async () => {
  const schema = {
    type: "object",
    properties: { count: { type: "integer" }, word: { type: "string", enum: ["yes", "no"] } },
    required: ["count", "word"],
    additionalProperties: false,
  };
  const answer = await client.responses.parse({
    model: MODEL,
    input: INPUT,
    text: { format: { type: "json_schema", name: "reply", strict: true, schema } },
  });
  const value = JSON.parse(answer.output_text);
  assert.ok(Number.isInteger(value.count));
  assert.ok(["yes", "no"].includes(value.word));
});

await check("an answer of somebody else is not built upon", async () => {
  const error = await errorOf(() =>
    client.responses.create({ model: MODEL, input: INPUT, previous_response_id: "resp_of_another" }),
  );
  assert.ok(error instanceof OpenAI.APIError, String(error));
  assert.ok(error.status === 400 || error.status === 404, `status ${error.status}`);
});
