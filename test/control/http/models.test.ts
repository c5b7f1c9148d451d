import { afterAll, beforeAll, expect, test } from "bun:test";
import { ACCOUNT_MODEL, MODEL, OPERATOR_MODEL, PROBES } from "../../../src/control/contract/models.ts";
import { FREE, PLAIN } from "../../support/config.ts";
import { type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";

const PLANS = [
  { id: "default", key_prefix: "qn_live_", price_multiplier: "0.9", models: [PLAIN] },
  { id: "other", key_prefix: "qn_other_" },
];

let world: ConsoleWorld;

beforeAll(async () => {
  world = await startConsoleWorld(PLANS);
});
afterAll(() => world.close());

test("the catalogue is open, with list prices and without who serves it", async () => {
  const { status, body, text } = await world.console.call(undefined, "GET /models");
  expect(status).toBe(200);
  const models = (body.items as unknown[]).map((item) => MODEL.parse(item));
  const plain = models.find(({ id }) => id === PLAIN);
  expect(plain).toMatchObject({ category: "llm", context_tokens: 100_000, health: "ok" });
  expect(plain?.endpoints).toContain("chat");
  expect(plain?.price).toMatchObject({ multiplier: "1", tiers: [], periods: [] });
  expect(plain?.price.rates).toMatchObject({
    input: "1000000000",
    output: "4000000000",
    cache_read: "100000000",
  });
  expect(text).not.toContain("upstream");
});

test("an account sees what its keys may use, and what it pays", async () => {
  const { body } = await world.console.call(world.owner, "GET /accounts/acme/models");
  const models = (body.items as unknown[]).map((item) => ACCOUNT_MODEL.parse(item));
  expect(models.filter(({ included }) => included).map(({ id }) => id)).toEqual([PLAIN]);
  expect(models[0]?.price.multiplier).toBe("0.9");
  const other = await world.console.call(world.owner, "GET /accounts/acme/models?plan=other");
  expect(other.body.error).toMatchObject({ field: "plan" });
  expect((await world.console.call(world.operator, "GET /accounts/acme/models?plan=other")).status).toBe(200);
});

test("operators see targets, and try them", async () => {
  const { body } = await world.console.call(world.operator, "GET /operator/models?limit=200");
  const free = (body.items as unknown[])
    .map((item) => OPERATOR_MODEL.parse(item))
    .find(({ id }) => id === FREE);
  expect(free?.targets).toContainEqual({
    upstream: "openai",
    model: FREE,
    weight: 1,
    order: 1,
    cost: null,
    margin: null,
    cooling: false,
    health: "unused",
    last_hour: { calls: 0, failed: 0, last_failure: null },
  });
  const probed = await world.console.call(world.operator, `POST /operator/models/${PLAIN}/test`);
  expect(PROBES.parse(probed.body).targets.length).toBe(3);
  expect((await world.console.call(world.operator, "POST /operator/models/none/test")).status).toBe(404);
});
