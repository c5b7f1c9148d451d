import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { json } from "../../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

const RESULTS = [
  { index: 1, relevance_score: 0.9 },
  { index: 0, relevance_score: 0.1 },
];
const BODY = {
  model: "reranker",
  query: "what is a quoin",
  documents: ["a coin", { text: "a cornerstone" }],
};

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const sized = {
    category: "rerank",
    context_tokens: 1_000,
    targets: [{ upstream: "vllm", model: "bge-reranker" }],
  };
  gateway = await startGateway({
    config: {
      upstreams: [
        { id: "vllm", provider: "openai-compatible", base_url: `${upstream.url}/v1`, api_key: "k" },
      ],
      models: [
        { id: "reranker", price: { input: "1.00" }, ...sized },
        { id: "by-search", price: { search: "0.002" }, ...sized },
      ],
      plans: [{ id: "default", key_prefix: "qn_live_" }],
    },
  });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function rerank(customer: Customer, body: object, path = "/v1/rerank") {
  const response = await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, told: (await response.json()) as Record<string, unknown> };
}

async function chargeOf(
  customer: Customer,
): Promise<[nanos: string | undefined, source: string | undefined]> {
  const [newest] = await gateway.requests(customer);
  return [newest?.charge_nanos, newest?.usage_source];
}

describe("documents held against a query", () => {
  test("pass as they are, under the upstream's name, and are charged by its count", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ model: "bge-reranker", results: RESULTS, usage: { total_tokens: 20 } }));
    const { status, told } = await rerank(customer, { ...BODY, top_n: 2 });
    expect([status, told.model, told.results]).toEqual([200, "reranker", RESULTS]);
    const { path, text } = upstream.last();
    expect(path).toBe("/v1/rerank");
    expect(JSON.parse(text)).toEqual({ ...BODY, top_n: 2, model: "bge-reranker" });
    expect(await chargeOf(customer)).toEqual(["20000", "reported"]);
  });

  test.each(["/rerank", "/v2/rerank", "/openai/v1/rerank"])(
    "are held against it at %s, too",
    async (path) => {
      upstream.answer(json({ results: RESULTS, usage: { total_tokens: 20 } }));
      const { status, told } = await rerank(await gateway.customer(), BODY, path);
      expect([status, told.results]).toEqual([200, RESULTS]);
      expect(upstream.last().path).toBe("/v1/rerank");
    },
  );

  test("are counted here where the upstream does not: the query with each document", async () => {
    const customer = await gateway.customer();
    upstream.answer(json({ results: RESULTS }));
    await rerank(customer, { ...BODY, documents: ["one", "one", "one"] });
    const [nanos, source] = await chargeOf(customer);
    expect(source).toBe("estimated");
    upstream.answer(json({ results: RESULTS }));
    await rerank(customer, { ...BODY, documents: ["one"] });
    const [single] = await chargeOf(customer);
    expect(BigInt(nanos ?? 0)).toBe(3n * BigInt(single ?? 0));
  });

  test("are charged by searches where the upstream bills those", async () => {
    const customer = await gateway.customer({ usd: "0.01" });
    upstream.answer(json({ results: RESULTS, meta: { billed_units: { search_units: 1 } } }));
    await rerank(customer, { ...BODY, model: "by-search" });
    expect(await chargeOf(customer)).toEqual(["2000000", "reported"]);
    // 401 documents are five searches, which are held: 0.01 of a balance of 0.008.
    const many = { ...BODY, model: "by-search", documents: Array(401).fill("x") };
    expect((await rerank(customer, many)).status).toBe(402);
  });

  test.each([
    ["query", { ...BODY, query: undefined }],
    ["documents", { ...BODY, documents: [] }],
    ["documents", { ...BODY, documents: ["a", { image: "b" }] }],
  ])("what is wrong with %s is told, and costs nothing", async (param, body) => {
    const customer = await gateway.customer();
    const { status, told } = await rerank(customer, body);
    expect([status, told.error]).toMatchObject([400, { param, type: "invalid_request_error" }]);
    expect(await chargeOf(customer)).toEqual(["0", "none"]);
    expect(upstream.seen).toEqual([]);
  });

  test("a model that only reranks says so to those who chat with it", async () => {
    const customer = await gateway.customer();
    const chat = { model: "reranker", messages: [{ role: "user", content: "hi" }] };
    const { status, told } = await rerank(customer, chat, "/v1/chat/completions");
    expect(status).toBe(400);
    expect(JSON.stringify(told)).toContain("/v1/rerank");
  });
});

test("the demo sorts by shared words", async () => {
  const demo = await startGateway({ config: "{}", env: { QUOIN_DISCOVER: "env" } });
  const { key } = await demo.customer();
  const response = await fetch(`${demo.url}/v1/rerank`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      ...{ model: "rerank-v3.5", query: "the grey harbour", top_n: 1, return_documents: true },
      documents: ["nothing of it", "a harbour in the fog, grey"],
    }),
  });
  const { results } = (await response.json()) as { results: unknown };
  expect(results).toEqual([
    { index: 1, relevance_score: 1, document: { text: "a harbour in the fog, grey" } },
  ]);
  await demo.close();
});
