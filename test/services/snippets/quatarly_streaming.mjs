import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({
  apiKey: process.env.QUATARLY_API_KEY,
  baseURL: process.env.OPENAI_BASE_URL,
});

const stream = await client.chat.completions.create({
  model: "claude-haiku-4-5-20251001",
  messages: [{ role: "user", content: "Tell me a short story." }],
  stream: true,
});
let text = "";
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
assert.match(text, /demo.*Tell me a short story/);
