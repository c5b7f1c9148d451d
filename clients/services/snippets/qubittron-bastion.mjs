import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL,
  apiKey: process.env.QUBITTRON_API_KEY,
});

const models = await client.models.list();
const ids = models.data.map((model) => model.id);
assert.ok(ids.includes("gpt-oss-120b"), `models: ${ids}`);

const response = await fetch(`${process.env.OPENAI_BASE_URL}/models`, {
  headers: { Authorization: `Bearer ${process.env.QUBITTRON_API_KEY}` },
});
const json = await response.json();
assert.deepEqual(
  json.data.map((model) => model.id),
  ids,
);
