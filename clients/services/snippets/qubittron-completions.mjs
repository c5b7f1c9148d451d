import assert from "node:assert/strict";
import OpenAI from "openai";

const request = { model: "gpt-oss-120b", prompt: "The capital of Canada is", max_tokens: 16 };

const client = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL,
  apiKey: process.env.QUBITTRON_API_KEY,
});
const completion = await client.completions.create(request);
assert.match(completion.choices[0].text, /demo/);

const response = await fetch(`${process.env.OPENAI_BASE_URL}/completions`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.QUBITTRON_API_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify(request),
});
const json = await response.json();
assert.equal(json.choices[0].text, completion.choices[0].text);
assert.equal(json.choices[0].finish_reason, "length");
assert.equal(json.usage.completion_tokens, 16);
assert.equal(json.usage.total_tokens, json.usage.prompt_tokens + 16);
