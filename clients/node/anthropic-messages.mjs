import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import {
  assertGreeted,
  check,
  collect,
  errorOf,
  leaveEarly,
  MALFORMED_KEY,
  SLOWLY,
  UNKNOWN_KEY,
} from "./checks.mjs";

const client = new Anthropic();
const MODEL = "claude-sonnet-5";
const HELLO = {
  model: MODEL,
  max_tokens: 512,
  system: "Be brief.",
  messages: [{ role: "user", content: "Hello from messages" }],
};

function assertUsage(usage) {
  assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0, JSON.stringify(usage));
}

await check("a stream is aborted", async () => {
  const stream = client.messages.stream({ ...HELLO, messages: [{ role: "user", content: SLOWLY }] });
  await leaveEarly(stream, () => stream.abort());
});

await check("create", async () => {
  const message = await client.messages.create(HELLO);
  assert.equal(message.type, "message");
  assert.equal(message.role, "assistant");
  assert.equal(message.model, MODEL);
  assert.equal(message.stop_reason, "end_turn");
  assertGreeted(message.content[0].text, "Hello from messages");
  assertUsage(message.usage);
  assert.match(message._request_id, /\S/);
});

await check("create with limit and stop sequences", async () => {
  const short = await client.messages.create({ ...HELLO, max_tokens: 5 });
  assert.equal(short.stop_reason, "max_tokens");
  assert.equal(short.usage.output_tokens, 5);
  const stopped = await client.messages.create({ ...HELLO, stop_sequences: ["messages"] });
  assert.equal(stopped.stop_reason, "stop_sequence");
  assert.equal(stopped.stop_sequence, "messages");
  assert.ok(!stopped.content[0].text.includes("messages"));
});

await check("stream of events", async () => {
  const whole = await client.messages.create(HELLO);
  const events = await collect(await client.messages.create({ ...HELLO, stream: true }));
  const types = events.map(({ type }) => type).filter((type) => type !== "ping");
  assert.equal(types[0], "message_start");
  assert.equal(types[1], "content_block_start");
  assert.deepEqual(types.slice(-3), ["content_block_stop", "message_delta", "message_stop"]);
  const deltas = events.filter(({ type }) => type === "content_block_delta");
  assert.ok(deltas.length > 5, "the answer came in one piece");
  assert.equal(deltas.map(({ delta }) => delta.text).join(""), whole.content[0].text);
  assert.equal(events[0].message.model, MODEL);
  const end = events.find(({ type }) => type === "message_delta");
  assert.equal(end.delta.stop_reason, "end_turn");
  assert.equal(end.usage.output_tokens, whole.usage.output_tokens);
});

await check("stream helper", async () => {
  const stream = client.messages.stream(HELLO);
  let text = "";
  stream.on("text", (delta) => {
    text += delta;
  });
  const message = await stream.finalMessage();
  assertGreeted(text, "Hello from messages");
  assert.equal(await stream.finalText(), text);
  assert.equal(message.stop_reason, "end_turn");
  assertUsage(message.usage);
  assert.match(stream.request_id, /\S/);
});

await check("thinking, and its signature sent back", async () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const params = { ...HELLO, max_tokens: 2048, thinking };
  const message = await client.messages.create(params);
  const [thought, text] = message.content;
  assert.equal(thought.type, "thinking");
  assert.match(thought.thinking, /\S/);
  assert.match(thought.signature, /\S/);
  assertGreeted(text.text, "Hello from messages");
  const turn = { role: "assistant", content: message.content };
  const next = await client.messages.create({
    ...params,
    messages: [...params.messages, turn, { role: "user", content: "And again" }],
  });
  assertGreeted(next.content.at(-1).text, "And again");
});

await check("thinking in a stream", async () => {
  const stream = client.messages.stream({
    ...HELLO,
    max_tokens: 2048,
    thinking: { type: "enabled", budget_tokens: 1024 },
  });
  let thought = "";
  stream.on("thinking", (delta) => {
    thought += delta;
  });
  const message = await stream.finalMessage();
  assert.equal(message.content[0].thinking, thought);
  assert.match(thought, /\S/);
  assert.match(message.content[0].signature, /\S/);
});

await check("countTokens agrees with what is charged", async () => {
  const { max_tokens: _, ...body } = HELLO;
  const { input_tokens } = await client.messages.countTokens(body);
  const { usage } = await client.messages.create(HELLO);
  assert.equal(input_tokens, usage.input_tokens);
});

await check("models", async () => {
  const models = await collect(client.models.list({ limit: 1000 }));
  const demo = models.find(({ id }) => id === "demo");
  assert.equal(demo.type, "model");
  assert.match(demo.display_name, /\S/);
  assert.ok(!Number.isNaN(Date.parse(demo.created_at)));
  assert.equal((await client.models.retrieve("demo")).id, "demo");
  const error = await errorOf(() => client.models.retrieve("no-such-model"));
  assert.ok(error instanceof Anthropic.NotFoundError, String(error));
});

for (const apiKey of [UNKNOWN_KEY, MALFORMED_KEY]) {
  await check(`the key ${apiKey} is refused`, async () => {
    const stranger = new Anthropic({ apiKey });
    for (const call of [
      () => stranger.messages.create(HELLO),
      () => stranger.messages.create({ ...HELLO, stream: true }),
      () => stranger.messages.stream(HELLO).finalMessage(),
      () => stranger.messages.countTokens({ model: MODEL, messages: HELLO.messages }),
      () => stranger.models.list(),
    ]) {
      const error = await errorOf(call);
      assert.ok(error instanceof Anthropic.AuthenticationError, String(error));
      assert.equal(error.error.error.type, "authentication_error");
      assert.match(error.requestID, /\S/);
    }
  });
}

await check("authToken instead of apiKey", async () => {
  const bearer = new Anthropic({ apiKey: null, authToken: process.env.ANTHROPIC_API_KEY });
  assertUsage((await bearer.messages.create(HELLO)).usage);
});

await check("an unknown model", async () => {
  for (const stream of [false, true]) {
    const error = await errorOf(() => client.messages.create({ ...HELLO, model: "no-such-model", stream }));
    assert.ok(error instanceof Anthropic.NotFoundError, String(error));
    assert.equal(error.error.error.type, "not_found_error");
    assert.match(error.message, /no-such-model/);
  }
});

await check("a field that is missing is named", async () => {
  const { max_tokens: _, ...body } = HELLO;
  const error = await errorOf(() => client.messages.create(body));
  assert.ok(error instanceof Anthropic.BadRequestError, String(error));
  assert.equal(error.error.error.type, "invalid_request_error");
  assert.match(error.message, /max_tokens/);
});
