// The official SDKs for JavaScript: a whole answer, or a stream with a loop of tools.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
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

const model = QUOIN_MODEL;

async function chat() {
  const client = new OpenAI({ baseURL: `${QUOIN_URL}/v1`, apiKey: QUOIN_KEY });
  const messages = [{ role: "user", content: QUOIN_PROMPT }];
  const { name, description, schema } = TOOL;
  const call = {
    model,
    messages,
    tools: [{ type: "function", function: { name, description, parameters: schema } }],
  };
  await untilAnswered(async () => {
    const completion = STREAMS
      ? await client.chat.completions.stream(call).finalChatCompletion()
      : await client.chat.completions.create(call);
    const { message } = completion.choices[0];
    if (!message.tool_calls?.length) return message.content;
    messages.push(message);
    for (const { id, function: made } of message.tool_calls) {
      const content = await layStone(JSON.parse(made.arguments));
      messages.push({ role: "tool", tool_call_id: id, content });
    }
  });
}

async function responses() {
  const client = new OpenAI({ baseURL: `${QUOIN_URL}/v1`, apiKey: QUOIN_KEY });
  const input = [{ role: "user", content: QUOIN_PROMPT }];
  const { name, description, schema: parameters } = TOOL;
  const tools = [{ type: "function", name, description, parameters, strict: true }];
  const call = { model, input, tools, store: false, include: ["reasoning.encrypted_content"] };
  await untilAnswered(async () => {
    const response = STREAMS
      ? await client.responses.stream(call).finalResponse()
      : await client.responses.create(call);
    // This failure is not thrown: the response says so.
    if (response.status === "failed") throw new Error(response.error.message);
    const calls = response.output.filter(({ type }) => type === "function_call");
    if (calls.length === 0) return response.output_text;
    input.push(...response.output.map(({ parsed_arguments, ...item }) => item));
    for (const made of calls) {
      const output = await layStone(JSON.parse(made.arguments));
      input.push({ type: "function_call_output", call_id: made.call_id, output });
    }
  });
}

async function anthropic() {
  const client = new Anthropic({ baseURL: QUOIN_URL, apiKey: QUOIN_KEY });
  const messages = [{ role: "user", content: QUOIN_PROMPT }];
  const { name, description, schema: input_schema } = TOOL;
  const call = { model, messages, max_tokens: 2000, tools: [{ name, description, input_schema }] };
  await untilAnswered(async () => {
    const { content } = STREAMS
      ? await client.messages.stream(call).finalMessage()
      : await client.messages.create(call);
    const calls = content.filter(({ type }) => type === "tool_use");
    if (calls.length === 0) return content.find(({ type }) => type === "text").text;
    messages.push({ role: "assistant", content });
    const results = [];
    for (const { id, input } of calls)
      results.push({ type: "tool_result", tool_use_id: id, content: await layStone(input) });
    messages.push({ role: "user", content: results });
  });
}

async function partsOfStream(client, call) {
  const parts = [];
  for await (const chunk of await client.models.generateContentStream(call))
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
  return parts;
}

async function gemini() {
  const client = new GoogleGenAI({ apiKey: QUOIN_KEY, httpOptions: { baseUrl: QUOIN_URL } });
  const contents = [{ role: "user", parts: [{ text: QUOIN_PROMPT }] }];
  const { name, description, schema: parametersJsonSchema } = TOOL;
  const config = { tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema }] }] };
  const call = { model, contents, config };
  await untilAnswered(async () => {
    const parts = STREAMS
      ? await partsOfStream(client, call)
      : (await client.models.generateContent(call)).candidates[0].content.parts;
    const calls = parts.filter(({ functionCall }) => functionCall);
    if (calls.length === 0)
      return parts
        .filter(({ thought }) => !thought)
        .map(({ text }) => text ?? "")
        .join("");
    contents.push({ role: "model", parts });
    const answers = [];
    for (const { functionCall } of calls) {
      const response = { output: await layStone(functionCall.args) };
      answers.push({ functionResponse: { id: functionCall.id, name: functionCall.name, response } });
    }
    contents.push({ role: "user", parts: answers });
  });
}

await runChosen({
  "openai-chat": chat,
  "openai-responses": responses,
  "anthropic-messages": anthropic,
  gemini,
});
