import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { assertGreeted, assertWeatherArguments, check, WEATHER } from "./checks.mjs";

const client = new Anthropic();
const MODEL = "claude-haiku-4-5";
const TOOL = { name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.schema };
const ASK = {
  model: MODEL,
  max_tokens: 512,
  tools: [TOOL],
  messages: [{ role: "user", content: WEATHER.ask }],
};

/** The conversation goes on with the tool's result. */
function withResult(message) {
  const call = message.content.find(({ type }) => type === "tool_use");
  const result = { type: "tool_result", tool_use_id: call.id, content: WEATHER.result };
  return {
    ...ASK,
    messages: [
      ...ASK.messages,
      { role: "assistant", content: message.content },
      { role: "user", content: [result] },
    ],
  };
}

await check("tool loop", async () => {
  const first = await client.messages.create(ASK);
  assert.equal(first.stop_reason, "tool_use");
  const call = first.content.find(({ type }) => type === "tool_use");
  assert.equal(call.name, WEATHER.name);
  assertWeatherArguments(call.input);
  const second = await client.messages.create(withResult(first));
  assert.equal(second.stop_reason, "end_turn");
  assertGreeted(second.content[0].text, WEATHER.result);
  assert.ok(second.usage.input_tokens > first.usage.input_tokens);
});

await check("tool loop in streams", async () => {
  const stream = client.messages.stream({ ...ASK, tool_choice: { type: "tool", name: WEATHER.name } });
  let written = "";
  stream.on("inputJson", (piece) => {
    written += piece;
  });
  const first = await stream.finalMessage();
  assert.equal(first.stop_reason, "tool_use");
  assertWeatherArguments(JSON.parse(written));
  assertWeatherArguments(first.content.find(({ type }) => type === "tool_use").input);
  const second = await client.messages.stream(withResult(first)).finalMessage();
  assertGreeted(second.content[0].text, WEATHER.result);
});

/** A client whose requests can be looked at; nothing of them is changed. */
function watchedClient() {
  const sent = [];
  const watched = new Anthropic({
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      sent.push({ body: JSON.parse(init.body), status: response.status });
      return response;
    },
  });
  return { watched, sent };
}

function weatherTool(seen) {
  return betaTool({
    name: WEATHER.name,
    description: WEATHER.description,
    inputSchema: WEATHER.schema,
    run: (input) => {
      seen.push(input);
      return WEATHER.result;
    },
  });
}

for (const stream of [false, true]) {
  await check(`toolRunner sends its whole history, stream ${stream}`, async () => {
    const { watched, sent } = watchedClient();
    const seen = [];
    const runner = watched.beta.messages.toolRunner({
      ...ASK,
      tools: [weatherTool(seen)],
      stream,
    });
    const final = await runner.runUntilDone();
    assertGreeted(final.content.at(-1).text, WEATHER.result);
    assert.deepEqual(seen, [{ city: "Ottawa" }]);
    assert.deepEqual(sent[0].body.thread, { type: "create" });
    assert.deepEqual(
      sent.map(({ status }) => status),
      [400, 200, 200],
    );
    assert.ok(sent.slice(1).every(({ body }) => body.thread === undefined));
    assert.deepEqual(
      sent[2].body.messages.map(({ role }) => role),
      ["user", "assistant", "user"],
    );
  });
}

await check("beta messages", async () => {
  const message = await client.beta.messages.create({ ...ASK, betas: ["interleaved-thinking-2025-05-14"] });
  assert.equal(message.stop_reason, "tool_use");
});
