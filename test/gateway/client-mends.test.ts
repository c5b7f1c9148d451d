import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let customer: Customer;
beforeAll(async () => {
  gateway = await startGateway({
    config: {
      upstreams: [{ id: "demo", provider: "demo" }],
      models: ["gpt-5-codex", "claude-sonnet-4-5", "hidden-model"].map((id) => ({
        id,
        price: { input: "1", output: "1" },
        targets: [{ upstream: "demo", model: "demo" }],
      })),
      plans: [{ id: "default", key_prefix: "qn_live_", models: ["gpt-5-codex", "claude-sonnet-4-5"] }],
    },
  });
  customer = await gateway.customer();
});
afterAll(() => gateway.close());

async function models(headers: Record<string, string>, query = ""): Promise<[number, string]> {
  const response = await fetch(`${gateway.url}/v1/models${query}`, { headers });
  const { error } = (await response.json()) as { error?: { message: string } };
  return [response.status, error?.message ?? ""];
}

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const CLAUDE = { "user-agent": "claude-cli/2.1.329 (external, cli)" };
const CODEX = { "user-agent": "codex_exec/0.169.0 (Debian 12.0.0; x86_64)" };

describe("a good key is served", () => {
  test.each<[string, (key: string) => Record<string, string>, (key: string) => string]>([
    ["with Bearer twice", (key) => ({ authorization: `Bearer Bearer ${key}` }), () => ""],
    ["in quotes", (key) => ({ authorization: `Bearer "${key}"` }), () => ""],
    ["in quotes, with Bearer inside", (key) => ({ "x-api-key": `'Bearer ${key}'` }), () => ""],
    ["with a semicolon behind it", (key) => ({ authorization: `Bearer ${key};` }), () => ""],
    ["in angle brackets", (key) => ({ "x-goog-api-key": `<${key}>` }), () => ""],
    ["in Azure's header", (key) => ({ "api-key": key }), () => ""],
    ["as the user of Basic", (key) => ({ authorization: `Basic ${btoa(`${key}:`)}` }), () => ""],
    ["as the password of Basic", (key) => ({ authorization: `Basic ${btoa(`me:${key}`)}` }), () => ""],
    [
      "beside one of another service",
      (key) => ({ authorization: "Bearer sk-ant-api03-x", "x-api-key": key }),
      () => "",
    ],
    ["as ?api_key=", () => ({}), (key) => `?api_key=${key}`],
  ])("%s", async (_, headers, query) => {
    expect(await models(headers(customer.key), query(customer.key))).toEqual([200, ""]);
  });
});

describe("a key that is none of ours", () => {
  test.each([
    ["sk-ant-api03-abcdefgh", "one of Anthropic (sk-ant-…)"],
    ["sk-proj-abcdefgh", "one of OpenAI (sk-proj-…)"],
    ["sk-abcdefgh", "OpenAI or a service like it"],
    ["AIzaSyabcdefgh", "one of Google (AIza…)"],
    ["YOUR_API_KEY", "placeholder"],
    ["$QUOIN_API_KEY", "placeholder"],
    ["qn_live_abc", "cut or mistyped: 11 characters, not 46"],
    ["whatever", "keys here begin with qn_live_…"],
  ])("%s is named, and never repeated", async (key, words) => {
    const [status, message] = await models({ authorization: `Bearer ${key}` });
    expect(status).toBe(401);
    expect(message).toContain(words);
    expect(message).toContain("malformed");
    if (key.length > 12) expect(message.replace("sk-proj-…", "")).not.toContain(key.slice(0, 12));
  });

  test("the program that asked is told its own line, in its own dialect", async () => {
    const answer = await post(
      "/v1/messages",
      {},
      { ...CLAUDE, authorization: "", "x-api-key": "sk-ant-api03-x" },
    );
    expect(answer.status).toBe(401);
    const { type, error } = (await answer.json()) as {
      type: string;
      error: { type: string; message: string };
    };
    expect([type, error.type]).toEqual(["error", "authentication_error"]);
    expect(error.message).toContain("In Claude Code: export ANTHROPIC_AUTH_TOKEN=YOUR_KEY");
    expect(error.message).toContain(`curl -fsSL ${gateway.url}/setup/claude-code.sh | sh`);

    const [, codex] = await models({ ...CODEX });
    expect(codex).toContain('env_key = "QUOIN_API_KEY" in ~/.codex/config.toml');
  });
});

describe("an address that is wrong", () => {
  test.each([
    [
      "/v1/chat/completions/chat/completions",
      { model: "gpt-5-codex", messages: [{ role: "user", content: "x" }] },
    ],
    [
      "/v1/chat/completions/v1/chat/completions",
      { model: "gpt-5-codex", messages: [{ role: "user", content: "x" }] },
    ],
    [
      "/v1/messages/v1/messages",
      { model: "gpt-5-codex", max_tokens: 9, messages: [{ role: "user", content: "x" }] },
    ],
    ["/openai/v1/responses/responses", { model: "gpt-5-codex", input: "x" }],
  ])("%s is served, and noted", async (path, body) => {
    expect((await post(path, body)).status).toBe(200);
    expect((await gateway.requests(customer))[0]?.notes).toContain("doubled endpoint in the path");
  });

  test("the list of models below an endpoint is served", async () => {
    const headers = { authorization: `Bearer ${customer.key}` };
    expect((await fetch(`${gateway.url}/v1/chat/completions/models`, { headers })).status).toBe(200);
  });

  test("where nothing is meant, the base URL's line is told", async () => {
    const answer = await post("/v2/messages", {}, CLAUDE);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain(`In Claude Code: export ANTHROPIC_BASE_URL=${gateway.url}`);
    const hostile = await post("/v2/x", {}, { ...CODEX, host: "a'b" });
    expect(await hostile.text()).not.toContain("a'b");
  });
});

describe("a model that is not here", () => {
  test("the nearest that the key may use is named, with how to ask for it", async () => {
    const body = { model: "claude-sonet-4.5", max_tokens: 9, messages: [{ role: "user", content: "x" }] };
    const text = await (await post("/v1/messages", body, CLAUDE)).text();
    expect(text).toContain('Did you mean \\"claude-sonnet-4-5\\"? In Claude Code: claude --model ID');
  });

  test("one that the plan leaves out is not", async () => {
    const text = await (await post("/v1/responses", { model: "hiden-model", input: "x" })).text();
    expect(text).toContain("there is no model");
    expect(text).not.toContain("hidden-model");
  });
});
