import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

// The base URL with its slash and the token both come from the environment.
const client = new Anthropic();
const { ANTHROPIC_DEFAULT_HAIKU_MODEL, ANTHROPIC_DEFAULT_SONNET_MODEL, ANTHROPIC_DEFAULT_OPUS_MODEL } =
  process.env;
for (const model of [
  ANTHROPIC_DEFAULT_HAIKU_MODEL,
  ANTHROPIC_DEFAULT_SONNET_MODEL,
  ANTHROPIC_DEFAULT_OPUS_MODEL,
]) {
  const message = await client.messages.create({
    model,
    max_tokens: 1024,
    messages: [{ role: "user", content: "Hello" }],
  });
  assert.equal(message.model, model);
  assert.match(message.content.at(-1).text, /demo/);
}
