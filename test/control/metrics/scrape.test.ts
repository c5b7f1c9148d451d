/** Metrics through the running gateway: what was sent is what is counted, and nobody reads it who may not. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { FREE, PLAIN, standardConfig, TWICE } from "../../support/config.ts";
import { type Family, readExposition, valuesOf } from "../../support/exposition.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { json } from "../../support/scripts.ts";

const ANSWER = json({
  id: "chatcmpl-1",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 40 } },
});
const SCOPE = "operator:metrics:read";

let first: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;
let token: string;

async function tokenWith(scopes: readonly string[], account?: string): Promise<string> {
  const whose = account === undefined ? { operator: true } : { account };
  const made = await gateway.operate("tokens.create", { ...whose, scopes, name: "scrape" });
  return String(made.token);
}

function scrape(bearer: string | undefined, init: RequestInit = {}, path = "/metrics"): Promise<Response> {
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  return fetch(gateway.url + path, { ...init, headers });
}

async function families(): Promise<Map<string, Family>> {
  await gateway.settled();
  await gateway.operate("requests.list", { account: customer.account, limit: 1 });
  return readExposition(await (await scrape(token)).text());
}

async function ask(key: string, model: string): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }], max_tokens: 20 }),
  });
  await response.text();
  return response.status;
}

beforeAll(async () => {
  first = await startFakeUpstream();
  second = await startFakeUpstream();
  first.otherwise(ANSWER);
  second.otherwise(ANSWER);
  gateway = await startGateway({
    config: standardConfig(first.url, { second: second.url, vendors: ["openai"] }),
  });
  customer = await gateway.customer();
  token = await tokenWith([SCOPE]);
});
afterAll(async () => {
  await gateway.close();
  await first.close();
  await second.close();
});

test("what was sent is what is counted, to the token and the nano", async () => {
  expect(await ask(customer.key, PLAIN)).toBe(200);
  expect(await ask(customer.key, PLAIN)).toBe(200);
  expect(await ask(customer.key, FREE)).toBe(200);
  first.answer(json({ error: { message: "out of order" } }, 500));
  expect(await ask(customer.key, TWICE)).toBe(200);
  first.answer(json({ error: { message: "out of order" } }, 500));
  expect(await ask(customer.key, FREE)).toBe(502);
  expect(await ask(customer.key, "made-up-by-a-client")).toBe(404);
  expect(await ask((await gateway.customer({ usd: "0" })).key, PLAIN)).toBe(402);

  const told = await families();
  const chat = (model: string, end: string) => `${model} openai-chat ${end}`;
  expect(valuesOf(told, "quoin_requests_total")).toEqual({
    [chat(PLAIN, "2xx finished")]: 2,
    [chat(PLAIN, "4xx failed")]: 1,
    [chat(FREE, "2xx finished")]: 1,
    [chat(FREE, "5xx failed")]: 1,
    [chat(TWICE, "2xx finished")]: 1,
    [chat("other", "4xx failed")]: 1,
  });
  expect(valuesOf(told, "quoin_tokens_total")).toEqual({
    [`${PLAIN} input`]: 120,
    [`${PLAIN} cache_read`]: 80,
    [`${PLAIN} output`]: 20,
    [`${FREE} input`]: 60,
    [`${FREE} cache_read`]: 40,
    [`${FREE} output`]: 10,
    [`${TWICE} input`]: 60,
    [`${TWICE} cache_read`]: 40,
    [`${TWICE} output`]: 10,
  });
  // A token of input is 1,000 nanos, a cached one 100, one of output 4,000.
  expect(valuesOf(told, "quoin_charged_usd_total")).toMatchObject({
    [`${PLAIN} known`]: 0.000_208,
    [`${TWICE} unknown`]: 0.000_104,
    [`${FREE} unknown`]: 0,
  });
  expect(valuesOf(told, "quoin_cost_usd_total")[PLAIN]).toBeGreaterThan(0);
  expect(valuesOf(told, "quoin_refused_requests_total")).toEqual({ "402": 1, "404": 1 });
  const attempts = valuesOf(told, "quoin_attempts_total");
  expect(attempts).toMatchObject({ "openai served": 3, "openai retryable": 2, "openai-2 served": 1 });
  expect(valuesOf(told, "quoin_failovers_total")).toEqual({ openai: 1, "openai-2": 0 });
});

test("a histogram's buckets grow up to its count", async () => {
  const told = await families();
  for (const name of ["quoin_request_duration_seconds", "quoin_time_to_first_byte_seconds"]) {
    expect(valuesOf(told, name, "_count")).toMatchObject({ [PLAIN]: 2, [FREE]: 1, [TWICE]: 1, other: 0 });
    const buckets = Object.entries(valuesOf(told, name, "_bucket")).filter(([key]) => key.startsWith(PLAIN));
    const counts = buckets.map(([, count]) => count);
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(buckets.map(([key]) => key.split(" ")[1])).toEqual(
      "0.05 0.1 0.25 0.5 1 2.5 5 10 20 30 60 120 300 +Inf".split(" "),
    );
    expect(counts.at(-1)).toBe(2);
  }
});

test("an upstream that stands back is seen, and comes back", async () => {
  const [model] = gateway.app.gateway.snapshot().models.filter(({ id }) => id === PLAIN);
  const [target] = model?.targets ?? [];
  if (!target) throw new Error(`${PLAIN} has no target`);
  const standing = async () => valuesOf(await families(), "quoin_upstream_targets_standing_back");
  for (let times = 0; times < 3; times++)
    gateway.app.gateway.cooldowns.failed(target, { kind: "overloaded", retryAfterMs: 20_000 });
  expect(await standing()).toMatchObject({ openai: 1, "openai-2": 0, google: 0 });
  gateway.forgiveTargets();
  expect(Object.values(await standing())).toEqual([0, 0, 0, 0, 0, 0]);
});

test("what is true at this moment", async () => {
  const told = await families();
  for (const name of ["quoin_requests_running", "quoin_permits_held", "quoin_charges_waiting"])
    expect(valuesOf(told, name)).toEqual({ "": 0 });
  for (const name of ["quoin_mails_stuck", "quoin_charges_doubted", "quoin_workers"])
    expect(valuesOf(told, name)).toEqual({ "": 0 });
  expect(valuesOf(told, "quoin_build_info")).toEqual({ [gateway.app.http.version]: 1 });
  const [began = 0] = Object.values(valuesOf(told, "process_start_time_seconds"));
  expect(Date.now() / 1_000 - began).toBeGreaterThan(0);
  for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total"])
    expect(valuesOf(told, name)[""]).toBeGreaterThan(0);
});

test("no label names an account, a key or a person", async () => {
  const labels = new Set<string>();
  for (const { samples } of (await families()).values())
    for (const sample of samples) for (const label of Object.keys(sample.labels)) labels.add(label);
  const bounded = ["model", "protocol", "status_class", "outcome", "kind", "cost", "upstream", "status"];
  expect([...labels].sort()).toEqual([...bounded, "le", "version"].sort());
});

test("the same at the management API, and by HEAD without a body", async () => {
  const answer = await scrape(token, {}, "/console/api/v1/operator/metrics");
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect([...readExposition(await answer.text()).keys()]).toEqual([...(await families()).keys()]);
  const head = await scrape(token, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("without a token: 401, with the command that makes one", async () => {
  const answer = await scrape(undefined);
  expect(answer.status).toBe(401);
  expect(await answer.text()).toContain(`quoin tokens create --operator --scopes ${SCOPE} makes one.`);
  const forged = await scrape(undefined, { headers: { "x-forwarded-for": "127.0.0.1" } });
  expect(forged.status).toBe(401);
});

test("not with a token for something else, a customer's, or a key for models", async () => {
  expect((await scrape(await tokenWith(["operator:audit:read"]))).status).toBe(403);
  expect((await scrape(await tokenWith(["*"]))).status).toBe(403);
  expect((await scrape(await tokenWith(["*"], customer.account))).status).toBe(403);
  expect((await scrape(customer.key)).status).toBe(401);
  expect((await scrape(token.slice(0, -1))).status).toBe(401);
});

test("the token of metrics can do nothing else", async () => {
  for (const path of ["operator/audit", "operator/accounts", `accounts/${customer.account}/keys`])
    expect((await scrape(token, {}, `/console/api/v1/${path}`)).status).toBe(403);
});

test("other methods find nothing there, as at other pages", async () => {
  for (const method of ["POST", "DELETE"]) {
    const [metrics, docs] = await Promise.all([
      scrape(token, { method }),
      scrape(token, { method }, "/docs"),
    ]);
    expect(metrics.status).toBe(docs.status);
    expect(metrics.status).toBe(404);
  }
});
