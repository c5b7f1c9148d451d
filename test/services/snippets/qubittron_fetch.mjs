import assert from "node:assert/strict";

const response = await fetch(`${process.env.OPENAI_BASE_URL}/models`, {
  headers: { Authorization: `Bearer ${process.env.QUBITTRON_API_KEY}` },
});
const json = await response.json();
assert.ok(json.data.map((model) => model.id).includes("gpt-oss-120b"));
