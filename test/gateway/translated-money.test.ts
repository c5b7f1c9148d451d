/** Charges of translated streams: cut at every event, late, and beside stores that fail. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/base/clock.ts";
import { Ledger } from "../../src/billing/ledger.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { handleRequest } from "../../src/gateway/handle-request.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { cutSse, json, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const at = { provider: "openai-compatible", base_url: `${upstream.url}/v1` };
  gateway = await startGateway({
    config: {
      upstreams: [{ id: "chat", ...at, protocols: ["openai-chat"] }],
      models: [{ id: "m", price: { input: "1.00", output: "4.00" }, targets: [{ upstream: "chat" }] }],
    },
  });
  customer = await gateway.customer({ usd: "1000" });
});
afterAll(async () => {
  await gateway.app.gateway.ledger.register();
  await gateway.close();
  await upstream.close();
});

type Client = Exclude<Protocol, "openai-chat">;

const HI = [{ role: "user", content: "Hi" }];
const TOOL = { name: "f", input_schema: { type: "object" } };
const ASKED: Record<Client, { path: string; body: object; end: RegExp; error: RegExp }> = {
  "anthropic-messages": {
    path: "/v1/messages",
    body: { model: "m", max_tokens: 500, messages: HI, tools: [TOOL], stream: true },
    end: /"type":"message_stop"/,
    error: /"type":"error"/,
  },
  "openai-responses": {
    path: "/v1/responses",
    body: { model: "m", max_output_tokens: 500, input: "Hi", stream: true },
    end: /"type":"response\.(completed|incomplete)"/,
    error: /"type":"response\.failed"/,
  },
  "openai-completions": {
    path: "/v1/completions",
    body: { model: "m", max_tokens: 500, prompt: "Hi", stream: true },
    end: /data: \[DONE\]/,
    error: /data: \{"error":/,
  },
  gemini: {
    path: "/v1beta/models/m:streamGenerateContent?alt=sse",
    body: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
    end: /"finishReason":/,
    error: /data: \{"error":/,
  },
};
const CLIENTS = Object.keys(ASKED) as Client[];
const { events } = SAMPLES["openai-chat"]("m", "\n");

function request(client: Client): Request {
  return new Request(`http://gateway${ASKED[client].path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify(ASKED[client].body),
  });
}

function ask(client: Client, over: Partial<Gateway> = {}): Promise<Response> {
  return Promise.resolve(handleRequest({ ...gateway.app.gateway, ...over }, request(client)));
}

async function chargedNanos(before: bigint): Promise<bigint> {
  await gateway.settled();
  return before - gateway.balanceNanos(customer);
}

describe.each(CLIENTS)("a stream for %s", (client) => {
  const { end, error } = ASKED[client];

  test.each(["reset", "close", "end"] as const)(
    "that is cut anywhere ends well and is charged, or neither: %s",
    async (how) => {
      for (let count = 0; count <= events.length; count++) {
        const before = gateway.balanceNanos(customer);
        upstream.answer(cutSse(how, ...events.slice(0, count)));
        const response = await ask(client);
        const text = await response.text();
        const ended = end.test(text);
        if (response.status === 200) expect([count, ended !== error.test(text)]).toEqual([count, true]);
        const charged = await chargedNanos(before);
        expect([count, charged > 0n]).toEqual([count, ended]);
        const [record] = await gateway.requests(customer);
        expect(record?.charge_nanos).toBe(String(charged));
        expect(record?.outcome).toBe(
          ended ? "finished" : response.status === 200 ? "cut_by_upstream" : "failed",
        );
        expect(gateway.app.gateway.ledger.heldNanos(customer.walletId)).toBe(0n);
      }
    },
    20_000,
  );

  test("whose charge hangs ends with an error, and costs nothing", async () => {
    const store = gateway.home.ledgerStore;
    const { promise, resolve } = Promise.withResolvers<void>();
    const ledger = new Ledger({
      store: {
        register: () => store.register(),
        lease: (...args) => store.lease(...args),
        giveBack: (...args) => store.giveBack(...args),
        reverse: (requestId) => store.reverse(requestId),
        renew: (...args) => store.renew(...args),
        askBack: (...args) => store.askBack(...args),
        settle: async (entries) => {
          await promise;
          return await store.settle(entries);
        },
      },
      clock: systemClock,
      settleWaitMs: 50,
      groupMs: 0,
      idleMs: 60_000,
      retryMs: 1,
      delay: Bun.sleep,
      onFault: () => undefined,
    });
    await ledger.register();
    const before = gateway.balanceNanos(customer);
    upstream.answer(sse(...events));
    const text = await (await ask(client, { ledger })).text();
    expect(text).toMatch(error);
    expect(text).not.toMatch(end);
    resolve();
    await until("the end of the charge", () => ledger.running === 0);
    store.flush();
    expect(gateway.balanceNanos(customer)).toBe(before);
    expect((await gateway.requests(customer))[0]).toMatchObject({ charge_nanos: "0" });
  });
});

describe("an answer that is charged is given", () => {
  const said: string[] = [];
  const fails = () => {
    throw new TypeError("no room");
  };
  const over = (): Partial<Gateway> => ({
    responses: { ...gateway.app.gateway.responses, put: fails },
    log: (_, message) => void said.push(message),
  });

  test("streamed, though it cannot be kept for the next turn", async () => {
    upstream.answer(sse(...events));
    const text = await (await ask("openai-responses", over())).text();
    expect(text).toMatch(ASKED["openai-responses"].end);
    expect(said.join()).toContain("kept");
  });

  test("whole, though it cannot be kept for the next turn", async () => {
    const message = { role: "assistant", content: "Hello" };
    const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
    upstream.answer(
      json({ id: "c", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }], usage }),
    );
    const body = JSON.stringify({ model: "m", input: "Hi" });
    const whole = new Request(request("openai-responses"), { body });
    const response = await handleRequest({ ...gateway.app.gateway, ...over() }, whole);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("Hello")]);
    expect((await gateway.requests(customer))[0]).toMatchObject({
      outcome: "finished",
      charge_nanos: "15000",
    });
  });
});
