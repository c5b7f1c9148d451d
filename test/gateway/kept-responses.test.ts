/** Responses that the gateway keeps: read, continued and deleted, whatever upstream answered. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    config: {
      upstreams: [
        {
          id: "chat",
          provider: "openai-compatible",
          base_url: `${upstream.url}/v1`,
          protocols: ["openai-chat"],
        },
      ],
      models: [{ id: "m", price: { input: "1", output: "1" }, targets: [{ upstream: "chat" }] }],
    },
  });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

function sdkOf({ key }: Customer): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
}

async function failureOf(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return String(error);
  }
  return "no failure";
}

const says = (content: string) =>
  json({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });

function lastMessages(): unknown {
  return JSON.parse(new TextDecoder().decode(upstream.last().body)).messages;
}

describe("a kept response", () => {
  test("is read, listed, continued and deleted by its account", async () => {
    const openai = sdkOf(customer);
    upstream.answer(says("Paris."));
    const first = await openai.responses.create({
      model: "m",
      input: "Capital of France?",
      instructions: "Be brief.",
    });
    expect((await openai.responses.retrieve(first.id)).output_text).toBe("Paris.");

    upstream.answer(says("Two million."));
    const second = await openai.responses.create({
      model: "m",
      input: "How many live there?",
      previous_response_id: first.id,
    });
    expect(second.previous_response_id).toBe(first.id);
    expect(lastMessages()).toEqual([
      { role: "user", content: "Capital of France?" },
      { role: "assistant", content: "Paris." },
      { role: "user", content: "How many live there?" },
    ]);

    upstream.answer(says("Yes."));
    await openai.responses.create({ model: "m", input: "Sure?", previous_response_id: second.id });
    expect(lastMessages()).toHaveLength(5);

    const items = await openai.responses.inputItems.list(second.id, { order: "asc", limit: 2 });
    expect(items.data).toMatchObject([{ role: "user" }, { role: "assistant" }]);
    expect(items.hasNextPage()).toBe(true);

    await openai.responses.delete(first.id);
    expect(await failureOf(openai.responses.retrieve(first.id))).toContain("404");
    expect(
      await failureOf(openai.responses.create({ model: "m", input: "x", previous_response_id: second.id })),
    ).toContain("previous_response_id: the conversation lacks the response");
  });

  test("is nobody else's, and is not kept when the client says so", async () => {
    upstream.otherwise(says("Hi."));
    const [mine, other] = [sdkOf(customer), sdkOf(await gateway.customer())];
    const { id } = await mine.responses.create({ model: "m", input: "Hi" });
    expect(await failureOf(other.responses.retrieve(id))).toContain("404");
    expect(await failureOf(other.responses.delete(id))).toContain("404");
    expect(await failureOf(other.responses.inputItems.list(id))).toContain("404");
    expect(
      await failureOf(other.responses.create({ model: "m", input: "x", previous_response_id: id })),
    ).toContain("there is no response");
    const { id: unkept } = await mine.responses.create({ model: "m", input: "Hi", store: false });
    expect(await failureOf(mine.responses.retrieve(unkept))).toContain("404");
  });

  test("a stream is kept as its terminal event had it", async () => {
    const chunk = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    upstream.answer(async (reply) => {
      await reply.head(200, { "content-type": "text/event-stream" });
      await reply.write(
        `${chunk({ role: "assistant", content: "Hel" })}${chunk({ content: "lo" })}${chunk({}, "stop")}data: [DONE]\n\n`,
      );
      await reply.end();
    });
    const openai = sdkOf(customer);
    const stream = openai.responses.stream({ model: "m", input: "Hi" });
    const final = await stream.finalResponse();
    expect(final.output_text).toBe("Hello");
    expect((await openai.responses.retrieve(final.id)).output).toEqual(
      final.output.map((item) => expect.objectContaining({ id: item.id })),
    );
  });

  test("a wrong method names the right ones", async () => {
    const response = await fetch(`${gateway.url}/v1/responses/resp_1`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${customer.key}` },
    });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, DELETE"]);
    const keyless = await fetch(`${gateway.url}/openai/v1/responses/resp_1`);
    expect(keyless.status).toBe(401);
  });
});
