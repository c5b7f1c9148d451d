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
import { type Cooldowns, memoryCooldowns } from "../../src/routing/cooldowns.ts";
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
          displayName: "Default",
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
    offering: { brand: DEFAULT_BRAND, hosts: [], regions: [], accountHosts: new Map() },
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

  const even = () => 0.5;
  const down = { kind: "upstream_unreachable", retryAfterMs: undefined } as const;
  const fail = (cooldowns: Cooldowns, target: Target, times: number) => {
    for (let time = 0; time < times; time++) cooldowns.failed(target, down);
  };

  test("comes with the third failure in a row, and puts a target last for its time", () => {
    const cooldowns = memoryCooldowns(clock, even);
    fail(cooldowns, first, 2);
    expect(route(one, { cooldowns, ...straight })).toEqual(["u0", "u1", "u2"]);
    fail(cooldowns, first, 1);
    expect(route(one, { cooldowns, ...straight })).toEqual(["u1", "u2", "u0"]);
    clock.at += 1_999;
    expect(cooldowns.isCooling(first)).toBe(true);
    clock.at += 2;
    expect(route(one, { cooldowns, ...straight })).toEqual(["u0", "u1", "u2"]);
  });

  test("does not come while it serves in between", () => {
    const cooldowns = memoryCooldowns(clock, even);
    for (let round = 0; round < 10; round++) {
      fail(cooldowns, first, 2);
      cooldowns.served(first);
    }
    expect(cooldowns.isCooling(first)).toBe(false);
  });

  test("is twice as long after each failure more, half a minute at most, and over when it serves", () => {
    const cooldowns = memoryCooldowns(clock, even);
    fail(cooldowns, first, 2);
    for (const seconds of [2, 4, 8, 16, 30, 30]) {
      fail(cooldowns, first, 1);
      clock.at += seconds * 1_000 - 1;
      expect(cooldowns.isCooling(first)).toBe(true);
      clock.at += 1;
      expect(cooldowns.isCooling(first)).toBe(false);
    }
    fail(cooldowns, first, 1);
    cooldowns.served(first);
    fail(cooldowns, first, 2);
    expect(cooldowns.isCooling(first)).toBe(false);
  });

  test("is not longer for those that fail together, and differs a little from node to node", () => {
    const lengths = [0, 0.5, 1].map((chance) => {
      const cooldowns = memoryCooldowns(clock, () => chance);
      fail(cooldowns, first, 50);
      const beganAt = clock.at;
      while (cooldowns.isCooling(first)) clock.at += 10;
      return clock.at - beganAt;
    });
    expect(lengths).toEqual([1_800, 2_000, 2_200]);
  });

  test("comes at once where the upstream says for how long", () => {
    const cooldowns = memoryCooldowns(clock, even);
    cooldowns.failed(first, { kind: "rate_limit", retryAfterMs: 5_000 });
    clock.at += 4_999;
    expect(cooldowns.isCooling(first)).toBe(true);
    clock.at += 1;
    expect(cooldowns.isCooling(first)).toBe(false);
  });

  test.each(["unsupported", "bad_request", "internal"] as const)("never comes from %s", (kind) => {
    const cooldowns = memoryCooldowns(clock, even);
    for (let time = 0; time < 9; time++) cooldowns.failed(first, { kind, retryAfterMs: 1_000 });
    expect(cooldowns.isCooling(first)).toBe(false);
  });

  test("is only an order: when all stand back, all are tried", () => {
    const cooldowns = memoryCooldowns(clock, even);
    for (const target of one.targets) fail(cooldowns, target, 3);
    expect(route(one, { cooldowns, ...straight })).toEqual(["u0", "u1", "u2"]);
  });

  test("is of one upstream's model, and never longer than half a minute", () => {
    const cooldowns = memoryCooldowns(clock, even);
    cooldowns.failed(first, { kind: "overloaded", retryAfterMs: 3_600_000 });
    const heavier = { ...first, weight: 9 };
    expect(cooldowns.isCooling({ ...first, model: "other" })).toBe(false);
    expect(cooldowns.isCooling(heavier)).toBe(true);
    clock.at += 30_001;
    expect(cooldowns.isCooling(first)).toBe(false);
  });
});
