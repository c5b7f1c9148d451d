import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { cutSse, json } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let rich: Customer;
let poor: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: standardConfig(upstream.url) });
  rich = await gateway.customer();
  poor = await gateway.customer({ usd: "0" });
});
afterEach(() => {
  upstream.reset();
  gateway.forgiveTargets();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const openai = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
const anthropic = (apiKey: string) => new Anthropic({ apiKey, baseURL: gateway.url, maxRetries: 0 });
const google = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } });

type Call = (key: string, model: string) => Promise<unknown>;

const USER = { role: "user" as const, content: "hi" };
const CALLS: Record<"openai" | "responses" | "anthropic" | "google", Call> = {
  openai: (key, model) => openai(key).chat.completions.create({ model, messages: [USER] }),
  responses: (key, model) => openai(key).responses.create({ model, input: "hi" }),
  anthropic: (key, model) => anthropic(key).messages.create({ model, max_tokens: 9, messages: [USER] }),
  google: (key, model) => google(key).models.generateContent({ model, contents: "hi" }),
};

async function errorOf(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof Error) return thrown as Error & Record<string, unknown>;
  }
  throw new Error("the call succeeded");
}

interface Situation {
  readonly name: string;
  readonly script?: Script;
  readonly key?: () => string;
  readonly model?: string;
  readonly openai: [name: string, status: number, code: string | null];
  /** Where Responses says it otherwise. */
  readonly responses?: [name: string, status: number, code: string | null];
  readonly anthropic: [name: string, status: number, type: string];
  readonly google: number;
}

const SITUATIONS: readonly Situation[] = [
  {
    name: "a malformed key",
    key: () => "sk-nothing",
    openai: ["AuthenticationError", 401, "invalid_api_key"],
    anthropic: ["AuthenticationError", 401, "authentication_error"],
    google: 401,
  },
  {
    name: "an empty wallet",
    key: () => poor.key,
    openai: ["APIError", 402, "insufficient_funds"],
    responses: ["RateLimitError", 429, "insufficient_quota"],
    anthropic: ["PaymentRequiredError", 402, "billing_error"],
    google: 429,
  },
  {
    name: "an unknown model",
    model: "no-such-model",
    openai: ["NotFoundError", 404, "model_not_found"],
    anthropic: ["NotFoundError", 404, "not_found_error"],
    google: 404,
  },
  {
    name: "an upstream's failure",
    script: json({ error: { message: "x" } }, 500),
    openai: ["InternalServerError", 502, "upstream_error"],
    anthropic: ["InternalServerError", 500, "api_error"],
    google: 500,
  },
  {
    name: "an upstream that refuses our key",
    script: json({ error: { message: "x" } }, 401),
    openai: ["InternalServerError", 502, "upstream_error"],
    anthropic: ["InternalServerError", 500, "api_error"],
    google: 500,
  },
  {
    name: "an upstream at its limit",
    script: json({ error: { message: "x" } }, 429, { "retry-after": "3" }),
    openai: ["RateLimitError", 429, "rate_limit_exceeded"],
    anthropic: ["RateLimitError", 429, "rate_limit_error"],
    google: 429,
  },
  {
    name: "an upstream that is overloaded",
    script: json({ error: { message: "x" } }, 529),
    openai: ["InternalServerError", 503, "server_overloaded"],
    anthropic: ["OverloadedError", 529, "overloaded_error"],
    google: 503,
  },
];

describe.each(SITUATIONS)("$name", (situation) => {
  const call = async (sdk: keyof typeof CALLS) => {
    upstream.answer(situation.script ?? json({}, 500));
    return await errorOf(CALLS[sdk](situation.key?.() ?? rich.key, situation.model ?? PLAIN));
  };

  test.each(["openai", "responses"] as const)("is the right class in openai (%s)", async (sdk) => {
    const error = await call(sdk);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect([error.constructor.name, error.status, error.code]).toEqual(
      (sdk === "responses" ? situation.responses : undefined) ?? situation.openai,
    );
    expect(error.requestID).toMatch(/^req_/);
  });

  test("is the right class in @anthropic-ai/sdk", async () => {
    const error = await call("anthropic");
    const { type } = (error.error as { error: { type: string } }).error;
    expect([error.constructor.name, error.status, type]).toEqual(situation.anthropic);
    expect(error.requestID).toMatch(/^req_/);
  });

  test("is an ApiError with its status in @google/genai", async () => {
    const error = await call("google");
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(situation.google);
  });
});

test("x-should-retry stops an SDK that would ask again", async () => {
  const client = new Anthropic({ apiKey: poor.key, baseURL: gateway.url, maxRetries: 3 });
  const before = (await gateway.requests(poor)).length;
  await errorOf(client.messages.create({ model: PLAIN, max_tokens: 9, messages: [USER] }));
  expect((await gateway.requests(poor)).length).toBe(before + 1);
});

describe("a stream that dies is never a clean end", () => {
  test("openai chat throws", async () => {
    upstream.answer(cutSse("reset", ...SAMPLES["openai-chat"](PLAIN, "\n").events.slice(0, 4)));
    const stream = await openai(rich.key).chat.completions.create({
      model: PLAIN,
      messages: [USER],
      stream: true,
    });
    const chunks: unknown[] = [];
    const read = async () => {
      for await (const chunk of stream) chunks.push(chunk);
    };
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error.message).toContain("broke while it was answering");
    expect(chunks).toHaveLength(3);
  });

  test("openai responses ends in response.failed, numbered and under its id", async () => {
    const sample = SAMPLES["openai-responses"](PLAIN, "\n");
    upstream.answer(cutSse("reset", ...sample.events.slice(0, 7)));
    const stream = await openai(rich.key).responses.create({ model: PLAIN, input: "hi", stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    const last = events.at(-1);
    if (last?.type !== "response.failed") throw new Error(`ended with ${last?.type}`);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(last.response).toMatchObject({
      id: "resp_1",
      status: "failed",
      model: PLAIN,
      error: { code: "upstream_error" },
    });
  });

  test("an upstream's own response.failed comes once, its error event with ours behind it", async () => {
    const { events } = SAMPLES["openai-responses"](PLAIN, "\n");
    const failed =
      '{"type":"response.failed","sequence_number":2,"response":{"id":"resp_1","status":"failed","error":{"code":"x","message":"y"}}}';
    const error = '{"type":"error","sequence_number":2,"code":"x","message":"y","param":null}';
    for (const [event, want] of [
      [failed, ["response.created", "response.in_progress", "response.failed"]],
      [error, ["response.created", "response.in_progress", "error", "response.failed"]],
    ] as const) {
      upstream.answer(async (reply) => {
        await reply.head(200, { "content-type": "text/event-stream" });
        await reply.write(`${events.slice(0, 2).join("")}data: ${event}\n\n`);
        await reply.end();
      });
      const response = await fetch(`${gateway.url}/v1/responses`, {
        method: "POST",
        headers: { authorization: `Bearer ${rich.key}` },
        body: JSON.stringify({ model: PLAIN, input: "x", stream: true }),
      });
      const sent = (await response.text())
        .matchAll(/^data: (.*)$/gm)
        .map(([, data]) => JSON.parse(data ?? ""));
      const parsed = [...sent];
      expect(parsed.map(({ type }) => type)).toEqual([...want]);
      expect(parsed.map(({ sequence_number }) => sequence_number)).toEqual(want.map((_, at) => at));
    }
  });

  test("@anthropic-ai/sdk throws with the type", async () => {
    upstream.answer(cutSse("reset", ...SAMPLES["anthropic-messages"](PLAIN, "\n").events.slice(0, 9)));
    const stream = anthropic(rich.key).messages.stream({ model: PLAIN, max_tokens: 9, messages: [USER] });
    const error = await errorOf(stream.finalMessage());
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect((error.error as { error: { type: string } }).error.type).toBe("api_error");
  });

  test("@google/genai throws", async () => {
    upstream.answer(cutSse("reset", SAMPLES.gemini(PLAIN, "\r\n").events[0] ?? ""));
    const stream = await google(rich.key).models.generateContentStream({ model: PLAIN, contents: "hi" });
    const read = async () => {
      for await (const _ of stream);
    };
    const error = await errorOf(read());
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(500);
  });
});

test("the newest Anthropic SDK falls back from thread to its whole history", async () => {
  upstream.otherwise(
    json({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: PLAIN,
      content: [{ type: "text", text: "done" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
  );
  const runner = anthropic(rich.key).beta.messages.toolRunner({
    model: PLAIN,
    max_tokens: 9,
    messages: [USER],
    tools: [],
  });
  const message = await runner;
  expect(message.content[0]).toMatchObject({ text: "done" });
  expect(upstream.seen.map(({ text }) => Object.hasOwn(JSON.parse(text), "thread"))).toEqual([false]);
  const [answered, refused] = await gateway.requests(rich);
  expect([answered?.status, refused?.status]).toEqual([200, 400]);
  expect(refused?.error).toStartWith("thread: ");
});
