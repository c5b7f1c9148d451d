import { afterAll, beforeAll, expect, test } from "bun:test";
import { CHAT_NANOS, type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";

const LIMITS = { requests_per_minute: 20, requests_per_day: 500, tokens_per_minute: 10_000, concurrency: 4 };

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld([
    { id: "default", key_prefix: "qn_live_", limits: LIMITS, models: ["plain-model"] },
  ]);
});
afterAll(() => world.close());

const probe = (key: unknown) => world.console.call(undefined, "POST /probe", { key });

/** A key of its own for a test. */
async function newKey(terms: object = {}): Promise<string> {
  const { body } = await world.console.call(world.owner, "POST /accounts/acme/keys", terms);
  return String(body.key);
}

test("whoever holds a key sees what it is, may, did and has left", async () => {
  const { key, keyId } = world.acme;
  expect(await world.chat(key)).toBe(200);
  await world.gateway.settled();
  const { status, body } = await probe(key);
  expect(status).toBe(200);
  expect(body.key).toMatchObject({ id: keyId, state: "active", expires_at: null });
  const terms = { monthly_credit_nanos: null, price_multiplier: "1" };
  expect(body.plan).toEqual({ id: "default", display_name: "default", ...terms });
  expect(body.wallet).toEqual({
    balance_nanos: (10_000_000_000n - CHAT_NANOS).toString(),
    held_nanos: "0",
    available_nanos: (10_000_000_000n - CHAT_NANOS).toString(),
  });
  expect(body.concurrency).toBe(4);
  expect(body.limits).toMatchObject([
    { whose: "key", kind: "requests-minute", limit: 20, remaining: 19 },
    { whose: "key", kind: "requests-day", limit: 500, remaining: 499 },
    { whose: "key", kind: "tokens-minute", limit: 10_000, remaining: 9_980 },
  ]);
  expect(body.models).toMatchObject([{ id: "plain-model", context_tokens: 100_000 }]);
  expect(body.requests).toMatchObject([
    {
      model: "plain-model",
      status: 200,
      outcome: "finished",
      usage: { input: 10, output: 10 },
      context_used_tokens: 20,
      context_tokens: 100_000,
      charge_nanos: CHAT_NANOS.toString(),
    },
  ]);
});

test("looking counts against no limit", async () => {
  const key = await newKey();
  for (let look = 0; look < 3; look++) {
    const { body } = await probe(key);
    expect(body.limits).toMatchObject([{ remaining: 20 }, { remaining: 500 }, { remaining: 10_000 }]);
  }
});

test("budgets are told before and after they are first spent from, and not those of others", async () => {
  const key = await newKey({ limits: { spend_per_day_nanos: "200000" } });
  const budget = { whose: "key", period: "day", limit_nanos: "200000" };
  expect((await probe(key)).body.budgets).toMatchObject([{ ...budget, left_nanos: "200000" }]);
  expect(await world.chat(key)).toBe(200);
  await world.gateway.settled();
  const left = (200_000n - CHAT_NANOS).toString();
  const { body } = await probe(key);
  expect(body.budgets).toMatchObject([{ ...budget, left_nanos: left }]);
  expect(body.requests).toHaveLength(1);
});

test("an expired key says so; unknown, malformed and revoked ones are the same", async () => {
  const made = await world.console.call(world.owner, "POST /accounts/acme/keys", {});
  await world.gateway.app.control.accounts.expireKey(String(made.body.id), Date.now() - 1);
  expect((await probe(made.body.key)).body.key).toMatchObject({ state: "expired" });
  const { body } = await world.console.call(world.owner, "POST /accounts/acme/keys", {});
  await world.console.call(world.owner, `DELETE /accounts/acme/keys/${body.id}`);
  const answers = await Promise.all([body.key, "nonsense", `${world.acme.key}x`].map(probe));
  for (const { status, text } of answers) expect([status, text]).toEqual([404, answers[0]?.text ?? ""]);
});

test("a key that is bound to networks is not looked at from elsewhere", async () => {
  const bound = await newKey({ networks: ["10.0.0.0/8"] });
  expect((await probe(bound)).status).toBe(403);
  const here = await newKey({ networks: ["127.0.0.0/8"] });
  expect((await probe(here)).status).toBe(200);
});

test("one address looks so often, whatever it sends; nothing of a key is logged", async () => {
  let refused = await probe("nonsense");
  for (let look = 0; look < 30 && refused.status === 404; look++) refused = await probe("nonsense");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await probe(world.acme.key)).status).toBe(429);
  expect(JSON.stringify(world.gateway.log)).not.toContain(world.acme.key.slice(-20));
});
