import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { requiredFile } from "../../clients/required-tool.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";

const WALK_MS_MAX = 120_000;

interface Found {
  readonly steps: readonly string[];
  readonly serious: readonly string[];
  readonly errors: readonly string[];
  readonly overflowing: readonly string[];
}

const PLANS = [
  {
    id: "default",
    key_prefix: "qn_live_",
    limits: {
      requests_per_minute: 60,
      requests_per_day: 1_000,
      tokens_per_minute: 100_000,
      concurrency: 5,
      spend_per_day: "1.00",
    },
    shown: { name: "Pay as you go", description: "Every model, at the price list." },
  },
  {
    id: "team",
    key_prefix: "qn_team_",
    monthly_credits: "10.00",
    price_multiplier: "0.9",
    account_limits: { requests_per_minute: 600 },
    shown: { name: "Team", description: "For three and more.", price: "19.00", per_seat: true, seats_min: 3 },
  },
  {
    id: "trial",
    key_prefix: "qn_trial_",
    monthly_credits: "1.00",
    limits: { requests_per_minute: 70, concurrency: 5 },
    models: ["plain-model"],
    shown: { name: "Trial", description: "One model, every tool.", price: "0" },
  },
];

const SIGN_UP = { mode: "open", plan: "default", trial: { path: "/free-key", plan: "trial" } };

async function walk(world: ConsoleWorld): Promise<Found> {
  const program = join(import.meta.dir, "public-walk.mjs");
  const pictures = process.env.QUOIN_TEST_PICTURES;
  const line = ["node", program, world.gateway.url, world.acme.key, ...(pictures ? [pictures] : [])];
  const walker = Bun.spawn(line, { stdout: "pipe", stderr: "inherit" });
  return JSON.parse(await new Response(walker.stdout).text()) as Found;
}

if (requiredFile("public pages in a browser", "/usr/bin/chromium", "install Debian's package chromium")) {
  describe("the public pages in a browser", () => {
    let world: ConsoleWorld;
    let found: Found;
    beforeAll(async () => {
      world = await startConsoleWorld(PLANS, { QUOIN_OUTBOX: "open" }, { signup: SIGN_UP });
      for (let sent = 0; sent < 5; sent++) await world.chat(world.acme.key);
      await world.chat(world.acme.key, "no-such-model");
      await world.gateway.settled();
      // The bundle is made at the first request, once for every machine.
      await fetch(`${world.gateway.url}/console`);
      found = await walk(world);
    }, WALK_MS_MAX);
    afterAll(() => world.close());

    test("do what they are for", () => {
      expect(found.errors).toEqual([]);
      expect(found.steps).toEqual(["looked at a key", "read the prices", "got a trial key"]);
    });

    test("have nothing that axe calls serious, wide and on a phone, light and dark", () => {
      expect(found.serious).toEqual([]);
    });

    test("are no wider than their window", () => {
      expect(found.overflowing).toEqual([]);
    });
  });
}
