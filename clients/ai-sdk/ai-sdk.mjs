// Every provider of the Vercel AI SDK against one model: whole, streamed, with thinking and with a tool.
import assert from "node:assert/strict";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const { QUOIN_URL, QUOIN_KEY, QUOIN_MODEL, QUOIN_ANSWER, QUOIN_THOUGHT } = process.env;
const apiKey = QUOIN_KEY;
// It warns of models that it does not know, and of thinking that it does not replay.
globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = createOpenAI({ baseURL: `${QUOIN_URL}/v1`, apiKey });

/** Each client with the options by which it is asked to show its thinking. */
const CLIENTS = {
  "openai responses": {
    model: openai.responses(QUOIN_MODEL),
    providerOptions: { openai: { reasoningSummary: "auto", forceReasoning: true, store: false } },
  },
  "openai responses, kept": {
    model: openai.responses(QUOIN_MODEL),
    providerOptions: { openai: { reasoningSummary: "auto", forceReasoning: true } },
  },
  "openai chat": { model: openai.chat(QUOIN_MODEL), providerOptions: {}, showsThinking: false },
  anthropic: {
    model: createAnthropic({ baseURL: `${QUOIN_URL}/v1`, apiKey })(QUOIN_MODEL),
    providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 2000 } } },
  },
  google: {
    model: createGoogleGenerativeAI({ baseURL: `${QUOIN_URL}/v1beta`, apiKey })(QUOIN_MODEL),
    providerOptions: { google: { thinkingConfig: { includeThoughts: true } } },
  },
  "openai-compatible": {
    model: createOpenAICompatible({ name: "quoin", baseURL: `${QUOIN_URL}/v1`, apiKey, includeUsage: true })(
      QUOIN_MODEL,
    ),
    providerOptions: {},
  },
};

const places = [];
const tools = {
  weather: tool({
    description: "the weather of a place",
    inputSchema: z.object({ place: z.string() }),
    execute: ({ place }) => {
      places.push(place);
      return { place, degrees: 21 };
    },
  }),
};

function checkUsage(usage) {
  assert.equal(usage.inputTokens, 1000);
  assert.equal(usage.outputTokens, 50);
}

async function checkWhole(client, call) {
  const { text, reasoningText, finishReason, usage } = await generateText(call);
  assert.equal(text, QUOIN_ANSWER);
  assert.equal(finishReason, "stop");
  if (client.showsThinking !== false) assert.equal(reasoningText, QUOIN_THOUGHT);
  checkUsage(usage);
}

async function checkStream(client, call) {
  const stream = streamText({ ...call, onError: ({ error }) => assert.fail(error) });
  let text = "";
  let thinking = "";
  let deltas = 0;
  for await (const part of stream.fullStream) {
    if (part.type === "text-delta") {
      text += part.text;
      deltas += 1;
    }
    if (part.type === "reasoning-delta") thinking += part.text;
  }
  assert.equal(text, QUOIN_ANSWER);
  assert.ok(deltas >= 1);
  if (client.showsThinking !== false) assert.equal(thinking, QUOIN_THOUGHT);
  assert.equal(await stream.finishReason, "stop");
  checkUsage(await stream.usage);
}

async function checkTool(call, makes) {
  places.length = 0;
  const loop = { ...call, tools, stopWhen: stepCountIs(4) };
  if (makes === "whole") assert.equal((await generateText(loop)).text, QUOIN_ANSWER);
  else {
    const stream = streamText({ ...loop, onError: ({ error }) => assert.fail(error) });
    await stream.consumeStream();
    assert.equal(await stream.text, QUOIN_ANSWER);
  }
  assert.deepEqual(places, ["Berlin"]);
}

for (const [name, client] of Object.entries(CLIENTS)) {
  const { model, providerOptions } = client;
  const call = { model, providerOptions, prompt: "How is the weather in Berlin?", maxRetries: 0 };
  try {
    await checkWhole(client, call);
    await checkStream(client, call);
    await checkTool(call, "whole");
    await checkTool(call, "streamed");
  } catch (fault) {
    fault.message = `${name}: ${fault.message}`;
    console.error(fault);
    process.exitCode = 1;
  }
}
