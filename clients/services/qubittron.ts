import { JSON_TYPE, type PrintedCall } from "./printed-call.ts";

const MODELS = [
  "gpt-oss-120b",
  "gpt-oss-20b",
  "Llama-3.1-8B-Instruct",
  "Meta-Llama-3_3-70B-Instruct",
  "Qwen3-32B",
  "Mistral-7B-Instruct-v0.3",
  "Mistral-Small-3.2-24B-Instruct-2506",
  "Mistral-Nemo-Instruct-2407",
  "Qwen3-Coder-30B-A3B-Instruct",
  "Qwen2.5-VL-72B-Instruct",
  "Qwen3Guard-Gen-8B",
  "Qwen3Guard-Gen-0.6B",
];

const CALL: Pick<PrintedCall, "plan" | "path" | "auth" | "headers"> = {
  plan: "qubittron",
  path: "/v1/completions",
  auth: "bearer",
  headers: JSON_TYPE,
};

const CAPITAL = { model: "gpt-oss-120b", prompt: "The capital of Canada is", max_tokens: 16 };

export const QUBITTRON_CALLS: readonly PrintedCall[] = [
  {
    name: "the first request: models",
    plan: "qubittron",
    path: "/v1/models",
    auth: "bearer",
    expected: { models: MODELS },
  },
  {
    name: "models without a key",
    plan: "qubittron",
    path: "/v1/models",
    auth: "none",
    expected: { status: 401, dialect: "openai" },
  },
  {
    name: "completions",
    ...CALL,
    body: CAPITAL,
    expected: { answer: "openai-completions", finish: "length" },
  },
  {
    name: "completions, streaming",
    ...CALL,
    body: { ...CAPITAL, stream: true },
    expected: { answer: "openai-completions", stream: true, finish: "length" },
  },
  {
    name: "completions with an array of prompts",
    ...CALL,
    body: { ...CAPITAL, prompt: ["The capital of Canada is", "The capital of Kenya is"] },
    expected: { answer: "openai-completions", finish: "length" },
  },
  ...MODELS.slice(1).map(
    (model): PrintedCall => ({
      name: `completions by ${model}`,
      ...CALL,
      body: { ...CAPITAL, model },
      expected: { answer: "openai-completions", finish: "length" },
    }),
  ),
];
