/** Embeddings: in one form the bytes pass, between two vendors' forms they are translated. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { sideConfig } from "../../support/beside-text.ts";
import { UPSTREAM_KEY } from "../../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { json } from "../../support/scripts.ts";

let upstream: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  [upstream, second] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  gateway = await startGateway({ config: sideConfig(upstream.url, { second: second.url }) });
  customer = await gateway.customer();
});
afterEach(() => {
  upstream.reset();
  second.reset();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), second.close()]);
});

function ask(path: string, body: string | object, who = customer): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${who.key}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const lastRequest = async (who = customer) => {
  const [request] = await gateway.requests(who);
  if (!request) throw new Error("no request was recorded");
  return request;
};

const openai = () => new OpenAI({ apiKey: customer.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
const genai = () => new GoogleGenAI({ apiKey: customer.key, httpOptions: { baseUrl: gateway.url } });

/** An exact 32-bit float each. */
const VECTORS = [
  [0.5, -0.25, 1],
  [0, 0.125, -2],
];

const OPENAI_ANSWER = {
  object: "list",
  data: VECTORS.map((embedding, index) => ({ object: "embedding", index, embedding })),
  model: "vendor-embed",
  usage: { prompt_tokens: 7, total_tokens: 7 },
};
const GEMINI_ANSWER = { embeddings: VECTORS.map((values) => ({ values })) };

const ODD = '"a":1.0,"b":1e3,"d":"\\u00e9","e" : [ ] ,"f":-0';

describe("in one form", () => {
  test("OpenAI's bytes pass but for the model's name, there and back", async () => {
    upstream.answer(
      json('{"object":"list", "model" : "vendor-embed","data":[],"usage":{"prompt_tokens":7},"x":1.0}'),
    );
    const response = await ask("/v1/embeddings", `{${ODD},"input":["x"], "model":"embed-o" }`);
    expect(await response.text()).toBe(
      '{"object":"list", "model" : "embed-o","data":[],"usage":{"prompt_tokens":7},"x":1.0}',
    );
    expect(upstream.last()).toMatchObject({
      path: "/o/v1/embeddings",
      text: `{${ODD},"input":["x"], "model":"vendor-embed" }`,
      headers: { authorization: `Bearer ${UPSTREAM_KEY}` },
    });
    expect(await lastRequest()).toMatchObject({
      protocol: "openai-embeddings",
      operation: "embed",
      usage: { input: 7, output: 0 },
      usage_source: "reported",
      charge_nanos: "7000",
    });
  });

  test.each([
    "/v1/embeddings",
    "/embeddings",
    "/openai/v1/embeddings",
    "/api/v1/embeddings",
    "//v1/v1/embeddings",
  ])("%s is served", async (path) => {
    upstream.answer(json(OPENAI_ANSWER));
    expect((await ask(path, { model: "embed-o", input: "x" })).status).toBe(200);
  });

  test("a report of more than all the texts' contexts is charged by our own count, and waits for the operator", async () => {
    const who = await gateway.customer();
    upstream.answer(json({ ...OPENAI_ANSWER, usage: { prompt_tokens: 1e9, total_tokens: 1e9 } }));
    expect((await ask("/v1/embeddings", { model: "embed-o", input: ["one two", "three"] }, who)).status).toBe(
      200,
    );
    const { id, ...record } = await lastRequest(who);
    expect(record).toMatchObject({ usage: { input: 3 }, usage_source: "estimated", charge_nanos: "3000" });
    expect(record.notes.join()).toContain("implausible usage: the upstream reports 1000000000 tokens");
    const { charges } = (await gateway.operate("charges.quarantined", {})) as { charges: { id: string }[] };
    expect(charges.map((charge) => charge.id)).toContain(id);
  });

  test("Gemini's bytes pass but for every name of the model", async () => {
    upstream.answer(json(' {"embeddings":[{"values":[1.0]}], "x":1e3}'));
    const content = `"content" : {"parts":[{"text":"\\u00e9"}]},${ODD}`;
    const response = await ask(
      "/v1beta/models/embed-g:batchEmbedContents",
      `{"requests" : [{"model":"models/embed-g",${content}},{${content}}],${ODD}}`,
    );
    expect(await response.text()).toBe(' {"embeddings":[{"values":[1.0]}], "x":1e3}');
    const { path, text, headers } = upstream.last();
    expect(path).toBe("/g/v1beta/models/vendor-embed:batchEmbedContents");
    expect(headers["x-goog-api-key"]).toBe(UPSTREAM_KEY);
    expect(JSON.parse(text).requests.map(({ model }: { model?: string }) => model)).toEqual([
      "models/vendor-embed",
      undefined,
    ]);
    expect(text).toEndWith(`,${ODD}}`);
  });

  test("one content passes as one", async () => {
    upstream.answer(json({ embedding: { values: [1] } }));
    const body = '{"model":"models/embed-g","content":{"parts":[{"text":"x"}]}}';
    expect((await ask("/v1beta/models/embed-g:embedContent", body)).status).toBe(200);
    expect(upstream.last()).toMatchObject({
      path: "/g/v1beta/models/vendor-embed:embedContent",
      text: '{"model":"models/vendor-embed","content":{"parts":[{"text":"x"}]}}',
    });
    expect(await lastRequest()).toMatchObject({
      usage: { input: 1 },
      usage_source: "estimated",
      charge_nanos: "1000",
    });
  });
});

describe("from OpenAI's form to Google's", () => {
  test("floats, dimensions and a list", async () => {
    upstream.answer(json(GEMINI_ANSWER));
    const answer = await openai().embeddings.create({
      model: "embed-g",
      input: ["one word", "two"],
      dimensions: 3,
      encoding_format: "float",
    });
    expect(answer.data).toEqual(
      VECTORS.map((embedding, index) => ({ object: "embedding", index, embedding })),
    );
    expect(answer.model).toBe("embed-g");
    expect(answer.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
    expect(JSON.parse(upstream.last().text)).toEqual({
      requests: ["one word", "two"].map((text) => ({
        model: "models/vendor-embed",
        content: { parts: [{ text }] },
        outputDimensionality: 3,
      })),
    });
    expect(await lastRequest()).toMatchObject({
      usage: { input: 3 },
      usage_source: "estimated",
      charge_nanos: "3000",
    });
  });

  test("base64, which the SDK asks for by itself", async () => {
    upstream.answer(json({ embeddings: [{ values: VECTORS[0] }], usageMetadata: { promptTokenCount: 5 } }));
    const answer = await openai().embeddings.create({ model: "embed-g", input: "x" });
    expect(answer.data[0]?.embedding).toEqual(VECTORS[0] ?? []);
    expect(answer.usage.prompt_tokens).toBe(5);
    expect((await lastRequest()).usage_source).toBe("reported");
  });

  test("token numbers are refused, since another vendor's mean other words", async () => {
    const response = await ask("/v1/embeddings", { model: "embed-g", input: [1, 2, 3] });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("takes texts, not token numbers");
    expect(upstream.seen).toHaveLength(0);
  });

  test("what has no place is told, or refused where the client wants that", async () => {
    upstream.answer(json({ embeddings: [{ values: [1] }] }));
    const body = { model: "embed-g", input: "x", user: "u" };
    const response = await ask("/v1/embeddings", body);
    expect(response.headers.get("x-quoin-warnings")).toBe("dropped;user;Gemini has no place for it");
    const strict = await fetch(`${gateway.url}/v1/embeddings`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}`, "x-quoin-lossy": "reject" },
      body: JSON.stringify(body),
    });
    expect(strict.status).toBe(400);
  });

  test("an answer with other vectors than were asked for is the upstream's fault, and free", async () => {
    upstream.answer(json({ embeddings: [{ values: [1] }] }));
    const response = await ask("/v1/embeddings", { model: "embed-g", input: ["x", "y"] });
    expect(response.status).toBe(502);
    expect((await lastRequest()).charge_nanos).toBe("0");
  });
});

describe("from Google's form to OpenAI's", () => {
  test("a list, as the SDK sends it", async () => {
    upstream.answer(json(OPENAI_ANSWER));
    const answer = await genai().models.embedContent({
      model: "embed-o",
      contents: ["one", "two"],
      config: { outputDimensionality: 3, taskType: "RETRIEVAL_QUERY" },
    });
    expect(answer.embeddings).toEqual(VECTORS.map((values) => ({ values })));
    expect(JSON.parse(upstream.last().text)).toEqual({
      model: "vendor-embed",
      input: ["one", "two"],
      encoding_format: "float",
      dimensions: 3,
    });
    expect(await lastRequest()).toMatchObject({
      protocol: "gemini-embeddings",
      usage: { input: 7 },
      charge_nanos: "7000",
      notes: [
        "loss: dropped requests[0].taskType OpenAI has no place for it",
        "loss: dropped requests[1].taskType OpenAI has no place for it",
      ],
    });
  });

  test("one content gets one vector; base64 of a server that knows nothing else is read", async () => {
    const embedding = Buffer.from(Float32Array.from([0.5, 2]).buffer).toString("base64");
    upstream.answer(json({ data: [{ embedding }], usage: { prompt_tokens: 1 } }));
    const response = await ask("/v1beta/models/embed-o:embedContent", {
      content: { parts: [{ text: "a" }, { text: "b" }] },
    });
    expect(await response.json()).toMatchObject({ embedding: { values: [0.5, 2] } });
    expect(JSON.parse(upstream.last().text)).toMatchObject({ input: ["a\nb"] });
  });

  test("media are refused", async () => {
    const content = { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] };
    const response = await ask("/v1beta/models/embed-o:embedContent", { content });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { status: "INVALID_ARGUMENT" } });
  });
});

describe("like any request", () => {
  test("the next target is tried, and the first stands in the record", async () => {
    upstream.answer(json({ error: { message: "busy" } }, 503));
    second.answer(json(OPENAI_ANSWER));
    expect((await ask("/v1/embeddings", { model: "embed-o", input: "x" })).status).toBe(200);
    expect((await lastRequest()).attempts.map(({ upstream: id, outcome }) => [id, outcome])).toEqual([
      ["openai", "retryable"],
      ["openai-2", "served"],
    ]);
  });

  test("an empty wallet is 402, and a small one pays for what it covers", async () => {
    const poor = await gateway.customer({ usd: "0" });
    expect((await ask("/v1/embeddings", { model: "embed-g", input: "x" }, poor)).status).toBe(402);
    // The bound is a token for every byte; the words are 101 tokens.
    const small = await gateway.customer({ usd: "0.0003" });
    upstream.answer(json({ embeddings: [{ values: [1] }] }));
    const words = "understanding ".repeat(100).trim();
    const response = await ask("/v1/embeddings", { model: "embed-g", input: words }, small);
    expect(response.status).toBe(200);
    expect((await lastRequest(small)).charge_nanos).toBe("101000");
  });

  test.each([
    [{}, "input"],
    [{ input: [] }, "input"],
    [{ input: [{}] }, "input"],
    [{ input: "x", encoding_format: "hex" }, "encoding_format"],
    [{ input: "x", Model: "embed-o" }, "Model"],
  ])("%j is a clear 400", async (fields, param) => {
    const response = await ask("/v1/embeddings", { model: "embed-o", ...fields });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });

  test.each([
    ["embedContent", { requests: [] }, "requests"],
    ["embedContent", {}, "content"],
    ["batchEmbedContents", { content: {} }, "requests"],
    ["batchEmbedContents", { requests: [{ model: "models/other", content: {} }] }, "requests[0].model"],
  ])(":%s with %j is a clear 400", async (verb, body, field) => {
    const response = await ask(`/v1beta/models/embed-g:${verb}`, body);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(`"field":"${field}"`);
  });

  test("the lists of models show what it is for", async () => {
    const list = await fetch(`${gateway.url}/v1beta/models`, { headers: { "x-goog-api-key": customer.key } });
    const { models } = (await list.json()) as {
      models: { name: string; supportedGenerationMethods: string[] }[];
    };
    const found = models.find(({ name }) => name === "models/embed-g");
    expect(found?.supportedGenerationMethods).toEqual(["embedContent", "batchEmbedContents"]);
  });
});

test("a model that does something else is 400 model_not_found, with the right endpoint", async () => {
  const response = await ask("/v1/embeddings", { model: "voice", input: "x" });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: "model_not_found", message: expect.stringContaining("/v1/audio/speech") },
  });
});

describe("moderations", () => {
  const ANSWER = '{"id":"modr-1","model":"vendor-judge","results":[{"flagged":true}]}';

  test("pass, and are counted here since nobody reports", async () => {
    upstream.answer(json(ANSWER));
    const answer = await openai().moderations.create({ model: "judge", input: ["one two", "three"] });
    expect(answer.results[0]?.flagged).toBe(true);
    expect(answer.model).toBe("judge");
    expect(upstream.last()).toMatchObject({
      path: "/o/v1/moderations",
      text: '{"model":"vendor-judge","input":["one two","three"]}',
    });
    expect(await lastRequest()).toMatchObject({
      operation: "moderate",
      usage: { input: 3 },
      usage_source: "estimated",
      charge_nanos: "3000",
    });
  });

  test("a safety model is asked in chat and completions like any", async () => {
    upstream.answer(
      json({
        choices: [{ message: { content: "safe" } }],
        usage: { prompt_tokens: 2, completion_tokens: 1 },
      }),
      json({ choices: [{ text: "safe" }], usage: { prompt_tokens: 2, completion_tokens: 1 } }),
    );
    const chat = await ask("/v1/chat/completions", {
      model: "guard",
      messages: [{ role: "user", content: "x" }],
    });
    const completion = await ask("/v1/completions", { model: "guard", prompt: "x" });
    expect([chat.status, completion.status]).toEqual([200, 200]);
  });
});

test("images pass, and are charged by the tokens of what was drawn", async () => {
  upstream.answer(
    json({
      created: 1,
      data: [{ b64_json: "AA==" }],
      usage: { input_tokens: 4, output_tokens: 100, total_tokens: 104 },
    }),
  );
  const answer = await openai().images.generate({ model: "painter", prompt: "a cat" });
  expect(answer.data).toHaveLength(1);
  expect(await lastRequest()).toMatchObject({
    operation: "draw",
    usage: { input: 4, image_output: 100 },
    charge_nanos: String(4 * 1_000 + 100 * 10_000),
  });
});
