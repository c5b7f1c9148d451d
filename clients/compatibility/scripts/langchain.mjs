// LangChain for JavaScript with the integration of each protocol.
import { ChatAnthropic } from "@langchain/anthropic";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatOpenAI } from "@langchain/openai";
import {
  layStone,
  QUOIN_KEY,
  QUOIN_MODEL,
  QUOIN_PROMPT,
  QUOIN_URL,
  runChosen,
  STREAMS,
  TOOL,
  untilAnswered,
} from "./step.mjs";

async function whole(model, messages) {
  if (!STREAMS) return await model.invoke(messages);
  let sum;
  for await (const chunk of await model.stream(messages)) sum = sum === undefined ? chunk : sum.concat(chunk);
  return sum;
}

async function ask(chatModel) {
  const { name, description, schema } = TOOL;
  const model = chatModel.bindTools([
    { type: "function", function: { name, description, parameters: schema } },
  ]);
  const messages = [new HumanMessage(QUOIN_PROMPT)];
  await untilAnswered(async () => {
    const message = await whole(model, messages);
    if (!message.tool_calls?.length) return message.text;
    messages.push(message);
    for (const { id, args } of message.tool_calls)
      messages.push(new ToolMessage({ tool_call_id: id, content: await layStone(args) }));
  });
}

const openai = { model: QUOIN_MODEL, apiKey: QUOIN_KEY, configuration: { baseURL: `${QUOIN_URL}/v1` } };

await runChosen({
  "openai-chat": () => ask(new ChatOpenAI(openai)),
  "openai-responses": () => ask(new ChatOpenAI({ ...openai, useResponsesApi: true })),
  "anthropic-messages": () =>
    ask(
      new ChatAnthropic({
        model: QUOIN_MODEL,
        apiKey: QUOIN_KEY,
        anthropicApiUrl: QUOIN_URL,
        maxTokens: 2000,
      }),
    ),
  gemini: () =>
    ask(new ChatGoogleGenerativeAI({ model: QUOIN_MODEL, apiKey: QUOIN_KEY, baseUrl: QUOIN_URL })),
});
