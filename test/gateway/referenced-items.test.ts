/** Items of earlier answers that a request names by their ids: they stand in it as if they had been sent. */
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
  const base = { base_url: `${upstream.url}/v1`, api_key: "k" };
  const openai = { ...base, provider: "openai", protocols: ["openai-responses"] };
  const price = { input: "1", output: "1" };
  gateway = await startGateway({
    config: {
      upstreams: [
        { ...base, id: "chat", provider: "openai-compatible", protocols: ["openai-chat"] },
        { ...openai, id: "first" },
        { ...openai, id: "second" },
      ],
      models: [
        { id: "chat", price, targets: [{ upstream: "chat" }] },
        { id: "first", price, targets: [{ upstream: "first", model: "gpt-5.2" }] },
        { id: "second", price, targets: [{ upstream: "second", model: "gpt-5.2" }] },
        {
          id: "both",
          price,
          targets: [
            { upstream: "second", model: "gpt-5.2", weight: 1000 },
            { upstream: "first", model: "gpt-5.2", weight: 1 },
          ],
        },
      ],
    },
  });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const sdkOf = ({ key }: Customer) => new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
const named = (id = "") => ({ type: "item_reference", id }) as const;
const lastBody = () => JSON.parse(upstream.last().text);

async function failureOf(
  call: PromiseLike<unknown>,
): Promise<{ message: string; param: unknown; status: unknown }> {
  const thrown = await Promise.resolve(call).catch((error: unknown) => error);
  if (!(thrown instanceof OpenAI.APIError)) throw thrown;
  return { message: thrown.message, param: thrown.param, status: thrown.status };
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

const THOUGHT = { id: "rs_vendor", type: "reasoning", summary: [] };
const SAID = {
  id: "msg_vendor",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: "Paris.", annotations: [] }],
};
const vendorSays = (id: string) =>
  json({
    id,
    object: "response",
    created_at: 1,
    status: "completed",
    model: "gpt-5.2",
    output: [THOUGHT, SAID],
    usage: { input_tokens: 9, output_tokens: 3, total_tokens: 12 },
  });

describe("an item named by its id", () => {
  test("is sent itself to a model of another protocol, and kept so", async () => {
    const openai = sdkOf(customer);
    upstream.answer(says("Paris."));
    const first = await openai.responses.create({ model: "chat", input: "Capital of France?" });
    upstream.answer(says("Two million."));
    const second = await openai.responses.create({
      model: "chat",
      input: [
        { role: "user", content: "Capital of France?" },
        named(first.output[0]?.id),
        { role: "user", content: "How many live there?" },
      ],
    });
    const conversation = [
      { role: "user", content: "Capital of France?" },
      { role: "assistant", content: "Paris." },
      { role: "user", content: "How many live there?" },
    ];
    expect(lastBody().messages).toEqual(conversation);

    upstream.answer(says("Yes."));
    await openai.responses.create({
      model: "chat",
      previous_response_id: second.id,
      input: [{ id: second.output[0]?.id, type: null } as never, { role: "user", content: "Sure?" }],
    });
    expect(lastBody().messages).toEqual([
      ...conversation,
      { role: "assistant", content: "Two million.Two million." },
      { role: "user", content: "Sure?" },
    ]);
  });

  test("is nobody else's, and not there where nothing was kept: the error says what to send", async () => {
    upstream.otherwise(says("Hi."));
    const kept = await sdkOf(customer).responses.create({ model: "chat", input: "Hi" });
    const unkept = await sdkOf(customer).responses.create({ model: "chat", input: "Hi", store: false });
    const other = sdkOf(await gateway.customer());
    const asked = upstream.seen.length;
    const ask = (openai: OpenAI, id: string | undefined) =>
      failureOf(
        openai.responses.create({ model: "chat", input: [{ role: "user", content: "x" }, named(id)] }),
      );
    for (const [openai, id] of [
      [other, kept.output[0]?.id],
      [sdkOf(customer), unkept.output[0]?.id],
    ] as const) {
      const { status, param, message } = await ask(openai, id);
      expect([status, param]).toEqual([400, "input[1]"]);
      expect(message).toContain("send the item itself (with store: false SDKs do)");
    }
    await sdkOf(customer).responses.delete(kept.id);
    expect((await ask(sdkOf(customer), kept.output[0]?.id)).param).toBe("input[1]");
    expect(upstream.seen.length).toBe(asked);
  });

  test("of a vendor's own answer goes to that vendor's account as it was, thinking by its id", async () => {
    const openai = sdkOf(customer);
    upstream.answer(vendorSays("resp_vendor_1"));
    await openai.responses.create({ model: "first", input: "Capital of France?" });
    upstream.answer(vendorSays("resp_vendor_2"));
    const asked = [named("rs_vendor"), named("msg_vendor"), { role: "user", content: "Sure?" }] as const;
    await openai.responses.create({ model: "both", input: [...asked] });
    expect(lastBody().input).toEqual([THOUGHT, SAID, { role: "user", content: "Sure?" }]);
    const [request] = await gateway.requests(customer);
    expect(request?.attempts.map(({ upstream: id }) => id)).toEqual(["first"]);
  });

  test("of a vendor's own answer goes to another account without the thinking that is not there", async () => {
    const openai = sdkOf(await gateway.customer());
    upstream.answer(vendorSays("resp_vendor_3"));
    await openai.responses.create({ model: "first", input: "Capital of France?" });
    const call = { model: "second", input: [named("rs_vendor"), named("msg_vendor")] };
    // First, since what is served has these ids, too, and may be kept by then.
    const strict = await failureOf(openai.responses.create(call, { headers: { "x-quoin-lossy": "reject" } }));
    expect([strict.status, strict.param]).toEqual([400, "input"]);
    upstream.answer(vendorSays("resp_vendor_4"));
    const { response } = await openai.responses.create(call).withResponse();
    const { id: _, ...said } = SAID;
    expect(lastBody().input).toEqual([said]);
    expect(response.headers.get("x-quoin-warnings")).toBe(
      "dropped;input;thinking that another account of the vendor's keeps",
    );
  });

  test("is left behind with the thinking too where a whole answer is built on elsewhere", async () => {
    const openai = sdkOf(await gateway.customer());
    upstream.answer(vendorSays("resp_vendor_7"));
    const before = await openai.responses.create({ model: "first", input: "Capital of France?" });
    upstream.answer(vendorSays("resp_vendor_8"));
    const call = { model: "second", input: "Sure?", previous_response_id: before.id };
    const { response } = await openai.responses.create(call).withResponse();
    const { id: _, ...said } = SAID;
    const user = (text: string) => ({
      type: "message",
      role: "user",
      content: [{ type: "input_text", text }],
    });
    expect(lastBody().input).toEqual([user("Capital of France?"), said, user("Sure?")]);
    const told = "dropped;previous_response_id;thinking that another account of the vendor's keeps";
    expect(response.headers.get("x-quoin-warnings")).toBe(told);
    const strict = await failureOf(openai.responses.create(call, { headers: { "x-quoin-lossy": "reject" } }));
    expect([strict.status, strict.param]).toEqual([400, "previous_response_id"]);

    upstream.answer(vendorSays("resp_vendor_9"));
    const there = { ...call, model: "first" };
    const kept = await openai.responses.create(there).withResponse();
    expect(lastBody()).toMatchObject({ previous_response_id: before.id, input: "Sure?" });
    expect(kept.response.headers.get("x-quoin-warnings")).toBeNull();
  });

  test("leaves every other byte as it was", async () => {
    upstream.answer(vendorSays("resp_vendor_5"));
    await sdkOf(customer).responses.create({ model: "first", input: "Capital of France?" });
    upstream.answer(vendorSays("resp_vendor_6"));
    const rest = '"metadata" : {"a": "\\u00fc"},  "temperature":1.0';
    await fetch(`${gateway.url}/v1/responses`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body: `{ "model":"first", ${rest}, "input" : [ {"id":"msg_vendor"},{"role":"user", "content":"1e3 \\u00fc"} ] }`,
    });
    expect(upstream.last().text).toBe(
      `{ "model":"gpt-5.2", ${rest}, "input" : [${JSON.stringify(SAID)},{"role":"user", "content":"1e3 \\u00fc"}] }`,
    );
  });

  test("may not make a request larger than a body may be, nor lack its id", async () => {
    const openai = sdkOf(customer);
    upstream.answer(says("x".repeat(400_000)));
    const { output } = await openai.responses.create({ model: "chat", input: "Much" });
    const many = Array.from({ length: 200 }, () => named(output[0]?.id));
    const tooLarge = await failureOf(openai.responses.create({ model: "chat", input: many }));
    expect([tooLarge.status, tooLarge.param]).toEqual([400, "input"]);
    const nameless = await failureOf(
      openai.responses.create({ model: "chat", input: [{ type: "item_reference" } as never] }),
    );
    expect([nameless.status, nameless.param]).toEqual([400, "input[0].id"]);
  });
});
