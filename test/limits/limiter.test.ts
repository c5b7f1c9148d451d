import { describe, expect, test } from "bun:test";
import type { Limits } from "../../src/core/limits.ts";
import type { Model } from "../../src/core/model.ts";
import { NO_USAGE, type Usage } from "../../src/core/usage.ts";
import type { Ask } from "../../src/limits/claim.ts";
import { type Acquired, type Limiter, limiterOver, type Permit } from "../../src/limits/limiter.ts";
import { type LimitStore, PERMIT_TTL_MS } from "../../src/limits/store.ts";
import { memoryLimitStore } from "../../src/storage/memory/limit-store.ts";
import { priceOf } from "../billing/prices.ts";

const START_MS = Date.UTC(2026, 10, 21);

interface Wish {
  readonly key?: Limits;
  readonly plan?: Limits;
  readonly account?: Limits;
  readonly model?: Limits;
  readonly keyId?: string;
  readonly accountId?: string;
  readonly tokens?: number;
  readonly operation?: Ask["operation"];
}

let ids = 0;

const MODEL: Model = {
  id: "m",
  displayName: "m",
  vendor: "v",
  aliases: [],
  contextTokens: 1_000,
  outputTokensMax: 100,
  price: { base: priceOf({}), periods: [] },
  targets: [],
  defaults: {},
  protocols: [],
  createdAt: 0,
};

function ask({ keyId = "k", accountId = "a", tokens = 0, operation = "generate", ...limits }: Wish): Ask {
  return {
    requestId: `r${++ids}`,
    principal: {
      keyId,
      countedAs: keyId,
      accountId,
      accountName: accountId,
      walletId: "w",
      planId: "p",
      limits: limits.key,
    },
    plan: {
      id: "p",
      displayName: "p",
      keyPrefix: "",
      models: undefined,
      limits: limits.plan,
      accountLimits: limits.account,
    },
    model: { ...MODEL, limits: limits.model },
    operation,
    tokensEstimate: () => tokens,
  };
}

function bench(over?: (store: LimitStore) => LimitStore) {
  let nowMs = START_MS;
  const store = memoryLimitStore({ now: () => nowMs, monotonic: () => nowMs });
  const log: string[] = [];
  const limiter = limiterOver({ store: over?.(store) ?? store, log: (_, message) => void log.push(message) });
  return {
    limiter,
    log,
    at(ms: number) {
      nowMs = START_MS + ms;
    },
  };
}

function now(acquired: ReturnType<Limiter["acquire"]>): Acquired {
  if (!acquired || acquired instanceof Promise) throw new Error("not answered at once");
  return acquired;
}

function permitOf(acquired: ReturnType<Limiter["acquire"]>): Permit {
  const known = now(acquired);
  if (known.kind !== "granted") throw new Error(`not granted but ${known.kind}`);
  return known.permit;
}

const used = (tokens: number): Usage => ({ ...NO_USAGE, input: tokens });

describe("limits", () => {
  test("that are not declared are asked for nothing", () => {
    const asked: string[] = [];
    const { limiter } = bench((store) => ({
      ...store,
      acquire: (claim) => {
        asked.push(claim.permitId);
        return store.acquire(claim);
      },
    }));
    expect(limiter.acquire(ask({}))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test("of a key and its plan hold for the same counts, the smaller of each", () => {
    const { limiter } = bench();
    const wish: Wish = { key: { requestsPerMinute: 5, requestsPerDay: 3 }, plan: { requestsPerMinute: 2 } };
    expect(now(limiter.acquire(ask(wish)))).toMatchObject({
      standings: { requests: { limit: 2, remaining: 1 } },
    });
    permitOf(limiter.acquire(ask(wish)));
    expect(now(limiter.acquire(ask(wish)))).toMatchObject({
      kind: "denied",
      rule: { whose: "key", kind: "requests-minute", limit: 2 },
    });
  });

  test.each([
    ["key", { plan: { requestsPerMinute: 1 } }, [true, false, true, true]],
    ["account", { account: { requestsPerMinute: 1 } }, [true, false, false, true]],
    ["model", { model: { requestsPerMinute: 1 } }, [true, false, false, true]],
  ] satisfies [string, Wish, boolean[]][])("of a %s count its own requests", (_, limits, granted) => {
    const { limiter } = bench();
    const wishes: Wish[] = [{}, {}, { keyId: "other" }, { keyId: "third", accountId: "b" }];
    const seen = wishes.map((wish) => now(limiter.acquire(ask({ ...limits, ...wish }))).kind === "granted");
    expect(seen).toEqual(granted);
  });

  test("of a model leave other models alone", () => {
    const { limiter } = bench();
    const one = ask({ model: { requestsPerMinute: 1 } });
    permitOf(limiter.acquire(one));
    const other = ask({ model: { requestsPerMinute: 1 } });
    permitOf(limiter.acquire({ ...other, model: { ...other.model, id: "other" } }));
  });

  test("a denial by one counts in none", () => {
    const { limiter } = bench();
    const wish: Wish = { plan: { requestsPerMinute: 10 }, model: { requestsPerMinute: 1 } };
    permitOf(limiter.acquire(ask(wish)));
    for (let tries = 0; tries < 5; tries++)
      expect(now(limiter.acquire(ask(wish)))).toMatchObject({ rule: { whose: "model" } });
    expect(now(limiter.acquire(ask({ plan: { requestsPerMinute: 10 } })))).toMatchObject({
      standings: { requests: { remaining: 8 } },
    });
  });

  test("counts of tokens are counted apart, and use none", () => {
    const { limiter } = bench();
    const wish: Wish = { plan: { requestsPerMinute: 1, tokensPerMinute: 10 }, tokens: 10 };
    permitOf(limiter.acquire(ask(wish)));
    const counting = now(limiter.acquire(ask({ ...wish, operation: "count-tokens" })));
    expect(counting).toMatchObject({ kind: "granted", standings: { tokens: undefined } });
    expect(now(limiter.acquire(ask({ ...wish, operation: "count-tokens" }))).kind).toBe("denied");
  });

  test("the window with the least left is the one that is told of", () => {
    const { limiter } = bench();
    const wish: Wish = {
      plan: { requestsPerMinute: 10, requestsPerDay: 3, tokensPerMinute: 50 },
      tokens: 20,
    };
    expect(now(limiter.acquire(ask(wish))).kind).toBe("granted");
    const { standings } = now(limiter.acquire(ask(wish))) as Extract<Acquired, { kind: "granted" }>;
    expect(standings).toEqual({
      requests: { limit: 3, remaining: 1, resetMs: 86_400_000 },
      tokens: { limit: 50, remaining: 10, resetMs: 60_025 },
    });
  });
});

describe("tokens", () => {
  const wish: Wish = { plan: { tokensPerMinute: 100 }, tokens: 60 };
  const left = (limiter: Limiter) =>
    (now(limiter.acquire(ask({ ...wish, tokens: 0 }))) as Extract<Acquired, { kind: "granted" }>).standings
      .tokens?.remaining;

  test("are reserved by estimate and corrected by use", () => {
    const { limiter } = bench();
    const permit = permitOf(limiter.acquire(ask(wish)));
    expect(left(limiter)).toBe(40);
    expect(now(limiter.acquire(ask(wish)))).toMatchObject({ rule: { kind: "tokens-minute" } });
    limiter.release(permit, used(25));
    expect(left(limiter)).toBe(75);
    limiter.release(permitOf(limiter.acquire(ask(wish))), used(90));
    expect(left(limiter)).toBe(0);
  });

  test("of a request that used none are all given back", () => {
    const { limiter } = bench();
    limiter.release(permitOf(limiter.acquire(ask(wish))), undefined);
    expect(left(limiter)).toBe(100);
  });

  test("of every kind count", () => {
    const { limiter } = bench();
    const usage = Object.fromEntries(Object.keys(NO_USAGE).map((kind) => [kind, 1])) as unknown as Usage;
    limiter.release(permitOf(limiter.acquire(ask(wish))), usage);
    // Searches, characters and seconds are no tokens.
    expect(left(limiter)).toBe(100 - (Object.keys(NO_USAGE).length - 3));
  });

  test("of answers are expected as long as late ones were", () => {
    const { limiter } = bench();
    expect(limiter.likelyOutputTokens("m")).toBe(2_048);
    const wide = { plan: { tokensPerMinute: 10_000 } };
    for (let count = 1; count <= 64; count++) {
      limiter.release(permitOf(limiter.acquire(ask(wide))), { ...NO_USAGE, output: count });
    }
    expect(limiter.likelyOutputTokens("m")).toBe(61);
    expect(limiter.likelyOutputTokens("other")).toBe(2_048);
  });
});

describe("permits", () => {
  const wish: Wish = { plan: { concurrency: 1 } };

  test("are given back; to leave twice does no harm", () => {
    const { limiter } = bench();
    const permit = permitOf(limiter.acquire(ask(wish)));
    expect(limiter.held).toBe(1);
    expect(now(limiter.acquire(ask(wish))).kind).toBe("denied");
    limiter.release(permit, undefined);
    limiter.release(permit, undefined);
    expect(limiter.held).toBe(0);
    permitOf(limiter.acquire(ask(wish)));
  });

  test("live as long as they are renewed", async () => {
    const { limiter, at } = bench();
    permitOf(limiter.acquire(ask(wish)));
    for (let ms = 10_000; ms <= 120_000; ms += 10_000) {
      at(ms);
      await limiter.renew();
    }
    expect(now(limiter.acquire(ask(wish))).kind).toBe("denied");
  });

  test("are renewed in groups, those that ended meanwhile no more", async () => {
    const groups: string[][] = [];
    const { limiter } = bench((store) => ({
      ...store,
      async renew(permits) {
        groups.push(permits.map(({ permitId }) => permitId));
        for (const permit of many.splice(0, 100)) limiter.release(permit, undefined);
        return await store.renew(permits);
      },
    }));
    const many = Array.from({ length: 500 }, () =>
      permitOf(limiter.acquire(ask({ plan: { concurrency: 500 } }))),
    ).reverse();
    await limiter.renew();
    expect(groups.map(({ length }) => length)).toEqual([200, 200, 0]);
    expect(limiter.held).toBe(200);
  });

  test("that others took meanwhile are told to who held them", async () => {
    const { limiter, log, at } = bench();
    const permit = permitOf(limiter.acquire(ask(wish)));
    let lost = 0;
    permit.onLost = () => void lost++;
    at(PERMIT_TTL_MS);
    const other = permitOf(limiter.acquire(ask(wish)));
    await limiter.renew();
    expect([lost, limiter.held, log.length]).toEqual([1, 1, 1]);
    // Its end comes all the same, and takes nothing from the other.
    limiter.release(permit, undefined);
    expect(now(limiter.acquire(ask(wish))).kind).toBe("denied");
    limiter.release(other, undefined);
    permitOf(limiter.acquire(ask(wish)));
  });
});

describe("a store that is away", () => {
  const wish: Wish = { plan: { concurrency: 1, tokensPerMinute: 100 }, tokens: 30 };

  function awayBench() {
    let away = false;
    const asked: string[] = [];
    const remote =
      <Args extends unknown[], Result>(work: (...args: Args) => Result) =>
      (...args: Args): Promise<Awaited<Result>> => {
        asked.push(away ? "away" : "there");
        return away ? Promise.reject(new Error("away")) : Promise.resolve(work(...args));
      };
    const made = bench((store) => ({
      acquire: remote(store.acquire),
      end: remote(store.end),
      renew: remote(store.renew),
      close: store.close,
    }));
    return {
      ...made,
      asked,
      setAway(value: boolean) {
        away = value;
      },
    };
  }

  test("lets nothing in and is asked once", async () => {
    const { limiter, asked, setAway } = awayBench();
    setAway(true);
    expect((await limiter.acquire(ask({ plan: { tokensPerMinute: 100 } })))?.kind).toBe("unavailable");
    expect(asked).toEqual(["away"]);
    expect(limiter.held).toBe(0);
  });

  test("is told of what ended while it was away, gates only", async () => {
    const { limiter, setAway } = awayBench();
    const acquired = await limiter.acquire(ask(wish));
    if (acquired?.kind !== "granted") throw new Error("not granted");
    setAway(true);
    limiter.release(acquired.permit, used(10));
    await limiter.renew();
    await limiter.renew();
    setAway(false);
    expect((await limiter.acquire(ask(wish)))?.kind).toBe("denied");
    await limiter.renew();
    expect(await limiter.acquire(ask(wish))).toMatchObject({
      kind: "granted",
      standings: { tokens: { remaining: 40 } },
    });
  });
});
