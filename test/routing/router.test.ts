import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Clock } from "../../src/base/clock.ts";
import { DEFAULT_BRAND } from "../../src/config/defaults.ts";
import { GatewayError } from "../../src/core/errors.ts";
import type { Model, Snapshot, Target, Upstream } from "../../src/core/model.ts";
import { finderByName } from "../../src/core/model-names.ts";
import type { Price } from "../../src/core/price.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { memoryCooldowns } from "../../src/routing/cooldowns.ts";
import { resolveRoute } from "../../src/routing/router.ts";

const FREE: Price = {
  rates: Object.fromEntries(Object.keys(NO_USAGE).map((kind) => [kind, 0n])) as Price["rates"],
  tiers: [],
  perRequest: 0n,
  multiplierPpm: 1_000_000n,
};

function upstream(id: string, protocols: readonly Protocol[] = ["openai-chat"]): Upstream {
  return {
    id,
    provider: "openai",
    baseUrl: "http://127.0.0.1:1",
    apiKey: "",
    protocols,
    headers: {},
    firstByteMs: 1,
    idleMs: 1,
    afterCut: "cancel",
    quirks: {},
  };
}

function model(targets: readonly Target[], more: Partial<Model> = {}): Model {
  return {
    id: "m",
    displayName: "m",
    vendor: "",
    aliases: ["alias"],
    contextTokens: 1,
    outputTokensMax: 1,
    price: { base: FREE, periods: [] },
    targets,
    defaults: {},
    protocols: ["openai-chat"],
    createdAt: 0,
    ...more,
  };
}

function snapshot(one: Model, planModels?: readonly string[]): Snapshot {
  return {
    models: [one],
    unpublished: [],
    findModel: finderByName([one]),
    plans: new Map([
      [
        "default",
        {
          id: "default",
          keyPrefix: "q_",
          multiplierPpm: 1_000_000n,
          models: planModels && new Set(planModels),
        },
      ],
    ]),
    upstreams: new Map(),
    accountMultipliers: new Map(),
    priceVersion: 1,
    trustedProxies: [],
    offering: { brand: DEFAULT_BRAND, hosts: [], regions: [] },
    errors: {},
  };
}

/** Time that the test moves. */
function handClock(): Clock & { at: number } {
  return { at: 0, now: () => 0, monotonic: () => clock.at } as Clock & { at: number };
}
const clock = handClock();

const cold = memoryCooldowns(clock);
const who = (planId = "default") => ({
  keyId: "k",
  accountId: "a",
  accountName: "a",
  walletId: "w",
  planId,
  countedAs: "k",
});

function route(
  one: Model,
  {
    cooldowns = cold,
    random = Math.random,
    name = "m",
    planModels,
    planId,
  }: {
    cooldowns?: typeof cold;
    random?: () => number;
    name?: string;
    planModels?: readonly string[];
    planId?: string;
  } = {},
) {
  const query = {
    snapshot: snapshot(one, planModels),
    name,
    protocol: "openai-chat" as const,
    principal: who(planId),
  };
  return resolveRoute(query, cooldowns, random).targets.map((target) => target.upstream.id);
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.kind;
  }
  return "none";
}

const targetAt = (
  id: string,
  { protocols, ...more }: Partial<Target> & { protocols?: Protocol[] } = {},
): Target => ({
  ...{ upstream: upstream(id, protocols), model: "m", weight: 1, order: 1, traits: {} },
  ...more,
});
const weighted = (...weights: readonly number[]) =>
  weights.map((weight, at) => targetAt(`u${at}`, { weight }));

describe("a route", () => {
  test("has every able target once, whatever chance says", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (weights, draws) => {
          const random = () => draws.next().value as number;
          const ids = route(model(weighted(...weights)), { random });
          expect([...ids].sort()).toEqual(weights.map((_, at) => `u${at}`));
        },
      ),
    );
  });

  test("begins with a target as often as its weight says", () => {
    const one = model(weighted(1, 2, 7));
    const first = new Map<string, number>();
    const draws = 20_000;
    // Evenly spaced draws instead of chance: the shares are exact.
    for (let draw = 0; draw < draws; draw++) {
      const [id = ""] = route(one, { random: () => draw / draws });
      first.set(id, (first.get(id) ?? 0) + 1);
    }
    expect(Object.fromEntries(first)).toEqual({ u0: 2_000, u1: 4_000, u2: 14_000 });
  });

  test("goes by alias, has targets of other protocols last, and leaves out those that cannot be asked", () => {
    const targets = [
      targetAt("mute", { protocols: ["openai-completions"], weight: 1_000 }),
      targetAt("other", { protocols: ["gemini"], weight: 1_000 }),
      targetAt("able"),
    ];
    expect(route(model(targets), { name: "alias" })).toEqual(["able", "other"]);
  });

  test("has targets of a lower order first, even where their bytes do not pass", () => {
    const targets = [
      targetAt("last", { order: 3 }),
      targetAt("second", { order: 2, weight: 1_000 }),
      targetAt("first", { protocols: ["gemini"] }),
    ];
    expect(route(model(targets))).toEqual(["first", "second", "last"]);
  });

  test.each([
    ["an unknown model", () => route(model(weighted(1)), { name: "none" }), "model_not_found"],
    ["__proto__", () => route(model(weighted(1)), { name: "__proto__" }), "model_not_found"],
    ["a model outside the plan", () => route(model(weighted(1)), { planModels: ["x"] }), "permission"],
    ["a plan that is gone", () => route(model(weighted(1)), { planId: "gone" }), "permission"],
    [
      "a protocol that the model is not served in",
      () => route(model(weighted(1), { protocols: ["gemini"] })),
      "wrong_endpoint",
    ],
  ])("%s is refused", (_, work, kind) => {
    expect(refusalOf(work)).toBe(kind);
  });
});

describe("a cooldown", () => {
  const [first, second, third] = weighted(1, 1, 1) as [Target, Target, Target];
  const one = model([first, second, third]);
  const straight = { random: () => 0 };

  test("puts a target last for its time", () => {
    const cooldowns = memoryCooldowns(clock);
    expect(route(one, { cooldowns, ...straight })).toEqual(["u0", "u1", "u2"]);
    cooldowns.cool(first, 2_000);
    expect(route(one, { cooldowns, ...straight })).toEqual(["u1", "u2", "u0"]);
    clock.at += 1_999;
    expect(cooldowns.isCooling(first)).toBe(true);
    clock.at += 2;
    expect(route(one, { cooldowns, ...straight })).toEqual(["u0", "u1", "u2"]);
  });

  test("is only an order: when all stand back, all are tried", () => {
    const cooldowns = memoryCooldowns(clock);
    for (const target of one.targets) cooldowns.cool(target, 1_000);
    expect(route(one, { cooldowns, ...straight })).toEqual(["u0", "u1", "u2"]);
  });

  test("is of one upstream's model, and never longer than half a minute", () => {
    const cooldowns = memoryCooldowns(clock);
    cooldowns.cool(first, 3_600_000);
    expect(cooldowns.isCooling({ ...first, model: "other" })).toBe(false);
    expect(cooldowns.isCooling({ ...first, weight: 9 })).toBe(true);
    clock.at += 30_001;
    expect(cooldowns.isCooling(first)).toBe(false);
  });
});
