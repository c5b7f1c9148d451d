/** Reasoning that was sealed for another account of OpenAI's: the conversation goes on without it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const openai = { id: "openai", provider: "openai", base_url: `${upstream.url}/v1`, api_key: "k" };
  gateway = await startGateway({
    config: {
      upstreams: [{ ...openai, protocols: ["openai-responses"] }],
      models: [
        { id: "gpt-5.2", price: { input: "1.00", output: "4.00" }, targets: [{ upstream: "openai" }] },
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

async function ask(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}`, ...headers },
    body: JSON.stringify(body),
  });
}

const REFUSAL = {
  error: {
    message: "The encrypted content gAAA could not be verified.",
    type: "invalid_request_error",
    param: null,
    code: "invalid_encrypted_content",
  },
};

const ANSWER = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "gpt-5.2",
  output: [
    {
      id: "msg_1",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Done", annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 7,
  },
};

const CALL = { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: '{"a":1.0}' };
const OUTPUT = { type: "function_call_output", call_id: "c1", output: "x" };
const REASONING = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" };
const HI = { role: "user", content: "Hi" };
const BODY = { model: "gpt-5.2", store: false, max_output_tokens: 50, input: [HI, REASONING, CALL, OUTPUT] };

function sentAt(at: number): Record<string, unknown> {
  return JSON.parse(upstream.seen[at]?.text ?? "{}");
}

describe("reasoning that the upstream cannot open", () => {
  test("is left out, once, and that is told", async () => {
    upstream.answer(json(REFUSAL, 400), json(ANSWER));
    const response = await ask("/v1/responses", BODY);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-quoin-warnings")).toContain("could not open");
    const { id: _, ...call } = CALL;
    expect(sentAt(0)).toEqual(BODY);
    expect(sentAt(1)).toEqual({ ...BODY, input: [HI, call, OUTPUT] });
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ outcome: "finished", charge_nanos: "13000" });
    expect(record?.notes.join()).toContain("could not open");
  });

  test("is told as it is where it fails all the same, and where the client takes no losses", async () => {
    upstream.otherwise(json(REFUSAL, 400));
    const again = await ask("/v1/responses", BODY);
    expect([again.status, await again.json()]).toEqual([400, REFUSAL]);
    expect(upstream.seen).toHaveLength(2);
    const strict = await ask("/v1/responses", BODY, { "x-quoin-lossy": "reject" });
    expect([strict.status, await strict.json()]).toEqual([400, REFUSAL]);
    expect(upstream.seen).toHaveLength(3);
    const none = await ask("/v1/responses", { ...BODY, input: [HI] });
    expect(none.status).toBe(400);
    expect(upstream.seen).toHaveLength(4);
    expect((await gateway.requests(customer))[0]).toMatchObject({ outcome: "failed", charge_nanos: "0" });
  });

  test("is left out for a client of another protocol, too", async () => {
    upstream.answer(json({ ...ANSWER, output: [{ ...REASONING }, CALL] }));
    const tools = [{ name: "f", input_schema: { type: "object", properties: {} } }];
    const thinking = { type: "enabled", budget_tokens: 1_024 };
    const asked = { model: "gpt-5.2", max_tokens: 5_000, messages: [HI], tools, thinking };
    const { content } = (await (await ask("/v1/messages", asked)).json()) as { content: { id?: string }[] };
    const result = { type: "tool_result", tool_use_id: content.find(({ id }) => id)?.id, content: "x" };
    const messages = [HI, { role: "assistant", content }, { role: "user", content: [result] }];
    upstream.reset();
    upstream.answer(json(REFUSAL, 400), json(ANSWER));
    const response = await ask("/v1/messages", { ...asked, messages });
    expect(response.status).toBe(200);
    expect(JSON.stringify(sentAt(0))).toContain("gAAA");
    expect(JSON.stringify(sentAt(1))).not.toContain("gAAA");
    expect(response.headers.get("x-quoin-warnings")).toContain("could not open");
  });
});
