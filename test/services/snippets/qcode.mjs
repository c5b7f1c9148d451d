import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

const origin = process.env.ANTHROPIC_BASE_URL;
const apiKey = process.env.ANTHROPIC_API_KEY;
const claude = "claude-sonnet-4-5";
const hello = [{ role: "user", content: "Hello" }];

for (const path of ["/api", "/claude", "/"]) {
  const client = new Anthropic({ baseURL: origin + path, apiKey });
  const params = { model: claude, max_tokens: 512, messages: hello };
  const message = await client.messages.create(params);
  assert.match(message.content[0].text, /demo/);
  const streamed = await client.messages.stream(params).finalMessage();
  assert.equal(streamed.content[0].text, message.content[0].text);
  const { data } = await client.models.list();
  assert.ok(data.some((model) => model.type === "model" && model.id === claude));
}

const openai = new OpenAI({ baseURL: `${origin}/openai/v1`, apiKey });
const chat = await openai.chat.completions.create({ model: "gpt-5", messages: hello });
assert.match(chat.choices[0].message.content, /demo/);
const response = await openai.responses.create({ model: "gpt-5.3-codex", input: "Hello" });
assert.match(response.output_text, /demo/);
assert.ok((await openai.models.list()).data.some((model) => model.object === "model"));

const codex = new OpenAI({ baseURL: `${origin}/openai`, apiKey });
const final = await codex.responses.stream({ model: "gpt-5.3-codex", input: "Hello" }).finalResponse();
assert.equal(final.output_text, response.output_text);

const ai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${origin}/gemini` } });
const answer = await ai.models.generateContent({ model: "gemini-2.5-pro", contents: "Hello" });
assert.match(answer.text, /demo/);
let text = "";
const chunks = await ai.models.generateContentStream({ model: "gemini-2.5-pro", contents: "Hello" });
for await (const chunk of chunks) text += chunk.text ?? "";
assert.equal(text, answer.text);
const names = [];
for await (const model of await ai.models.list()) names.push(model.name);
assert.ok(names.includes("models/gemini-2.5-pro"));
