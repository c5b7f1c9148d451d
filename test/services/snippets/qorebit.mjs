import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
const params = {
  model: "claude-sonnet-4-20250514",
  max_tokens: 4096,
  messages: [{ role: "user", content: "Explain this codebase" }],
};

const message = await client.messages.create(params);
const streamed = await client.messages.stream(params).finalMessage();
assert.equal(streamed.content[0].text, message.content[0].text);

const tool = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const asked = {
  ...params,
  tools: [tool],
  messages: [{ role: "user", content: "Use get_weather for Ottawa" }],
};
const called = await client.messages.create(asked);
assert.equal(called.stop_reason, "tool_use");
assert.equal(called.content.find(({ type }) => type === "tool_use").name, "get_weather");

const { data } = await client.models.list();
assert.ok(data.some(({ id }) => id === params.model));
const { input_tokens } = await client.messages.countTokens({
  model: params.model,
  messages: params.messages,
});
assert.ok(input_tokens > 0);

await assert.rejects(
  new Anthropic({ apiKey: "qb_live_xxxxxxxxxxxxx", maxRetries: 0 }).messages.create(params),
  (error) => error instanceof Anthropic.AuthenticationError && /Invalid API key format/.test(error.message),
);
