import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/base/clock.ts";
import { Ledger } from "../../src/billing/ledger.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { handleRequest } from "../../src/gateway/handle-request.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: standardConfig(upstream.url) });
  customer = await gateway.customer();
});
afterAll(async () => {
  await gateway.app.gateway.ledger.register();
  await gateway.close();
  await upstream.close();
});

type When = "before the write" | "behind the write";

/** The gateway over a ledger whose store answers charges late; `answerNow` lets it. */
async function withLateStore(when: When): Promise<{ late: Gateway; answerNow: () => void }> {
  const store: LedgerStore = gateway.home.ledgerStore;
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle: LedgerStore["settle"] = async (entries) => {
    if (when === "before the write") await promise;
    const results = await store.settle(entries);
    if (when === "behind the write") await promise;
    return results;
  };
  const ledger = new Ledger({
    store: {
      register: () => store.register(),
      lease: (...args) => store.lease(...args),
      giveBack: (...args) => store.giveBack(...args),
      reverse: (requestId) => store.reverse(requestId),
      settle,
      renew: (epoch) => store.renew(epoch),
      askBack: (walletId) => store.askBack(walletId),
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
  return { late: { ...gateway.app.gateway, ledger }, answerNow: resolve };
}

function ask(late: Gateway, stream: boolean): Promise<Response> {
  const request = new Request("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":100,"stream":${stream}}`,
  });
  return Promise.resolve(handleRequest(late, request));
}

describe.each(["before the write", "behind the write"] as const)("a charge that hangs %s", (when) => {
  test.each([false, true])("is an error in the end, and costs nothing (streamed: %p)", async (stream) => {
    const before = gateway.balanceNanos(customer);
    const { late, answerNow } = await withLateStore(when);
    const { events } = SAMPLES["openai-chat"](PLAIN, "\n");
    const usage = { prompt_tokens: 10, completion_tokens: 10 };
    upstream.answer(stream ? sse(...events) : json({ choices: [], usage }));
    const response = await ask(late, stream);
    const text = await response.text();
    expect(response.status).toBe(stream ? 200 : 503);
    expect(text).toContain("could not be charged in time, so it was withheld and costs nothing");
    expect(text).not.toContain("data: [DONE]");
    // The money stays held until it is known that the charge will not stand.
    expect(late.ledger.running).toBe(1);
    answerNow();
    await until("the end of the charge", () => late.ledger.running === 0);
    gateway.home.ledgerStore.flush();
    expect(gateway.balanceNanos(customer)).toBe(before);
    const [record] = await gateway.requests(customer);
    expect(record?.charge_nanos).toBe("0");
    expect(["failed", "cut_by_upstream"]).toContain(record?.outcome ?? "");
    const proof = await proveLedger(gateway.home.folder, async () => gateway.home.ledgerStore.flush());
    expect(proof.checks.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });
});
