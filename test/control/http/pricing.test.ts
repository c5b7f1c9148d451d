import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld([
    { id: "default", key_prefix: "qn_live_", monthly_credits: "5.00", limits: { requests_per_minute: 60 } },
    {
      id: "team",
      key_prefix: "qn_team_",
      price_multiplier: "0.8",
      models: ["plain-model"],
      shown: { name: "Team", description: "For teams.", price: "19.00", per_seat: true, seats_min: 3 },
    },
    { id: "secret", key_prefix: "qn_secret_", price_multiplier: "0.1" },
  ]);
});
afterAll(() => world.close());

test("everybody reads the plans that are shown, and every model at its list price", async () => {
  const { status, body } = await world.console.call(undefined, "GET /pricing");
  expect(status).toBe(200);
  expect(body.plans).toEqual([
    {
      id: "team",
      name: "Team",
      description: "For teams.",
      price_nanos: "19000000000",
      per_seat: true,
      seat_nanos: null,
      is_sold: false,
      seats_min: 3,
      is_trial: false,
      monthly_credit_nanos: null,
      credit_carries_over: false,
      credit_keys_max: null,
      price_multiplier: "0.8",
      limits: expect.objectContaining({ requests_per_minute: null }),
      account_limits: expect.objectContaining({ requests_per_day: null }),
      models: ["plain-model"],
    },
  ]);
  const [model] = body.models as { id: string; price: { rates: Record<string, string> } }[];
  expect(model).toMatchObject({ id: "plain-model", category: "llm" });
  expect(model?.price.rates).toMatchObject({ input: "1000000000", output: "4000000000" });
});

test("where no plan is shown it is that of new accounts, so that an agreed one stays private", async () => {
  const plain = await startConsoleWorld([
    { id: "default", key_prefix: "qn_live_", monthly_credits: "5.00" },
    { id: "secret", key_prefix: "qn_secret_", price_multiplier: "0.1" },
  ]);
  const { body } = await plain.console.call(undefined, "GET /pricing");
  await plain.close();
  expect(body.plans).toMatchObject([
    { id: "default", name: "default", price_nanos: null, monthly_credit_nanos: "5000000000" },
  ]);
});

test("a closed catalogue is told to who signed in, and to management tokens", async () => {
  const { declarations } = world.gateway.app;
  await declarations.put({ id: "catalogue", fields: { shown_to: "signed-in" } }, "test");
  try {
    expect((await world.console.call(undefined, "GET /meta")).body.catalogue).toBe("signed-in");
    for (const line of ["GET /models", "GET /pricing"]) {
      const refused = await world.console.call(undefined, line);
      expect([refused.status, refused.text.includes("plain-model")]).toEqual([401, false]);
      expect(refused.text).toContain("sign in first");
      for (const who of [world.owner, world.operator])
        expect((await world.console.call(who, line)).text).toContain("plain-model");
    }
  } finally {
    await declarations.remove("setting", "catalogue");
  }
  expect((await world.console.call(undefined, "GET /models")).status).toBe(200);
});
