import { expect } from "bun:test";
import { newKey } from "../../src/accounts/key-format.ts";
import { ERROR_KINDS, GatewayError } from "../../src/core/errors.ts";
import { openAiError } from "../../src/protocols/errors/openai.ts";
import { inWordsOf } from "../../src/protocols/errors/profile.ts";
import { json, silence } from "../support/scripts.ts";
import { until } from "../support/until.ts";
import { type Ask, ask, askAs, chatBody, expectLimit, expectRefusal, expectStatus } from "./ask.ts";
import type { World } from "./world.ts";

export const chat = (model: string, more: object = {}): Ask => ({
  path: "/v1/chat/completions",
  body: chatBody(model, more),
});

const GPT = "gpt-5.3-codex";

/** OpenAI's shape, and a code whatever went wrong. */
export function everyKind({ gateway }: World): void {
  const { errors } = gateway.app.gateway.snapshot();
  for (const kind of ERROR_KINDS) {
    const error = inWordsOf(errors, new GatewayError(kind, "Words."), { dialect: "openai" });
    expect(openAiError(error)).toMatchObject({
      error: {
        message: expect.stringMatching(/\S/),
        type: expect.any(String),
        code: expect.stringMatching(/^[a-z_]+$/),
      },
    });
  }
}

export async function badRequests(world: World): Promise<void> {
  const { messages: _messages, ...without } = chatBody(GPT);
  for (const body of [without, "{", { ...chatBody(GPT), max_tokens: "many" }])
    expectRefusal(await askAs(world, undefined, { path: "/v1/chat/completions", body }), 400, {
      code: "invalid_request",
    });
  expectRefusal(await askAs(world, undefined, chat("gpt-0")), 400, { code: "model_not_found" });
}

export async function wrongKeys(world: World): Promise<void> {
  for (const key of [undefined, newKey("qua_"), "your-api-key-here", "qua_trail_your-key-here"])
    expectRefusal(await ask(world.gateway, { key, ...chat(GPT) }), 401, { code: "invalid_api_key" });
}

/** The month's credit of a trial key, and then no more. */
export async function creditsUsedUp(world: World): Promise<void> {
  const { key, account } = await world.customer("trial", "0");
  const question = { key, ...chat("claude-opus-4-6-thinking") };
  expectStatus(await ask(world.gateway, question), 200);
  const shown = await world.gateway.operate("wallet.show", { account });
  const left = BigInt(String(shown.balance_nanos));
  expect(left).toBeGreaterThan(0n);
  expect(left).toBeLessThan(1_000_000_000n);
  const words = "word ".repeat(30_000);
  const messages = [{ role: "user", content: words }];
  for (let asked = 0; asked < 20; asked++) {
    const got = await ask(world.gateway, { key, ...chat("claude-opus-4-6-thinking", { messages }) });
    if (got.status === 200) continue;
    expectRefusal(got, 402, { code: "insufficient_funds" });
    expect(got.error.message).toStartWith("Monthly credits exhausted");
    return;
  }
  expect().fail("a dollar bought more than twenty requests of 30,000 tokens");
}

export async function overLimit(world: World): Promise<void> {
  const refused = await expectLimit(world, "trial", 70, chat(GPT, { max_tokens: 1 }));
  const seconds = refused.headers.get("retry-after");
  expect(refused.json).toEqual({
    error: {
      message: `Rate limit exceeded. Please retry after ${seconds} seconds.`,
      type: "rate_limit_error",
      param: null,
      code: "rate_limit_exceeded",
    },
  });
}

export async function providerFails(world: World): Promise<void> {
  const { gateway, upstream, key } = await world.scripted();
  for (const status of [500, 502]) {
    upstream.answer(json({ error: { message: "x" } }, status));
    const got = await ask(gateway, { key, ...chat(GPT) });
    expectRefusal(got, 500, { code: "upstream_error" });
    expect(got.headers.get("x-should-retry")).not.toBe("false");
  }
}

export async function providerAway(world: World): Promise<void> {
  const { gateway, upstream, key } = await world.scripted();
  upstream.answer(json("", 503), (reply) => reply.reset());
  expectRefusal(await ask(gateway, { key, ...chat(GPT) }), 503, { code: "server_overloaded" });
  expectRefusal(await ask(gateway, { key, ...chat(GPT) }), 503, { code: "upstream_unreachable" });
}

/** As many requests as the plan lets run at once hang at their upstream; one more is refused, or not. */
export async function concurrency(
  world: World,
  plan: string,
  running: number,
  next: 200 | 429,
): Promise<void> {
  const { gateway, upstream } = await world.scripted();
  const { key } = await gateway.customer({ plan });
  upstream.otherwise(silence);
  const leave = new AbortController();
  const hanging = Array.from({ length: running }, () =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(chatBody(GPT)),
      signal: leave.signal,
    }).catch(() => undefined),
  );
  await until("every request at its upstream", () => upstream.seen.length === running);
  upstream.answer(json(ANSWER));
  const got = await ask(gateway, { key, ...chat(GPT) });
  leave.abort();
  await Promise.all(hanging);
  expectStatus(got, next);
}

const ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_750_000_000,
  model: GPT,
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};

/** What a client sends is what the provider of the same protocol gets, but for what is `written` otherwise. */
export async function passesOn(world: World, fields: object, written: object = fields): Promise<void> {
  const { gateway, upstream, key } = await world.scripted();
  upstream.answer(json(ANSWER));
  expectStatus(await ask(gateway, { key, ...chat("gpt-5.1", fields) }), 200);
  expect(JSON.parse(upstream.last().text)).toMatchObject(written);
}
