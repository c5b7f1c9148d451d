import { expect } from "bun:test";
import { parse } from "yaml";
import { newKey } from "../../src/accounts/key-format.ts";
import { startGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";
import {
  type Ask,
  ask,
  askAs,
  chatBody,
  expectLimit,
  expectRefusal,
  expectStatus,
  listedModels,
  user,
} from "./ask.ts";
import { declaredModel, declaredPlan, publicBaseUrls } from "./declared.ts";
import { makeKey, signUp } from "./people.ts";
import { printed } from "./printed.ts";
import { ANTHROPIC_HEADERS, JSON_TYPE, type PrintedCall } from "./printed-call.ts";
import { scriptsServed, withMachine } from "./set-up.ts";
import { nodeSample, pythonSample } from "./snippets.ts";
import { type PublishedPages, type Statement, says, section } from "./statement.ts";
import type { World } from "./world.ts";

const MODEL = "claude-sonnet-4-20250514";
const CODEBASE = user("Explain this codebase");

const MESSAGES: Pick<PrintedCall, "path" | "auth" | "headers"> = {
  path: "/v1/messages",
  auth: "x-api-key",
  headers: ANTHROPIC_HEADERS,
};

const TOOL = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const message = (model: string, more: object = {}): Ask => ({
  path: "/v1/messages",
  auth: "x-api-key",
  headers: ANTHROPIC_HEADERS,
  body: chatBody(model, more),
});

const MODELS: readonly (readonly [id: string, vendor: string, tier: "premium" | "open-weight"])[] = [
  ["claude-sonnet-4-20250514", "Anthropic", "premium"],
  ["claude-opus-4-20250514", "Anthropic", "premium"],
  ["claude-3.7-sonnet", "Anthropic", "premium"],
  ["claude-3.5-sonnet", "Anthropic", "premium"],
  ["gpt-4o", "OpenAI", "premium"],
  ["gpt-5", "OpenAI", "premium"],
  ["gemini-2.5-pro", "Google", "premium"],
  ["deepseek-v3", "DeepSeek", "open-weight"],
  ["deepseek-r1", "DeepSeek", "open-weight"],
  ["deepseek-v4-pro", "DeepSeek", "open-weight"],
  ["deepseek-v4-flash", "DeepSeek", "open-weight"],
  ["deepseek-prover-v2-671b", "DeepSeek", "open-weight"],
  ["qwen-coder", "Alibaba", "open-weight"],
  ["qwen-3.5-397b", "Alibaba", "open-weight"],
  ["qwen-3.5-35b", "Alibaba", "open-weight"],
  ["qwen-3.5-27b", "Alibaba", "open-weight"],
  ["qwen-3.5-2b", "Alibaba", "open-weight"],
];

/** Listed, with its provider and tier, and answering under its own name. */
const modelRow = ([id, vendor, tier]: (typeof MODELS)[number]): Statement =>
  says(`model ${id}: ${vendor}, ${tier}`, async (world) => {
    expect(await listedModels(world)).toContain(id);
    expect(declaredModel(world, id)).toMatchObject({ vendor, tier });
    const got = await askAs(world, undefined, message(id));
    expectStatus(got, 200);
    expect(got.json.model).toBe(id);
  });

async function shape(world: World): Promise<void> {
  const { json: body } = await askAs(world, undefined, message(MODEL, { messages: CODEBASE }));
  expect(body).toMatchObject({
    id: expect.stringMatching(/^msg_/),
    type: "message",
    role: "assistant",
    content: [{ type: "text", text: expect.any(String) }],
    model: MODEL,
    stop_reason: "end_turn",
    usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
  });
}

async function upstreamStatus(world: World, status: number, expected: number, type: string): Promise<void> {
  const { gateway, upstream, key } = await world.scripted("anthropic");
  upstream.answer(json({ type: "error", error: { type: "x", message: "y" } }, status));
  expectRefusal(await ask(gateway, { key, ...message(MODEL) }), expected, { type });
}

async function malformedKey(world: World): Promise<void> {
  const { key } = await world.customer();
  for (const wrong of ["sk-ant-api03-foreign", key.slice(0, -2), "qb_live_xxxxxxxxxxxxx"]) {
    const got = await ask(world.gateway, { key: wrong, ...message(MODEL) });
    expectRefusal(got, 401, { type: "authentication_error" });
    expect(got.error.message).toMatch(/^Invalid API key format: .*qb_live_/);
  }
}

async function emptyWallet(world: World): Promise<void> {
  const { key } = await world.customer(undefined, "0");
  for (const model of [MODEL, "qwen-3.5-2b"]) {
    const got = await ask(world.gateway, { key, ...message(model) });
    expectStatus(got, 402);
    expect(got.error.message).toStartWith("Insufficient credits");
  }
}

async function topUp(world: World): Promise<void> {
  const customer = await world.customer(undefined, "0");
  const question = { key: customer.key, ...message("qwen-3.5-2b") };
  expectStatus(await ask(world.gateway, question), 402);
  await world.gateway.operate("wallet.top-up", { account: customer.account, amount: "1.00" });
  expectStatus(await ask(world.gateway, question), 200);
}

/** Ten thousand would take minutes: the same file with three a day instead shows that the day is counted. */
async function requestsPerDay(world: World): Promise<void> {
  expect(declaredPlan(world, "default").limits).toMatchObject({ requestsPerDay: 10_000 });
  const config = world.text.replaceAll("requests_per_day: 10000", "requests_per_day: 3");
  const gateway = await startGateway({ config });
  const { key } = await gateway.customer();
  const statuses: number[] = [];
  for (let sent = 0; sent < 4; sent++)
    statuses.push((await ask(gateway, { key, ...message("qwen-3.5-2b") })).status);
  await gateway.close();
  expect(statuses).toEqual([200, 200, 200, 429]);
}

const OPENAI = { provider: "openai", apiBase: "https://api.qorebit.ai/v1" };

const continueYaml = (world: World) =>
  withMachine(world, async ({ run, read, key }) => {
    await run("continue");
    const { models } = parse(read(".continue/config.yaml")) as { models: { model: string }[] };
    expect(models.length).toBe(MODELS.length);
    for (const model of models) expect(model).toMatchObject({ ...OPENAI, apiKey: key });
  });

const continueJson = (world: World) =>
  withMachine(world, async ({ run, read, key }) => {
    await run("continue-json");
    const { models } = JSON.parse(read(".continue/config.json")) as { models: object[] };
    expect(models.length).toBe(MODELS.length);
    for (const model of models) expect(model).toMatchObject({ ...OPENAI, apiKey: key });
  });

const cline = (world: World) =>
  withMachine(world, async ({ run, read, key }) => {
    const said = await run("cline");
    const { providers } = JSON.parse(read(".cline/data/settings/providers.json")) as {
      providers: { anthropic: { settings: object } };
    };
    const settings = { apiKey: key, baseUrl: "https://api.qorebit.ai/v1", provider: "anthropic" };
    expect(providers.anthropic.settings).toMatchObject(settings);
    expect(said).toContain("https://api.qorebit.ai/v1");
  });

/** As Continue, Cline and Cursor ask: models of three vendors, paid from one wallet. */
async function oneBill(world: World): Promise<void> {
  const customer = await world.customer();
  const before = world.gateway.balanceNanos(customer);
  const asked: Ask[] = [
    { path: "/v1/chat/completions", body: chatBody("gemini-2.5-pro") },
    message(MODEL),
    { path: "/v1/responses", body: { model: "deepseek-v3", input: "Hello" } },
  ];
  for (const one of asked) expectStatus(await ask(world.gateway, { key: customer.key, ...one }), 200);
  const rows = await world.gateway.requests(customer);
  const charges = rows.map(({ charge_nanos }) => BigInt(charge_nanos));
  expect(charges.every((nanos) => nanos > 0n)).toBe(true);
  const sum = charges.reduce((total, nanos) => total + nanos, 0n);
  expect(before - world.gateway.balanceNanos(customer)).toBe(sum);
}

export const QOREBIT: PublishedPages = {
  name: "qorebit",
  example: "qorebit",
  sections: [
    section(
      "Coding agents and editors",
      says("one bill for many models, whatever the editor speaks", oneBill),
      printed(
        "Continue in YAML: OpenAI's provider at /v1, model claude-3-5-sonnet, a qb_live_ key",
        {
          path: "/v1/chat/completions",
          auth: "bearer",
          headers: JSON_TYPE,
          body: { model: "claude-3-5-sonnet", messages: CODEBASE },
          expected: { answer: "openai-chat" },
        },
        {
          differs:
            "the page on editors writes claude-3-5-sonnet, the table of models claude-3.5-sonnet: one model, and both names are served",
        },
      ),
      says("Continue's configuration file is written, in YAML", continueYaml),
      says("the same in JSON (a tab without a printed sample)", continueJson),
      says("Cline in two modes (tabs without printed samples)", cline),
      says("Cursor (a tab without a printed sample)", (world) =>
        scriptsServed(world, "cursor", "https://api.qorebit.ai/v1"),
      ),
    ),
    section(
      "The Messages endpoint",
      nodeSample("Anthropic's SDK works unchanged (TypeScript)", "qorebit.mjs"),
      says("POST https://api.qorebit.ai/v1/messages is its address", async (world) => {
        expect(await publicBaseUrls(world)).toMatchObject({
          anthropic: "https://api.qorebit.ai",
          openai: "https://api.qorebit.ai/v1",
        });
        const asked = message(MODEL);
        const headers = { ...asked.headers, host: "api.qorebit.ai" };
        expectStatus(await askAs(world, undefined, { ...asked, headers }), 200);
      }),
      says(
        "x-api-key is required, and begins with qb_live_",
        async (world) => {
          const { key } = await world.customer();
          expect(key).toMatch(/^qb_live_[0-9A-Za-z]{38}$/);
          expectRefusal(await ask(world.gateway, message(MODEL)), 401, { type: "authentication_error" });
        },
        { differs: "Authorization: Bearer is taken as well" },
      ),
      says("anthropic-version may be left out", async (world) => {
        expectStatus(await askAs(world, undefined, { ...message(MODEL), headers: JSON_TYPE }), 200);
      }),
      says(
        "content-type must be application/json",
        async (world) => {
          const headers = { "anthropic-version": "2023-06-01", "content-type": "text/plain" };
          expectStatus(await askAs(world, undefined, { ...message(MODEL), headers }), 200);
        },
        { differs: "another or no content-type is served too" },
      ),
      printed("the request body of the reference", {
        ...MESSAGES,
        method: "POST",
        body: { model: MODEL, max_tokens: 4096, messages: CODEBASE },
        expected: { answer: "anthropic-messages" },
      }),
      says("the shape of a whole answer", shape),
      printed("the events of a stream, in their order", {
        ...MESSAGES,
        method: "POST",
        body: { model: MODEL, max_tokens: 4096, messages: CODEBASE, stream: true },
        expected: { answer: "anthropic-messages", stream: true },
      }),
    ),
    section(
      "Samples",
      printed("curl, whole", {
        ...MESSAGES,
        method: "POST",
        body: { model: MODEL, max_tokens: 1024, messages: user("Hello, Claude!") },
        expected: { answer: "anthropic-messages" },
      }),
      printed("curl, streaming (a tab without a printed sample)", {
        ...MESSAGES,
        method: "POST",
        body: { model: MODEL, max_tokens: 1024, messages: user("Hello, Claude!"), stream: true },
        expected: { answer: "anthropic-messages", stream: true },
      }),
      printed("curl, with tools (a tab without a printed sample)", {
        ...MESSAGES,
        method: "POST",
        body: { model: MODEL, max_tokens: 1024, tools: [TOOL], messages: user("Use get_weather for Ottawa") },
        expected: { answer: "anthropic-messages", finish: "tool" },
      }),
      pythonSample("Anthropic's SDK for Python", "qorebit.py"),
      pythonSample("the same, streaming (a tab without a printed sample)", "qorebit_streaming.py"),
      nodeSample("TypeScript (a tab without a printed sample)", "qorebit_create.mjs"),
    ),
    section("Models", MODELS.map(modelRow)),
    section(
      "Open-weight models",
      says("open weights are asked as any model, in both protocols", async (world) => {
        expectStatus(await askAs(world, undefined, message("qwen-3.5-397b")), 200);
        const chat = { path: "/v1/chat/completions", body: chatBody("qwen-3.5-397b") };
        expectStatus(await askAs(world, undefined, chat), 200);
      }),
      says("Claude Code with base URL, key and --model qwen-3.5-397b", async (world) => {
        const head = await fetch(world.gateway.url, { method: "HEAD" });
        expect(head.status).toBe(200);
        const asked = message("qwen-3.5-397b", { stream: true, max_tokens: 32_000 });
        expectStatus(await askAs(world, undefined, { ...asked, path: "/v1/messages?beta=true" }), 200);
      }),
      says(
        "Cline and Roo Code: Anthropic's provider, the root as base URL, a custom model",
        async (world) => {
          const got = await askAs(
            world,
            undefined,
            message("qwen-3.5-397b", { stream: true, system: "You are Cline." }),
          );
          expectStatus(got, 200);
          expect(got.text).toContain("event: message_stop");
        },
      ),
    ),
    section(
      "Rate limits",
      says("60 requests a minute", (world) =>
        expectLimit(world, undefined, 60, message("qwen-3.5-2b", { max_tokens: 8 })),
      ),
      says("10,000 requests a day", requestsPerDay),
      says("200,000 tokens a minute", async (world) => {
        const { headers } = await askAs(world, undefined, message("qwen-3.5-2b"));
        expect(headers.get("anthropic-ratelimit-tokens-limit")).toBe("200000");
        const { key } = await world.customer();
        const long = message("qwen-3.5-2b", { messages: user("word ".repeat(120_000)), max_tokens: 8 });
        expectStatus(await ask(world.gateway, { key, ...long }), 200);
        expectRefusal(await ask(world.gateway, { key, ...long }), 429, { type: "rate_limit_error" });
      }),
    ),
    section(
      "Error codes",
      says("400 invalid_request_error: a malformed request", async (world) => {
        const type = "invalid_request_error";
        expectRefusal(await askAs(world, undefined, { ...message(MODEL), body: "{" }), 400, { type });
        expectRefusal(await askAs(world, undefined, message(MODEL, { messages: 7 })), 400, { type });
      }),
      says("401 authentication_error: no key, or one that is not good", async (world) => {
        for (const key of [undefined, newKey("qb_live_"), "nonsense"])
          expectRefusal(await ask(world.gateway, { key, ...message(MODEL) }), 401, {
            type: "authentication_error",
          });
      }),
      says("403 permission_error: the key has no access to the model", async (world) => {
        expectRefusal(await askAs(world, "open-weight", message(MODEL)), 403, { type: "permission_error" });
        expectStatus(await askAs(world, "open-weight", message("deepseek-v3")), 200);
      }),
      says("429 rate_limit_error: over a limit", async (world) => {
        const refused = await expectLimit(
          world,
          "open-weight",
          60,
          message("qwen-3.5-2b", { max_tokens: 8 }),
        );
        expectRefusal(refused, 429, { type: "rate_limit_error" });
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      }),
      says("500 api_error: the gateway or what is behind it failed", (world) =>
        upstreamStatus(world, 500, 500, "api_error"),
      ),
      says("529 overloaded_error: inference is overloaded", (world) =>
        upstreamStatus(world, 529, 529, "overloaded_error"),
      ),
    ),
    section(
      "Troubles",
      says('"Invalid API key format" is said of a key that is none of the service\'s', malformedKey),
      says(
        "a key is made again in the settings of the dashboard",
        async (world) => {
          const owner = await signUp(world);
          const old = await makeKey(world, owner);
          const { items } = (await owner.browser.call(`GET /accounts/${owner.accountId}/keys`)).body as {
            items: { id: string }[];
          };
          await owner.browser.call(`DELETE /accounts/${owner.accountId}/keys/${items[0]?.id}`);
          expectStatus(await ask(world.gateway, { key: old, path: "/v1/models" }), 401);
          expect(await makeKey(world, owner)).toStartWith("qb_live_");
        },
        { differs: "by the API that the console's pages call" },
      ),
      says('"Insufficient credits" is said of an empty wallet, of open weights too', emptyWallet),
      says("topping up mends it", topUp, {
        differs: "by quoin wallet top-up here; the page Wallet is the console's",
      }),
    ),
  ],
};
