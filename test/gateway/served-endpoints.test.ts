/** What a model may be asked for is what its endpoints name and its upstreams can be asked for, wherever that is said. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { compileSnapshot } from "../../src/catalog/compile-snapshot.ts";
import { notInForce } from "../../src/commands/not-in-force.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

const PRICE = { input: "1", output: "1" };

/** One server that speaks three protocols, and models that are served in fewer. */
function configOver(url: string): object {
  const one = { price: PRICE, targets: [{ upstream: "three" }] };
  return {
    upstreams: [
      {
        id: "three",
        provider: "openai-compatible",
        base_url: `${url}/v1`,
        protocols: ["openai-chat", "openai-responses", "anthropic-messages"],
      },
      { id: "claude", provider: "anthropic", base_url: url, api_key: "k" },
    ],
    models: [
      { id: "all", ...one },
      { id: "responses-only", ...one, endpoints: ["responses"] },
      { id: "messages-only", ...one, endpoints: ["messages"] },
      { id: "voice", ...one, category: "speech" },
      // Claude's server speaks to nobody who wants a voice.
      { id: "unserved", ...one, category: "speech", targets: [{ upstream: "claude" }] },
      { id: "translated", ...one, endpoints: ["gemini"] },
    ],
  };
}

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ output: [] }));
  gateway = await startGateway({ config: configOver(upstream.url) });
  customer = await gateway.customer();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(gateway.url + path, { headers: { "x-api-key": customer.key, ...headers } });
}

async function idsAt(path: string, headers: Record<string, string> = {}): Promise<string[]> {
  const body = (await (await get(path, headers)).json()) as {
    data?: { id: string }[];
    models?: { name: string }[];
  };
  return body.data?.map(({ id }) => id) ?? body.models?.map(({ name }) => name.slice("models/".length)) ?? [];
}

describe("the list of models", () => {
  test("has in OpenAI's words all that any endpoint serves, in the others' what they can ask for", async () => {
    expect(await idsAt("/v1/models")).toEqual([
      "all",
      "responses-only",
      "messages-only",
      "voice",
      "translated",
    ]);
    expect(await idsAt("/v1/models", { "anthropic-version": "2023-06-01" })).toEqual([
      "all",
      "messages-only",
    ]);
    expect(await idsAt("/v1beta/models")).toEqual(["all", "translated"]);
  });

  test("a model that is not listed is not found by name either", async () => {
    expect((await get("/v1/models/unserved")).status).toBe(404);
    expect((await get("/claude/v1/models/responses-only")).status).toBe(404);
    expect((await get("/v1/models/responses-only")).status).toBe(200);
  });
});

async function refusalOf(model: string): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify({ model, messages: [] }),
  });
  const { error } = (await response.json()) as { error: { message: string } };
  return `${response.status} ${error.message}`;
}

test("a refusal names what the model is served in, not all that its upstreams speak", async () => {
  expect(await refusalOf("responses-only")).toBe(
    '400 model: "responses-only" is not served at /v1/chat/completions; it is served at /v1/responses. Ask it there, or use another model.',
  );
  expect(await refusalOf("voice")).toBe(
    '400 model: "voice" is not served at /v1/chat/completions; it is served at /v1/audio/speech. Ask it there, or use another model.',
  );
  expect(await refusalOf("unserved")).toBe(
    '400 model: "unserved" is not served at /v1/chat/completions; no endpoint here serves it. Use another model.',
  );
});

test("the operator's list and test call go by the same", async () => {
  const { models } = (await gateway.operate("models.list", {})) as {
    models: { id: string; protocols: string[] }[];
  };
  expect(models.map(({ id, protocols }) => [id, protocols.join()])).toEqual([
    ["all", "openai-chat,openai-completions,anthropic-messages,openai-responses,gemini"],
    ["responses-only", "openai-responses"],
    ["messages-only", "anthropic-messages"],
    ["voice", "openai-speech"],
    ["unserved", ""],
    ["translated", "gemini"],
  ]);
  await gateway.operate("models.test", { model: "responses-only" });
  expect(upstream.last().path).toBe("/v1/responses");
});

test("models that nobody can ask for are named at the start", () => {
  const config = loadConfig(JSON.stringify(configOver("http://127.0.0.1:1")), {
    file: "quoin.yaml",
    env: {},
  });
  expect(notInForce(config, gateway.app.gateway.snapshot())).toEqual([
    "no endpoint serves 1 model: unserved.",
  ]);
});

test("defaults are in force but where an upstream takes completions only", () => {
  const upstream = { provider: "openai-compatible", base_url: "http://127.0.0.1:1/v1" };
  const model = { price: { input: "1", output: "1" }, defaults: { temperature: 0.5 } };
  const text = JSON.stringify({
    upstreams: [
      { id: "chat", ...upstream },
      { id: "bare", ...upstream, protocols: ["openai-completions"] },
    ],
    models: [
      { id: "one", ...model, targets: [{ upstream: "chat" }] },
      { id: "two", ...model, targets: [{ upstream: "bare" }] },
    ],
  });
  const config = loadConfig(text, { file: "quoin.yaml", env: {} });
  expect(notInForce(config, compileSnapshot(config, 1, "secret"))).toEqual([
    'the request defaults of model "two", at an upstream that takes completions only.',
  ]);
});
