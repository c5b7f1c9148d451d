import assert from "node:assert/strict";
import OpenAI from "openai";
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

const client = new OpenAI();
const MODEL = "gpt-4o-mini";
const PROMPT = "The capital of Canada is";
const MESSAGES = [{ role: "user", content: "Hello" }];

function assertUsage(usage) {
  assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0, JSON.stringify(usage));
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
}

await check("a stream is aborted", async () => {
  const stream = await client.completions.create({
    model: MODEL,
    prompt: SLOWLY,
    stream: true,
    max_tokens: 256,
  });
  await leaveEarly(stream, () => stream.controller.abort());
});

await check("completions with one prompt", async () => {
  const answer = await client.completions.create({ model: MODEL, prompt: PROMPT, max_tokens: 256 });
  assert.equal(answer.object, "text_completion");
  assert.equal(answer.model, MODEL);
  assert.equal(answer.choices[0].finish_reason, "stop");
  assertGreeted(answer.choices[0].text, PROMPT);
  assertUsage(answer.usage);
  assert.match(answer._request_id, /\S/);
});

await check("completions cut by the limit", async () => {
  const answer = await client.completions.create({ model: MODEL, prompt: PROMPT, max_tokens: 4 });
  assert.equal(answer.choices[0].finish_reason, "length");
  assert.equal(answer.usage.completion_tokens, 4);
});

await check("completions with a list of prompts", async () => {
  const prompt = ["first prompt", "second prompt"];
  const answer = await client.completions.create({ model: MODEL, prompt, max_tokens: 256 });
  assert.deepEqual(
    answer.choices.map(({ index }) => index),
    [0, 1],
  );
  for (const [index, said] of prompt.entries()) assertGreeted(answer.choices[index].text, said);
  assertUsage(answer.usage);
});

await check("completions streamed", async () => {
  const params = { model: MODEL, prompt: PROMPT, max_tokens: 256, stream: true };
  const chunks = await collect(
    await client.completions.create({ ...params, stream_options: { include_usage: true } }),
  );
  assert.ok(chunks.length > 5, "the answer came in one piece");
  const text = chunks.flatMap(({ choices }) => choices.map((choice) => choice.text)).join("");
  assertGreeted(text, PROMPT);
  assertUsage(chunks.at(-1).usage);
  const reasons = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason));
  assert.equal(reasons.at(-1), "stop");
});

await check("completions streamed with a list of prompts", async () => {
  const prompt = ["first prompt", "second prompt"];
  const chunks = await collect(
    await client.completions.create({ model: MODEL, prompt, max_tokens: 256, stream: true }),
  );
  const texts = ["", ""];
  for (const { choices } of chunks) for (const { index, text } of choices) texts[index] += text;
  for (const [index, said] of prompt.entries()) assertGreeted(texts[index], said);
  assert.ok(chunks.every(({ usage }) => !usage));
});

await check("models", async () => {
  const ids = (await collect(client.models.list())).map(({ id }) => id);
  assert.ok(ids.includes("demo"), `models: ${ids}`);
  const model = await client.models.retrieve("demo");
  assert.equal(model.object, "model");
  assert.equal(model.id, "demo");
  assert.equal(typeof model.created, "number");
  assert.match(model.owned_by, /\S/);
  assert.equal((await client.models.retrieve(MODEL)).object, "model");
  assert.ok((await errorOf(() => client.models.retrieve("no-such-model"))) instanceof OpenAI.NotFoundError);
});

for (const apiKey of [UNKNOWN_KEY, MALFORMED_KEY]) {
  await check(`the key ${apiKey} is refused`, async () => {
    const stranger = new OpenAI({ apiKey });
    for (const call of [
      () => stranger.chat.completions.create({ model: MODEL, messages: MESSAGES }),
      () => stranger.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true }),
      () => stranger.responses.create({ model: MODEL, input: "Hello" }),
      () => stranger.completions.create({ model: MODEL, prompt: PROMPT }),
      () => stranger.models.list(),
    ]) {
      const error = await errorOf(call);
      assert.ok(error instanceof OpenAI.AuthenticationError, String(error));
      assert.equal(error.status, 401);
      assert.equal(error.code, "invalid_api_key");
      assert.match(error.requestID, /\S/);
      assert.ok(!error.message.includes(apiKey), "the error repeats the key");
    }
  });
}

await check("an unknown model", async () => {
  for (const call of [
    () => client.chat.completions.create({ model: "no-such-model", messages: MESSAGES }),
    () => client.chat.completions.create({ model: "no-such-model", messages: MESSAGES, stream: true }),
    () => client.responses.create({ model: "no-such-model", input: "Hello" }),
    () => client.completions.create({ model: "no-such-model", prompt: PROMPT }),
  ]) {
    const error = await errorOf(call);
    assert.ok(error instanceof OpenAI.NotFoundError, String(error));
    assert.equal(error.code, "model_not_found");
    assert.equal(error.param, "model");
    assert.match(error.message, /no-such-model/);
  }
});

await check("a field that is missing is named", async () => {
  const error = await errorOf(() => client.chat.completions.create({ model: MODEL }));
  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.equal(error.type, "invalid_request_error");
  assert.match(error.param, /^messages/);
});

await check("an endpoint that is not there", async () => {
  const error = await errorOf(() => client.post("/no-such-endpoint", { body: {} }));
  assert.ok(error instanceof OpenAI.NotFoundError, String(error));
});
