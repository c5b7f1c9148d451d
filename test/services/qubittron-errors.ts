import { expect } from "bun:test";
import { newKey } from "../../src/accounts/key-format.ts";
import { ERROR_KINDS, GatewayError } from "../../src/core/errors.ts";
import { openAiError } from "../../src/protocols/errors/openai.ts";
import { inWordsOf } from "../../src/protocols/errors/profile.ts";
import { startGateway } from "../support/gateway.ts";
import { cutSse, json, sse } from "../support/scripts.ts";
import { type Ask, ask, askAs, chatBody, expectLimit, expectRefusal, expectStatus } from "./ask.ts";
import type { World } from "./world.ts";

export const completion = (more: object = {}): Ask => ({
  path: "/v1/completions",
  body: { model: "gpt-oss-120b", prompt: "The capital of Canada is", max_tokens: 16, ...more },
});

export const chat = (more: object = {}): Ask => ({
  path: "/v1/chat/completions",
  body: chatBody("gpt-oss-120b", more),
});

const TYPES = ["invalid_request_error", "api_error", "insufficient_quota", "rate_limit_error"];

/** Whatever goes wrong, in any kind that the gateway knows: one of four types, and a code in words. */
export function everyKind({ gateway }: World): void {
  const { errors } = gateway.app.gateway.snapshot();
  for (const kind of ERROR_KINDS) {
    const error = inWordsOf(errors, new GatewayError(kind, "Words."), { dialect: "openai" });
    const { error: shown } = openAiError(error) as { error: Record<string, unknown> };
    expect(TYPES).toContain(String(shown.type));
    expect(shown.code).toMatch(/^[a-z_]+$/);
    expect(shown.message).toMatch(/\S/);
  }
}

export async function missingKey(world: World, question: Ask): Promise<void> {
  for (const key of [undefined, newKey("qbt_"), "qbt_your_key_here"]) {
    const got = await ask(world.gateway, { key, ...question });
    expectRefusal(got, 401, {
      type: "invalid_request_error",
      code: "invalid_api_key",
      message: "Invalid API key",
    });
  }
}

export async function badBody(world: World, question: Ask, bodies: readonly unknown[]): Promise<void> {
  const expected = { type: "invalid_request_error", code: "invalid_request" };
  for (const body of bodies)
    expectRefusal(await askAs(world, undefined, { ...question, body }), 400, expected);
}

export async function emptyAccount(world: World, question: Ask): Promise<void> {
  const { key } = await world.customer(undefined, "0");
  const expected = { type: "insufficient_quota", code: "insufficient_funds" };
  expectRefusal(await ask(world.gateway, { key, ...question }), 402, expected);
}

export async function overLimit(world: World, question: Ask): Promise<void> {
  const refused = await expectLimit(world, undefined, 60, question);
  expectRefusal(refused, 429, { type: "rate_limit_error", code: "rate_limit_exceeded" });
  expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
}

/** Unreachable or 5xx, it is all the same to the client. */
export async function upstreamFails(world: World, question: Ask): Promise<void> {
  const { gateway, upstream, key } = await world.scripted();
  const expected = { type: "api_error", code: "upstream_error" };
  for (const status of [500, 502, 503, 504]) {
    upstream.answer(json({ error: { message: "x" } }, status));
    expectRefusal(await ask(gateway, { key, ...question }), 502, expected);
  }
  upstream.answer((reply) => reply.reset());
  expectRefusal(await ask(gateway, { key, ...question }), 502, expected);
}

/** The store of the limits is out of reach: nothing is served, and the client is told to come again. */
export async function limiterAway({ text }: World): Promise<void> {
  const gateway = await startGateway({ config: text, env: { QUOIN_REDIS_URL: "redis://127.0.0.1:1" } });
  const { key } = await gateway.customer();
  const got = await ask(gateway, { key, ...chat() });
  expectRefusal(got, 503, { type: "api_error", code: "service_unavailable" });
  expect(got.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(got.headers.get("x-should-retry")).not.toBe("false");
  // It logged that it could not reach its store, which is what was wanted here.
  await gateway.close().catch((cause: Error) => expect(cause.message).toMatch(/logged errors/));
}

/** OpenAI's SDK asks again after a 502, and gets the answer. */
export async function retriedBySdk(world: World): Promise<void> {
  const { default: OpenAI } = await import("openai");
  const { gateway, upstream, key } = await world.scripted();
  upstream.answer(json({ error: { message: "x" } }, 500), json(ANSWER));
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 2 });
  const { choices } = await client.completions.create({ model: "gpt-oss-120b", prompt: "Hi", max_tokens: 4 });
  expect(choices[0]?.text).toBe(" Ottawa.");
  expect(upstream.seen.length).toBe(2);
}

const ANSWER = {
  id: "cmpl-1",
  object: "text_completion",
  created: 1_735_689_600,
  model: "gpt-oss-120b",
  choices: [{ text: " Ottawa.", index: 0, finish_reason: "stop" }],
  usage: { prompt_tokens: 6, completion_tokens: 3, total_tokens: 9 },
};

const PIECE = (text: string, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ ...ANSWER, choices: [{ text, index: 0, finish_reason }], usage: undefined })}\n\n`;

/** The first stream breaks off and costs nothing; the same request, sent again, is served from its beginning. */
export async function brokenIsSentAgain(world: World): Promise<void> {
  const { gateway, upstream } = await world.scripted();
  const customer = await gateway.customer();
  const usage = `data: ${JSON.stringify({ ...ANSWER, choices: [] })}\n\n`;
  upstream.answer(
    cutSse("reset", PIECE(" Ott")),
    sse(PIECE(" Ott"), PIECE("awa.", "stop"), usage, "data: [DONE]\n\n"),
  );
  const question = { key: customer.key, ...completion({ stream: true }) };
  const broken = await ask(gateway, question);
  expect(broken.text).toContain('"error"');
  expect(broken.text).not.toContain("[DONE]");
  const whole = await ask(gateway, question);
  expect(whole.text).not.toContain('"error"');
  expect(whole.text).toContain("[DONE]");
  const bodies = upstream.seen.map(({ text }) => text);
  expect(bodies).toEqual([bodies[0] ?? "", bodies[0] ?? ""]);
  const charges = (await gateway.requests(customer)).map(({ charge_nanos }) => BigInt(charge_nanos) > 0n);
  expect(charges).toEqual([true, false]);
}

export async function notRetriedBySdk(world: World): Promise<void> {
  const { default: OpenAI } = await import("openai");
  const customer = await world.customer();
  const client = new OpenAI({ baseURL: `${world.gateway.url}/v1`, apiKey: customer.key, maxRetries: 2 });
  const wrong = client.completions.create({ model: "nobody", prompt: "Hi" });
  await wrong.then(
    () => expect().fail("it should have been refused"),
    (error: unknown) => expect((error as { status: number }).status).toBe(400),
  );
  expect((await world.gateway.requests(customer)).length).toBe(1);
}

/** Sampling fields reach the upstream as they were sent. */
export async function passedThrough(world: World): Promise<void> {
  const { gateway, upstream, key } = await world.scripted();
  upstream.answer(json(ANSWER));
  const fields = { temperature: 0.25, top_p: 0.9, stop: ["\n"], seed: 7, logit_bias: { "50256": -100 } };
  const got = await ask(gateway, { key, ...completion(fields) });
  expectStatus(got, 200);
  expect(JSON.parse(upstream.last().text)).toMatchObject({ ...fields, max_tokens: 16 });
  expect(got.json).toEqual(ANSWER);
}
