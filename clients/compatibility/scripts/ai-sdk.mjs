// The Vercel AI SDK with the provider of each protocol.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import {
  layStone,
  QUOIN_KEY,
  QUOIN_MODEL,
  QUOIN_PROMPT,
  QUOIN_URL,
  runChosen,
  STREAMS,
  TOOL,
} from "./step.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const settings = { baseURL: `${QUOIN_URL}/v1`, apiKey: QUOIN_KEY };

async function ask(model) {
  const { name, description, schema } = TOOL;
  const tools = { [name]: tool({ description, inputSchema: jsonSchema(schema), execute: layStone }) };
  const call = { model, tools, prompt: QUOIN_PROMPT, stopWhen: stepCountIs(4) };
  if (!STREAMS) return console.log((await generateText(call)).text);
  let failure;
  const stream = streamText({
    ...call,
    onError: ({ error }) => {
      failure = error;
    },
  });
  let text = "";
  for await (const part of stream.textStream) text += part;
  if (failure) throw failure;
  console.log(text);
}

await runChosen({
  "openai-chat": () =>
    ask(createOpenAICompatible({ ...settings, name: "quoin", includeUsage: true })(QUOIN_MODEL)),
  "openai-responses": () => ask(createOpenAI(settings).responses(QUOIN_MODEL)),
  "anthropic-messages": () => ask(createAnthropic(settings)(QUOIN_MODEL)),
  gemini: () => ask(createGoogleGenerativeAI({ ...settings, baseURL: `${QUOIN_URL}/v1beta` })(QUOIN_MODEL)),
});
