import { expect } from "bun:test";
import { ask, askAs, chatBody, expectLimit, expectRefusal, expectStatus, listedModels } from "./ask.ts";
import { catalogueOf, declaredModel, declaredPlan, publicBaseUrls } from "./declared.ts";
import { makeKey, refusedWithoutPhone, signUp } from "./people.ts";
import { printed } from "./printed.ts";
import { JSON_TYPE, type PrintedCall } from "./printed-call.ts";
import {
  AUDIO_ASKED_FOR_TEXT,
  AUDIO_AT_COMPLETIONS,
  speaks,
  tooLarge,
  wrongEndpoint,
} from "./qubittron-audio.ts";
import {
  badBody,
  brokenIsSentAgain,
  chat,
  completion,
  emptyAccount,
  everyKind,
  limiterAway,
  missingKey,
  notRetriedBySdk,
  overLimit,
  passedThrough,
  retriedBySdk,
  upstreamFails,
} from "./qubittron-errors.ts";
import { plainHttpIsRedirected } from "./qubittron-https.ts";
import { nodeSample } from "./snippets.ts";
import { type PublishedPages, type Statement, says, section, unchecked } from "./statement.ts";
import type { World } from "./world.ts";

const MODELS: readonly (readonly [id: string, category: string])[] = [
  ["gpt-oss-120b", "llm"],
  ["gpt-oss-20b", "llm"],
  ["Llama-3.1-8B-Instruct", "llm"],
  ["Meta-Llama-3_3-70B-Instruct", "llm"],
  ["Qwen3-32B", "llm"],
  ["Mistral-7B-Instruct-v0.3", "llm"],
  ["Mistral-Small-3.2-24B-Instruct-2506", "llm"],
  ["Mistral-Nemo-Instruct-2407", "llm"],
  ["Qwen3-Coder-30B-A3B-Instruct", "code"],
  ["Qwen2.5-VL-72B-Instruct", "vision"],
  ["Qwen3Guard-Gen-8B", "safety"],
  ["Qwen3Guard-Gen-0.6B", "safety"],
];

const CAPITAL = { model: "gpt-oss-120b", prompt: "The capital of Canada is", max_tokens: 16 };

const CALL: Pick<PrintedCall, "path" | "auth" | "headers"> = {
  path: "/v1/completions",
  auth: "bearer",
  headers: JSON_TYPE,
};

async function shownOnce(world: World): Promise<void> {
  const customer = await world.customer();
  expect(customer.key).toMatch(/^qbt_[0-9A-Za-z]{38}$/);
  const listed = JSON.stringify(await world.gateway.operate("keys.list", { account: customer.account }));
  expect(listed).toContain(customer.key.slice(-4));
  expect(listed).not.toContain(customer.key.slice(4, -4));
}

async function ownLimits(world: World): Promise<void> {
  const refused = await expectLimit(world, undefined, 60, completion({ max_tokens: 1 }));
  expectStatus(refused, 429);
  expectStatus(await askAs(world, undefined, completion({ max_tokens: 1 })), 200);
}

const FIRST_REQUEST_MS_MAX = 60_000;

async function firstRequest(world: World): Promise<void> {
  const begun = performance.now();
  const key = await makeKey(world, await signUp(world, true));
  const { status } = await ask(world.gateway, { key, ...chat() });
  expect(status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(FIRST_REQUEST_MS_MAX);
}

const BY_API = "by the API that the console's pages call";

async function shownLimits(world: World): Promise<void> {
  const { browser, accountId } = await signUp(world, true);
  const { body } = await browser.call(`GET /accounts/${accountId}/plans`);
  expect(JSON.stringify(body)).toContain('"requests_per_minute":60');
}

async function unknownModel(world: World): Promise<void> {
  const expected = { type: "invalid_request_error", code: "model_not_found" };
  expectRefusal(await askAs(world, undefined, chat({ model: "gpt-oss-999b" })), 400, expected);
  expectRefusal(await askAs(world, undefined, completion({ model: "gpt-oss-999b" })), 400, expected);
}

export const QUBITTRON: PublishedPages = {
  name: "qubittron-bastion",
  example: "qubittron",
  sections: [
    section(
      "Account, key and base URL",
      says("a first request within a minute of signing up", firstRequest, {
        differs: `${BY_API}: of the minute all but seconds is the person's`,
      }),
      says("sign up and verify the phone number", async (world) => {
        await refusedWithoutPhone(world);
        await signUp(world, true);
      }),
      says(
        "a key is made in the dashboard",
        async (world) => {
          expect(await makeKey(world, await signUp(world, true))).toStartWith("qbt_");
        },
        { differs: BY_API },
      ),
      says("a key begins with qbt_ and is shown once", shownOnce),
      says("samples take the key from QUBITTRON_API_KEY", async (world) => {
        expect(await catalogueOf(world)).toMatchObject({ brand: { key_variable: "QUBITTRON_API_KEY" } });
      }),
      says("the base URL is https://api.qubittron.ai/v1", async (world) => {
        expect((await publicBaseUrls(world)).openai).toBe("https://api.qubittron.ai/v1");
      }),
      says("text to speech lies one level higher, below /api", async (world) => {
        expect((await publicBaseUrls(world)).speech).toBe("https://api.qubittron.ai/api");
      }),
      says("POST /api/v1/tts/text_to_audio speaks", speaks),
      {
        ...says("plain HTTP is redirected to HTTPS, and Authorization stays behind", plainHttpIsRedirected),
        needs: "curl",
      },
    ),
    section(
      "Authentication",
      says(
        "every request needs its Bearer token",
        async (world) => {
          expectStatus(await askAs(world, undefined, { path: "/v1/models" }), 200);
          expectStatus(await ask(world.gateway, { path: "/v1/models" }), 401);
        },
        { differs: "x-api-key, x-goog-api-key and ?key= are taken as well" },
      ),
      says("a missing or wrong key gets the printed error", (world) =>
        missingKey(world, { path: "/v1/models" }),
      ),
    ),
    section(
      "The first request",
      printed("curl of the models", {
        path: "/v1/models",
        auth: "bearer",
        expected: { models: MODELS.map(([id]) => id) },
      }),
      nodeSample("OpenAI's SDK lists the models", "qubittron_models.mjs"),
      nodeSample("fetch lists the models", "qubittron_fetch.mjs"),
    ),
    section(
      "Errors",
      says("all have message, one of four types, and a code", everyKind),
      says("400 invalid_request: the body is not valid", (world) =>
        badBody(world, chat(), ["{", { messages: [] }, { model: 1 }]),
      ),
      says("400 model_not_found: the model is unknown", unknownModel),
      says("400 model_not_found: the model does not support the endpoint", (world) =>
        wrongEndpoint(world, AUDIO_ASKED_FOR_TEXT),
      ),
      says("401 invalid_api_key: no Bearer token, or a wrong one", (world) => missingKey(world, chat())),
      says("402 insufficient_funds: the credit is used up", (world) => emptyAccount(world, chat())),
      says("413 request_entity_too_large: an upload of more than 25 MB", tooLarge),
      says("429 rate_limit_exceeded: a limit of the key or its tier", (world) =>
        overLimit(world, chat({ max_tokens: 1 })),
      ),
      says("502 upstream_error: the upstream is unreachable or answered 5xx", (world) =>
        upstreamFails(world, chat()),
      ),
      says("503 service_unavailable: the limiter is out of reach", limiterAway),
    ),
    section(
      "Rate limits",
      says("limits are counted per key and minute", ownLimits),
      says("defaults differ by tier", (world) => {
        const [first, scale] = ["default", "scale"].map(
          (id) => declaredPlan(world, id).limits.requestsPerMinute,
        );
        expect([first, scale]).toEqual([60, 600]);
      }),
      says("the current limits are shown in the dashboard", shownLimits, { differs: BY_API }),
      says("a 429 says in Retry-After how many seconds to wait", (world) =>
        overLimit(world, completion({ max_tokens: 1 })),
      ),
    ),
    section(
      "Retries",
      says("no idempotency key is asked for", async (world) => {
        const headers = { "idempotency-key": "once" };
        for (const more of [{}, { headers }, { headers }])
          expectStatus(await askAs(world, undefined, { ...completion(), ...more }), 200);
      }),
      says("5xx are transient: clients may ask again", retriedBySdk),
      says("4xx are the client's own: clients are told not to ask again", notRetriedBySdk),
      says("of a broken stream the whole request is sent again", brokenIsSentAgain, {
        differs:
          "nothing resumes a stream: the broken one cost nothing, and the same request is served whole",
      }),
    ),
  ],
};

async function completionsAndChat(world: World, id: string, category: string): Promise<void> {
  expect(await listedModels(world)).toContain(id);
  expect(declaredModel(world, id).category).toBe(category as "llm");
  const got = await askAs(world, undefined, completion({ model: id }));
  expectStatus(got, 200);
  expect(got.json).toMatchObject({ object: "text_completion", model: id });
  const chatted = await askAs(world, undefined, { path: "/v1/chat/completions", body: chatBody(id) });
  expectStatus(chatted, 200);
  expect(chatted.json).toMatchObject({ object: "chat.completion", model: id });
}

const modelRow = ([id, category]: (typeof MODELS)[number]): Statement =>
  says(`${id} (${category}) completes, and chats`, (world) => completionsAndChat(world, id, category));

async function meteredPerToken(world: World): Promise<void> {
  const customer = await world.customer();
  const { json } = await ask(world.gateway, { key: customer.key, ...completion() });
  const { prompt_tokens, completion_tokens } = json.usage as Record<string, number>;
  const { input, output } = declaredModel(world, "gpt-oss-120b").price;
  const nanos = BigInt(prompt_tokens ?? 0) * (input ?? 0n) + BigInt(completion_tokens ?? 0) * (output ?? 0n);
  const [row] = await world.gateway.requests(customer);
  expect(row?.charge_nanos).toBe(String(nanos / 1_000_000n));
}

async function printedShape(world: World): Promise<void> {
  const { json } = await askAs(world, undefined, completion());
  expect(json).toMatchObject({
    id: expect.stringMatching(/^cmpl-/),
    object: "text_completion",
    created: expect.any(Number),
    model: "gpt-oss-120b",
    choices: [{ text: expect.any(String), index: 0, finish_reason: expect.any(String) }],
  });
  const usage = json.usage as Record<string, number>;
  expect(usage.total_tokens).toBe((usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0));
}

export const QUBITTRON_COMPLETIONS: PublishedPages = {
  name: "qubittron-completions",
  example: "qubittron",
  sections: [
    section(
      "The endpoint",
      says("POST /v1/completions serves legacy completions", async (world) => {
        expectStatus(await askAs(world, undefined, completion()), 200);
        expectStatus(await askAs(world, undefined, { path: "/v1/completions" }), 405);
      }),
      unchecked("new work should prefer chat completions", "advice"),
      says("it wants Authorization: Bearer", (world) => missingKey(world, completion())),
    ),
    section(
      "Fields",
      says("model is required", (world) => badBody(world, completion(), [{ prompt: "Hi" }])),
      says("prompt is required, a string", (world) =>
        badBody(world, completion(), [{ model: "gpt-oss-120b" }, { ...CAPITAL, prompt: 7 }]),
      ),
      printed("prompt may be an array of strings", {
        ...CALL,
        body: { ...CAPITAL, prompt: ["The capital of Canada is", "The capital of Kenya is"] },
        expected: { answer: "openai-completions", finish: "length" },
      }),
      printed("stream: true gives server-sent events in OpenAI's chunks", {
        ...CALL,
        body: { ...CAPITAL, stream: true },
        expected: { answer: "openai-completions", stream: true, finish: "length" },
      }),
      says("max_tokens, temperature, top_p, stop and the like pass through", passedThrough),
    ),
    section("Models", MODELS.map(modelRow)),
    section(
      "Samples",
      printed("curl", {
        ...CALL,
        body: CAPITAL,
        expected: { answer: "openai-completions", finish: "length" },
      }),
      nodeSample("OpenAI's SDK", "qubittron_completions.mjs"),
      nodeSample("fetch", "qubittron_completions_fetch.mjs"),
      says("the shape of the answer", printedShape),
    ),
    section(
      "Errors",
      says("400 invalid_request", (world) =>
        badBody(world, completion(), ["[]", { ...CAPITAL, max_tokens: "x" }]),
      ),
      says("400 model_not_found: unknown", unknownModel),
      says("400 model_not_found: the model does not support completions", (world) =>
        wrongEndpoint(world, AUDIO_AT_COMPLETIONS),
      ),
      says("401 invalid_api_key", (world) => missingKey(world, completion())),
      says("402 insufficient_funds", (world) => emptyAccount(world, completion())),
      says("429 rate_limit_exceeded", (world) =>
        overLimit(world, completion({ max_tokens: 1, model: "gpt-oss-20b" })),
      ),
      says("502 upstream_error", (world) => upstreamFails(world, completion())),
    ),
    section("Pricing", says("metered per token, in and out", meteredPerToken)),
  ],
};
