import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL,
  apiKey: process.env.QUBITTRON_API_KEY,
});

const completion = await client.completions.create({
  model: "gpt-oss-120b",
  prompt: "The capital of Canada is",
  max_tokens: 16,
});
assert.match(completion.choices[0]?.text, /demo/);
