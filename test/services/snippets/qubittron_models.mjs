import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL,
  apiKey: process.env.QUBITTRON_API_KEY,
});

const models = await client.models.list();
const ids = models.data.map((model) => model.id);
assert.equal(ids.length, 14);
assert.ok(ids.includes("gpt-oss-120b"));
