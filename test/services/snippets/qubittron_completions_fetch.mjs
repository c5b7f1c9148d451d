import assert from "node:assert/strict";

const response = await fetch(`${process.env.OPENAI_BASE_URL}/completions`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.QUBITTRON_API_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ model: "gpt-oss-120b", prompt: "The capital of Canada is", max_tokens: 16 }),
});
const json = await response.json();
assert.match(json.choices[0].text, /demo/);
assert.equal(json.choices[0].finish_reason, "length");
assert.equal(json.usage.completion_tokens, 16);
assert.equal(json.usage.total_tokens, json.usage.prompt_tokens + 16);
