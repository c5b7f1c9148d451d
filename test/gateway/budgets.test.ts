import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { hintOf, newKey } from "../../src/accounts/key-format.ts";
import { hashKey } from "../../src/accounts/key-verifier.ts";
import { newId } from "../../src/base/id.ts";
import { budgetIdOf, keyBudgetName } from "../../src/billing/budgets.ts";
import { peopleStore } from "../../src/storage/people/people-store.ts";
import { sqliteRunner } from "../../src/storage/sqlite/people-runner.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { signUpOf } from "../storage/people-fixture.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

/** Input is free, and each token of an answer costs 0.001 USD: a request is bound by 100 tokens, 0.10 USD. */
beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    config: {
      upstreams: [{ id: "u", provider: "openai-compatible", base_url: `${upstream.url}/v1` }],
      models: [
        { id: "m", price: { input: "0", output: "1000" }, targets: [{ upstream: "u" }] },
        { id: "read", price: { input: "10", output: "1000" }, targets: [{ upstream: "u" }] },
        {
          id: "dear",
          price: { input: "0", output: "1000" },
          limits: { spend_per_month: "0.05" },
          targets: [{ upstream: "u" }],
        },
      ],
      plans: [
        { id: "default", key_prefix: "qn_live_" },
        { id: "small", key_prefix: "qn_small_", limits: { spend_per_day: "0.30" } },
        { id: "team", key_prefix: "qn_team_", account_limits: { spend_per_month: "0.15" } },
      ],
    },
  });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  const proof = await proveLedger(gateway.home.folder, async () => gateway.home.ledgerStore.flush());
  expect(proof.checks.filter(({ differences }) => differences.length > 0)).toEqual([]);
  await gateway.close();
  await upstream.close();
});

const says = (tokens: number) =>
  json({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 5, completion_tokens: tokens, total_tokens: 5 + tokens },
  });

function ask(key: string, model = "m", maxTokens = 100): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, max_tokens: maxTokens, messages: [{ role: "user", content: "Hi" }] }),
  });
}

function leftNanos({ accountId, keyId }: Customer, period: "day" | "month"): bigint {
  const id = budgetIdOf(accountId, keyBudgetName(keyId, period));
  gateway.home.ledgerStore.flush();
  return gateway.home.budgets.left(id, Date.now()) as bigint;
}

describe("what a key may spend in a day", () => {
  test("is counted, lowers the answer's limit as it runs out, and then refuses", async () => {
    const customer = await gateway.customer({ plan: "small" });
    upstream.otherwise(says(100));
    for (let index = 0; index < 2; index++) expect((await ask(customer.key)).status).toBe(200);
    await gateway.settled();
    expect(leftNanos(customer, "day")).toBe(100_000_000n);
    upstream.otherwise(says(60));
    expect((await ask(customer.key)).status).toBe(200);
    const short = await ask(customer.key);
    expect([short.status, short.headers.get("x-quoin-max-tokens")]).toEqual([200, "40"]);
    expect(JSON.parse(upstream.last().text).max_tokens).toBe(40);
    const refused = await ask(customer.key);
    expect(refused.status).toBe(402);
    const { error } = (await refused.json()) as { error: { message: string } };
    expect(error.message).toContain("This API key may spend $0.30 a day");
    expect(error.message).toContain("UTC");
    expect(await gateway.requests(customer)).toHaveLength(5);
    expect(leftNanos(customer, "day")).toBe(0n);
  });

  test("is the smaller of its plan's and its own", async () => {
    const { key } = (await gateway.operate("keys.create", {
      account: (await gateway.customer()).account,
      plan: "small",
      "spend-per-day": "0.02",
      "spend-per-month": "5",
    })) as { key: string };
    upstream.otherwise(says(1));
    const response = await ask(key);
    expect([response.status, response.headers.get("x-quoin-max-tokens")]).toEqual([200, "20"]);
    expect((await ask(key, "m", 19)).headers.get("x-quoin-max-tokens")).toBeNull();
  });

  test("lowers nothing where the input, counted and not by its bytes, leaves room for the whole answer", async () => {
    const { key } = (await gateway.operate("keys.create", {
      account: (await gateway.customer()).account,
      plan: "default",
      "spend-per-day": "0.105",
    })) as { key: string };
    upstream.otherwise(says(1));
    const response = await ask(key, "read");
    expect([response.status, response.headers.get("x-quoin-max-tokens")]).toEqual([200, null]);
    const next = await ask(key, "read", 200);
    expect(Number(next.headers.get("x-quoin-max-tokens"))).toBeWithin(100, 105);
  });

  test("is free again when a request fails", async () => {
    const customer = await gateway.customer({ plan: "small" });
    upstream.otherwise(json({ error: { message: "no" } }, 500));
    expect((await ask(customer.key)).status).toBe(502);
    await gateway.settled();
    expect(leftNanos(customer, "day")).toBe(300_000_000n);
  });

  test("is not more than it says when many ask at once", async () => {
    const customer = await gateway.customer({ plan: "small" });
    upstream.otherwise(says(100));
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await ask(customer.key)).status),
    );
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
    expect(statuses.filter((status) => status !== 200 && status !== 402 && status !== 429)).toEqual([]);
    await gateway.settled();
    const charged = (await gateway.requests(customer)).reduce(
      (sum, { charge_nanos }) => sum + BigInt(charge_nanos),
      0n,
    );
    expect(charged).toBeLessThanOrEqual(300_000_000n);
    expect(leftNanos(customer, "day")).toBe(300_000_000n - charged);
  });
});

test("what an account may spend is shared by its keys", async () => {
  const customer = await gateway.customer({ plan: "team" });
  const { key } = (await gateway.operate("keys.create", { account: customer.account, plan: "team" })) as {
    key: string;
  };
  upstream.otherwise(says(100));
  expect((await ask(customer.key)).status).toBe(200);
  expect((await ask(key)).headers.get("x-quoin-max-tokens")).toBe("50");
  const refused = await ask(key);
  expect([refused.status, await refused.text()]).toEqual([
    402,
    expect.stringContaining("All keys of this account"),
  ]);
});

test("what may be spent on a model is each account's own", async () => {
  const [one, other] = [await gateway.customer(), await gateway.customer()];
  upstream.otherwise(says(50));
  expect((await ask(one.key, "dear", 50)).status).toBe(200);
  expect((await ask(one.key, "dear", 50)).status).toBe(402);
  expect((await ask(one.key, "m", 50)).status).toBe(200);
  expect((await ask(other.key, "dear", 50)).status).toBe(200);
});

test("what a member may spend holds for all keys that the member made", async () => {
  const people = peopleStore(sqliteRunner(gateway.home.db));
  const signUp = signUpOf("capped@example.com");
  await people.users.signUp(signUp);
  const { userId } = signUp.user;
  const { accountId = "", name = "" } = signUp.account ?? {};
  await people.organisations.changeMember(accountId, userId, { monthlyCapNanos: 80_000_000n });
  await gateway.operate("wallet.top-up", { account: name, amount: "1" });
  const keys = [newKey("qn_live_"), newKey("qn_live_")];
  for (const key of keys) {
    const row = { hash: hashKey(gateway.home.secret, key), keyId: newId(), accountId, planId: "default" };
    await gateway.home.accounts.addKey({ ...row, name: "", hint: hintOf(key), userId, createdAt: 1 });
  }
  upstream.otherwise(says(50));
  expect((await ask(keys[0] ?? "", "m", 50)).status).toBe(200);
  expect((await ask(keys[1] ?? "", "m", 50)).headers.get("x-quoin-max-tokens")).toBe("30");
  const refused = await ask(keys[0] ?? "", "m", 50);
  expect([refused.status, await refused.text()]).toEqual([
    402,
    expect.stringContaining("member of your organisation"),
  ]);
});

test("a receipt and a statement show money only", async () => {
  const customer = await gateway.customer({ plan: "small" });
  upstream.otherwise(says(10));
  await (await ask(customer.key)).text();
  const [record] = await gateway.requests(customer);
  const receipt = (await gateway.operate("requests.receipt", { id: record?.id })) as {
    receipt: { ledger: { legs: object[] } };
  };
  expect(JSON.stringify(receipt)).not.toContain("budget");
  expect(gateway.balanceNanos(customer)).toBe(10_000_000_000n - 10_000_000n);
});
