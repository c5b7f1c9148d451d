import assert from "node:assert/strict";
import { ApiError, GoogleGenAI, Type } from "@google/genai";
import {
  assertGreeted,
  assertWeatherArguments,
  check,
  collect,
  errorOf,
  leaveEarly,
  MALFORMED_KEY,
  SLOWLY,
  UNKNOWN_KEY,
  WEATHER,
} from "./checks.mjs";

const ai = new GoogleGenAI({});
const model = "gemini-2.5-flash";
const contents = "Hello from Gemini";
const tools = [
  {
    functionDeclarations: [
      { name: WEATHER.name, description: WEATHER.description, parametersJsonSchema: WEATHER.schema },
    ],
  },
];

function assertUsage(usage) {
  assert.ok(usage.promptTokenCount > 0 && usage.candidatesTokenCount > 0, JSON.stringify(usage));
  const thoughts = usage.thoughtsTokenCount ?? 0;
  assert.equal(usage.totalTokenCount, usage.promptTokenCount + usage.candidatesTokenCount + thoughts);
}

await check("a stream is aborted", async () => {
  const controller = new AbortController();
  const config = { abortSignal: controller.signal };
  const stream = await ai.models.generateContentStream({ model, contents: SLOWLY, config });
  await leaveEarly(stream, () => controller.abort());
});

await check("generateContent", async () => {
  const config = { systemInstruction: "Be brief.", temperature: 0 };
  const answer = await ai.models.generateContent({ model, contents, config });
  assertGreeted(answer.text, contents);
  assert.equal(answer.candidates[0].finishReason, "STOP");
  assert.match(answer.modelVersion, /\S/);
  assertUsage(answer.usageMetadata);
});

await check("generateContent with limit and stop sequences", async () => {
  const short = await ai.models.generateContent({ model, contents, config: { maxOutputTokens: 5 } });
  assert.equal(short.candidates[0].finishReason, "MAX_TOKENS");
  assert.equal(short.usageMetadata.candidatesTokenCount, 5);
  const config = { stopSequences: ["Hello"] };
  const stopped = await ai.models.generateContent({ model, contents, config });
  assert.ok(!stopped.text.includes("Hello"));
});

await check("generateContentStream", async () => {
  const whole = await ai.models.generateContent({ model, contents });
  const chunks = await collect(await ai.models.generateContentStream({ model, contents }));
  assert.ok(chunks.length > 2, "the answer came in one piece");
  assert.equal(chunks.map(({ text }) => text ?? "").join(""), whole.text);
  assert.equal(chunks.at(-1).candidates[0].finishReason, "STOP");
  assertUsage(chunks.at(-1).usageMetadata);
});

await check("thinking", async () => {
  const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } };
  const answer = await ai.models.generateContent({ model, contents, config });
  const thoughts = answer.candidates[0].content.parts.filter(({ thought }) => thought);
  assert.match(thoughts[0].text, /\S/);
  assertGreeted(answer.text, contents);
  assert.ok(answer.usageMetadata.thoughtsTokenCount > 0);
  assertUsage(answer.usageMetadata);
});

await check("function calling", async () => {
  const ask = { role: "user", parts: [{ text: WEATHER.ask }] };
  const config = { tools };
  const first = await ai.models.generateContent({ model, contents: [ask], config });
  assert.equal(first.functionCalls.length, 1);
  const [call] = first.functionCalls;
  assert.equal(call.name, WEATHER.name);
  assertWeatherArguments(call.args);
  const result = { functionResponse: { id: call.id, name: call.name, response: { output: WEATHER.result } } };
  const second = await ai.models.generateContent({
    model,
    contents: [ask, first.candidates[0].content, { role: "user", parts: [result] }],
    config,
  });
  assertGreeted(second.text, WEATHER.result);
});

await check("function calling in a stream", async () => {
  const config = { tools, toolConfig: { functionCallingConfig: { mode: "ANY" } } };
  const chunks = await collect(
    await ai.models.generateContentStream({ model, contents: WEATHER.ask, config }),
  );
  const [call] = chunks.flatMap(({ functionCalls }) => functionCalls ?? []);
  assert.equal(call.name, WEATHER.name);
  assertWeatherArguments(call.args);
});

await check("a chat of several turns", async () => {
  const chat = ai.chats.create({ model, config: { tools } });
  assertGreeted((await chat.sendMessage({ message: contents })).text, contents);
  const chunks = await collect(await chat.sendMessageStream({ message: "And again" }));
  assertGreeted(chunks.map(({ text }) => text ?? "").join(""), "And again");
  const said = chat.getHistory().filter(({ role }) => role === "user");
  assert.deepEqual(
    said.map(({ parts }) => parts[0].text),
    [contents, "And again"],
  );
});

await check("JSON answers", async () => {
  const config = {
    responseMimeType: "application/json",
    responseSchema: {
      type: Type.OBJECT,
      properties: { city: { type: Type.STRING }, people: { type: Type.INTEGER } },
      required: ["city", "people"],
    },
  };
  const value = JSON.parse((await ai.models.generateContent({ model, contents, config })).text);
  assert.equal(typeof value.city, "string");
  assert.ok(Number.isInteger(value.people));
});

await check("countTokens agrees with what is charged", async () => {
  const { totalTokens } = await ai.models.countTokens({ model, contents });
  const { usageMetadata } = await ai.models.generateContent({ model, contents });
  assert.equal(totalTokens, usageMetadata.promptTokenCount);
});

await check("models", async () => {
  const names = (await collect(await ai.models.list())).map(({ name }) => name);
  assert.ok(names.includes("models/demo"), `models: ${names}`);
  const demo = await ai.models.get({ model: "demo" });
  assert.equal(demo.name, "models/demo");
  assert.ok(demo.inputTokenLimit > 0 && demo.outputTokenLimit > 0);
});

for (const apiKey of [UNKNOWN_KEY, MALFORMED_KEY]) {
  await check(`the key ${apiKey} is refused`, async () => {
    const stranger = new GoogleGenAI({ apiKey });
    for (const call of [
      () => stranger.models.generateContent({ model, contents }),
      () => stranger.models.generateContentStream({ model, contents }),
      () => stranger.models.countTokens({ model, contents }),
      () => stranger.models.list(),
    ]) {
      const error = await errorOf(call);
      assert.ok(error instanceof ApiError, String(error));
      assert.equal(error.status, 401);
      assert.match(error.message, /UNAUTHENTICATED/);
    }
  });
}

await check("an unknown model", async () => {
  for (const call of [
    () => ai.models.generateContent({ model: "no-such-model", contents }),
    () => ai.models.generateContentStream({ model: "no-such-model", contents }),
    () => ai.models.countTokens({ model: "no-such-model", contents }),
    () => ai.models.get({ model: "no-such-model" }),
  ]) {
    const error = await errorOf(call);
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.status, 404);
    assert.match(error.message, /NOT_FOUND/);
    assert.match(error.message, /no-such-model/);
  }
});

await check("a field that cannot be read is named", async () => {
  const config = { maxOutputTokens: -1 };
  const error = await errorOf(() => ai.models.generateContent({ model, contents, config }));
  assert.ok(error instanceof ApiError, String(error));
  assert.equal(error.status, 400);
  assert.match(error.message, /maxOutputTokens/);
});
