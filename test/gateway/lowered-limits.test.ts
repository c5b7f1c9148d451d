import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { ALIASED, PLAIN, standardConfig, UPSTREAM_NAME } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, silence } from "../support/scripts.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const base = standardConfig(upstream.url, {
    timeouts: { first_byte_ms: 400 },
    outputTokensMax: 50_000,
  }) as {
    models: { targets: { upstream: string }[] }[];
  };
  const [plain] = base.models;
  const translated = {
    ...plain,
    id: "claude-haiku-4-5",
    targets: [{ upstream: "anthropic", model: "claude-haiku-4-5" }],
  };
  gateway = await startGateway({ config: { ...base, models: [...base.models, translated] } });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (customer: Customer, path: string, body: string) =>
  fetch(gateway.url + path, { method: "POST", headers: { authorization: `Bearer ${customer.key}` }, body });

/** USD that pays for 200 to 4,000 tokens of answer at 4,000 nanos, and some input; never for the bound. */
const LITTLE = "0.010000000";

const ANSWERS = {
  chat: { choices: [{ message: { content: "hi" } }], usage: { prompt_tokens: 7, completion_tokens: 2 } },
  messages: { content: [{ type: "text", text: "hi" }], usage: { input_tokens: 7, output_tokens: 2 } },
  responses: { output: [], usage: { input_tokens: 7, output_tokens: 2 } },
  gemini: {
    candidates: [{ content: { parts: [{ text: "hi" }] } }],
    usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 2 },
  },
} as const;

/** What the request becomes, with `LIMIT` where the lowered limit stands and `BUDGET` for the thinking. */
const BODIES: readonly [
  name: string,
  answer: keyof typeof ANSWERS,
  path: string,
  sent: string,
  becomes: string,
][] = [
  [
    "Messages: max_tokens",
    "messages",
    "/v1/messages",
    `{"model":"${PLAIN}", "max_tokens" : 32000 ,"messages":[{"role":"user","content":"hi"}]}`,
    `{"model":"${PLAIN}", "max_tokens" : LIMIT ,"messages":[{"role":"user","content":"hi"}]}`,
  ],
  [
    "Messages: a thinking budget as Claude Code sends it",
    "messages",
    "/v1/messages",
    `{"max_tokens":32000,"thinking":{"budget_tokens":31999,"type":"enabled"},"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}]}`,
    `{"max_tokens":LIMIT,"thinking":{"budget_tokens":BUDGET,"type":"enabled"},"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}]}`,
  ],
  [
    "Messages: a smaller budget stays",
    "messages",
    "/v1/messages",
    `{"max_tokens":32000,"thinking":{"budget_tokens":1024,"type":"enabled"},"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}]}`,
    `{"max_tokens":LIMIT,"thinking":{"budget_tokens":1024,"type":"enabled"},"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}]}`,
  ],
  [
    "chat: both spellings, and the model's name beside them",
    "chat",
    "/v1/chat/completions",
    `{"max_tokens":30000,"model":"${ALIASED}","max_completion_tokens":16,"messages":[{"role":"user","content":"hi"}]}`,
    `{"max_tokens":LIMIT,"model":"${UPSTREAM_NAME}","max_completion_tokens":16,"messages":[{"role":"user","content":"hi"}]}`,
  ],
  [
    "chat: none",
    "chat",
    "/v1/chat/completions",
    `{"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}]}`,
    `{"max_completion_tokens":LIMIT,"model":"${PLAIN}","messages":[{"role":"user","content":"hi"}]}`,
  ],
  [
    "Responses: none",
    "responses",
    "/v1/responses",
    `{ "model":"${PLAIN}","input":"hi"}`,
    `{"max_output_tokens":LIMIT, "model":"${PLAIN}","input":"hi"}`,
  ],
  [
    "Responses: null",
    "responses",
    "/v1/responses",
    `{"model":"${PLAIN}","max_output_tokens":null,"input":"hi"}`,
    `{"model":"${PLAIN}","max_output_tokens":LIMIT,"input":"hi"}`,
  ],
  [
    "Gemini: none",
    "gemini",
    `/v1beta/models/${PLAIN}:generateContent`,
    '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}',
    '{"generationConfig":{"maxOutputTokens":LIMIT},"contents":[{"role":"user","parts":[{"text":"hi"}]}]}',
  ],
  [
    "Gemini: an empty configuration",
    "gemini",
    `/v1beta/models/${PLAIN}:generateContent`,
    '{"contents":[{"parts":[{"text":"hi"}]}],"generation_config":{}}',
    '{"contents":[{"parts":[{"text":"hi"}]}],"generation_config":{"maxOutputTokens":LIMIT}}',
  ],
  [
    "Gemini: a limit and a thinking budget",
    "gemini",
    `/v1beta/models/${PLAIN}:generateContent`,
    '{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":8192},"maxOutputTokens":9000}}',
    '{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":BUDGET},"maxOutputTokens":LIMIT}}',
  ],
];

describe("a balance below the bound", () => {
  test.each(BODIES)("lowers the limit in the client's bytes: %s", async (_, answer, path, sent, becomes) => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(json(ANSWERS[answer]));
    const response = await ask(customer, path, sent);
    expect(response.status).toBe(200);
    const limit = Number(response.headers.get("x-quoin-max-tokens"));
    expect(limit).toBeGreaterThan(1_500);
    expect(limit).toBeLessThan(2_500);
    const expected = becomes.replace("LIMIT", String(limit)).replace("BUDGET", String(limit - 16));
    expect(upstream.last().text).toBe(expected);
    await response.text();
    const [record] = await gateway.requests(customer);
    expect(record?.notes).toContain(`output limit lowered to ${limit} tokens, what the balance pays for`);
    // What it may cost at the most lies within the balance.
    expect(BigInt(limit) * 4_000n).toBeLessThan(10_000_000n);
  });

  test("lowers it in translation too, and the thinking with it", async () => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(json(ANSWERS.messages));
    const body = `{"model":"claude-haiku-4-5","max_tokens":30000,"reasoning_effort":"high","messages":[{"role":"user","content":"hi"}]}`;
    const response = await ask(customer, "/v1/chat/completions", body);
    expect(response.status).toBe(200);
    const limit = Number(response.headers.get("x-quoin-max-tokens"));
    const sent = JSON.parse(upstream.last().text) as {
      max_tokens: number;
      thinking: { budget_tokens: number };
    };
    expect(sent.max_tokens).toBe(limit);
    expect(sent.thinking.budget_tokens).toBeLessThan(limit);
    await response.text();
  });

  test("counts the input before it lowers anything: long text is far fewer tokens than bytes", async () => {
    const customer = await gateway.customer({ usd: "0.05" });
    upstream.answer(json(ANSWERS.chat));
    const words = "several words in a row ".repeat(2_000);
    const body = `{"model":"${PLAIN}","max_tokens":100,"messages":[{"role":"user","content":"${words}"}]}`;
    const response = await ask(customer, "/v1/chat/completions", body);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-quoin-max-tokens")).toBeNull();
    expect(upstream.last().text).toBe(body);
    await response.text();
  });

  test("a limit that the balance pays for is left alone", async () => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(json(ANSWERS.chat));
    const body = `{"model":"${PLAIN}","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}`;
    const response = await ask(customer, "/v1/chat/completions", body);
    expect([response.status, response.headers.get("x-quoin-max-tokens")]).toEqual([200, null]);
    await response.text();
  });
});

describe("a balance that pays for nothing", () => {
  const chat = `{"model":"${PLAIN}","max_tokens":5000,"messages":[{"role":"user","content":"hi"}]}`;

  test("is 402 just below the input and sixteen tokens, and served from there on", async () => {
    const refused = await gateway.customer({ usd: "0.00006" });
    const error = await ask(refused, "/v1/chat/completions", chat);
    expect(error.status).toBe(402);
    const said = (await error.text()).match(/16 tokens of answer cost up to \$([0-9.]+);/)?.[1] ?? "";
    const enough = await gateway.customer({ usd: said });
    upstream.answer(json(ANSWERS.chat));
    const served = await ask(enough, "/v1/chat/completions", chat);
    expect(served.status).toBe(200);
    // The amount is told in two digits, rounded up.
    expect(Number(served.headers.get("x-quoin-max-tokens"))).toBeWithin(16, 20);
    await served.text();
  });

  test("thinking needs more than sixteen tokens: less than Anthropic takes is not sent", async () => {
    const customer = await gateway.customer({ usd: "0.004" });
    const body = `{"model":"${PLAIN}","max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":4999},"messages":[{"role":"user","content":"hi"}]}`;
    const refused = await ask(customer, "/v1/messages", body);
    expect(refused.status).toBe(402);
    expect(await refused.text()).toContain("1040 tokens of answer");
    expect(upstream.seen).toHaveLength(0);
  });

  test("to Codex it is OpenAI's empty quota, without a time to wait", async () => {
    const customer = await gateway.customer({ usd: "0" });
    const refused = await ask(customer, "/v1/responses", `{"model":"${PLAIN}","input":"hi"}`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBeNull();
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(await refused.json()).toMatchObject({
      error: { code: "insufficient_quota", type: "insufficient_quota" },
    });
  });
});

test("money that a running request frees within a moment is waited for", async () => {
  const customer = await gateway.customer({ usd: "0.008" });
  const body = `{"model":"${PLAIN}","max_tokens":1500,"messages":[{"role":"user","content":"hi"}]}`;
  const leaving = new AbortController();
  upstream.answer(silence, json(ANSWERS.chat));
  const first = fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body,
    signal: leaving.signal,
  }).catch(() => undefined);
  await until("the first request at the upstream", () => upstream.seen.length === 1);
  const second = ask(customer, "/v1/chat/completions", body);
  await until("the second waits", () => gateway.app.gateway.running.size === 2);
  leaving.abort();
  await first;
  const served = await second;
  expect([served.status, served.headers.get("x-quoin-max-tokens")]).toEqual([200, null]);
  await served.text();
});
