import type { Price, Rates } from "../../src/core/price.ts";
import { NO_USAGE, type Usage } from "../../src/core/usage.ts";
import { drawMoney, type MoneyScript } from "./money-script.ts";
import type { Random } from "./random.ts";

const NODES_MAX = 3;

/** What the scripted upstream does: pieces of output, then its report, unless it fails before. */
export interface UpstreamScript {
  readonly firstByteMs: number;
  readonly pieces: readonly { readonly tokens: number; readonly afterMs: number }[];
  readonly usage: Usage;
  /** Fails instead of sending this piece (0: before the first byte; the count of pieces: instead of the end). */
  readonly failsAt: number | undefined;
}

/** When a client goes: never, on the nth message it gets, or after a time. */
export type Leaving =
  | { readonly kind: "never" }
  | { readonly kind: "at-message"; readonly count: number }
  | { readonly kind: "after"; readonly ms: number };

export interface RequestScript {
  readonly requestId: string;
  readonly walletId: string;
  readonly atMs: number;
  /** Which of the nodes it is sent to. */
  readonly node: number;
  readonly price: Price;
  readonly holdNanos: bigint;
  /** Where there is less for it, its output limit is lowered, down to this. */
  readonly leastNanos: bigint;
  /** Takes more when four fifths of the hold are used. */
  readonly grows: boolean;
  readonly input: Usage;
  readonly upstream: UpstreamScript;
  readonly leaving: Leaving;
}

export interface GrantScript {
  readonly walletId: string;
  readonly nanos: bigint;
  readonly grantKey: string;
  readonly expiresAtMs: number | null;
  readonly spendRank: number;
  /** When it is asked for; more than once where the operator's click was repeated. */
  readonly atMs: readonly number[];
  readonly recalls: boolean;
}

/** How often a message between node and store goes astray; each a probability. */
export interface FaultRates {
  readonly lost: number;
  readonly unacknowledged: number;
  /** Arrives after its sender gave up, up to a minute later. */
  readonly delayed: number;
  readonly repeated: number;
}

/** A node's clocks against the store's. */
export interface ClockScript {
  readonly offsetMs: number;
  /** How much faster than the store's it runs. */
  readonly drift: number;
}

export interface CrashScript {
  readonly node: number;
  readonly atStep: number;
  readonly downMs: number;
  readonly before: boolean;
}

/** A node stands still, and then goes on as if nothing had been. */
export interface PauseScript {
  readonly node: number;
  readonly atMs: number;
  readonly ms: number;
  /** The whole machine: its monotonic clock stood still too. */
  readonly suspends: boolean;
}

export interface Scenario {
  readonly walletIds: readonly string[];
  readonly requests: readonly RequestScript[];
  readonly grants: readonly GrantScript[];
  readonly rates: FaultRates;
  /** The store cannot be reached in these times. */
  readonly outages: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** How many nodes there are where they share a store; elsewhere one. */
  readonly nodeCount: number;
  readonly clocks: readonly ClockScript[];
  /** A node dies at these steps of its own, and comes back after so long. */
  readonly crashes: readonly CrashScript[];
  readonly pauses: readonly PauseScript[];
  /** No fault from here on. */
  readonly calmMs: number;
  /** How long the node's store client waits for an answer. */
  readonly storeTimeoutMs: number;
  /** How often the node writes charges at most, under load. */
  readonly groupMs: number;
  readonly money: MoneyScript;
}

const FREE: Rates = {
  input: 0n,
  cacheRead: 0n,
  cacheWrite5m: 0n,
  cacheWrite1h: 0n,
  audioInput: 0n,
  output: 0n,
  reasoning: 0n,
  audioOutput: 0n,
  imageOutput: 0n,
  searches: 0n,
  characters: 0n,
  seconds: 0n,
};

export const NO_FAULTS: FaultRates = { lost: 0, unacknowledged: 0, delayed: 0, repeated: 0 };

/** 32 hexadecimal digits, as every id has. */
export function idOf(kind: "a" | "b" | "c", number: number): string {
  return kind + number.toString(16).padStart(31, "0");
}

export function drawScenario(random: Random): Scenario {
  const walletIds = random.chance(0.5) ? [idOf("a", 1)] : [idOf("a", 1), idOf("a", 2)];
  const calmMs = random.ms(10_000, 40_000);
  const faulty = random.chance(0.8);
  return {
    walletIds,
    requests: drawRequests(random, walletIds, calmMs),
    grants: walletIds.flatMap((walletId) => drawGrants(random, walletId, calmMs)),
    rates: faulty ? drawFaultRates(random) : NO_FAULTS,
    outages: faulty && random.chance(0.3) ? [drawOutage(random, calmMs)] : [],
    crashes: faulty && random.chance(0.7) ? drawCrashes(random) : [],
    calmMs,
    storeTimeoutMs: random.pick([1_000, 1_000, 12_000]),
    groupMs: random.pick([0, 0, 5, 500]),
    nodeCount: random.pick([1, 2, 2, 3, 3]),
    clocks: Array.from({ length: NODES_MAX }, () => ({
      offsetMs: random.ms(-600_000, 600_000),
      drift: random.ms(-0.05, 0.05),
    })),
    pauses: faulty && random.chance(0.4) ? drawPauses(random, calmMs) : [],
    money: drawMoney(random, walletIds, calmMs),
  };
}

function drawFaultRates(random: Random): FaultRates {
  const most = random.pick([0, 0.02, 0.1, 0.3]);
  return {
    lost: random.next() * most,
    unacknowledged: random.next() * most,
    delayed: random.next() * most,
    repeated: random.next() * most,
  };
}

function drawOutage(random: Random, calmMs: number): { fromMs: number; toMs: number } {
  const fromMs = random.ms(0, calmMs);
  return { fromMs, toMs: Math.min(calmMs, fromMs + random.ms(100, 12_000)) };
}

function drawCrashes(random: Random): Scenario["crashes"] {
  const reach = random.pick([30, 150, 400]);
  return Array.from({ length: random.int(1, 3) }, () => ({
    node: random.int(0, NODES_MAX - 1),
    atStep: random.int(1, reach),
    downMs: random.ms(50, 4_000),
    before: random.chance(0.5),
  }));
}

function drawPauses(random: Random, calmMs: number): PauseScript[] {
  return Array.from({ length: random.int(1, 3) }, () => {
    const atMs = random.ms(0, calmMs);
    const ms = Math.min(random.ms(0, random.pick([1_000, 20_000, 60_000])), calmMs - atMs);
    return { node: random.int(0, NODES_MAX - 1), atMs, ms, suspends: random.chance(0.4) };
  });
}

function drawRequests(random: Random, walletIds: readonly string[], calmMs: number): RequestScript[] {
  const count = random.int(6, 30);
  // Now and then all come at once, so that charges are written in large groups.
  const [fromMs, withinMs] = random.chance(0.15) ? [random.ms(0, calmMs - 1_000), 100] : [0, calmMs];
  return Array.from({ length: count }, (_, index) => {
    const walletId = walletIds[random.int(0, walletIds.length - 1)] ?? "";
    return drawRequest(random, idOf("c", index + 1), walletId, fromMs + random.ms(0, withinMs));
  });
}

/** Prices whose sums often end in a half, so that a wrong rounding shows. */
function drawPrice(random: Random): Price {
  if (random.chance(0.06)) return { rates: FREE, tiers: [], perRequest: 0n, multiplierPpm: 1_000_000n };
  const rates = drawRates(random);
  const tiers = random.chance(0.3)
    ? [{ aboveInputTokens: random.int(20, 200), rates: drawRates(random) }]
    : [];
  return { rates, tiers, perRequest: BigInt(random.int(0, 1)), multiplierPpm: 1_000_000n };
}

function drawRates(random: Random): Rates {
  const nanos = (from: number, to: number) => BigInt(random.int(from, to)) * 250_000n;
  return {
    ...FREE,
    input: nanos(1, 8),
    cacheRead: nanos(0, 2),
    cacheWrite5m: nanos(0, 9),
    cacheWrite1h: nanos(0, 9),
    output: nanos(2, 20),
    reasoning: nanos(2, 20),
  };
}

function drawUpstream(random: Random, input: Usage): UpstreamScript {
  const pieces = Array.from({ length: random.int(1, 6) }, () => ({
    tokens: random.int(1, 40),
    afterMs: random.ms(1, random.pick([20, 400, 4_000])),
  }));
  const output = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
  return {
    firstByteMs: random.ms(5, 1_500),
    pieces,
    usage: { ...input, output, reasoning: random.chance(0.3) ? random.int(0, 60) : 0 },
    failsAt: random.chance(0.12) ? random.int(0, pieces.length) : undefined,
  };
}

function drawLeaving(random: Random): Leaving {
  if (random.chance(0.75)) return { kind: "never" };
  return random.chance(0.5)
    ? { kind: "at-message", count: random.int(1, 7) }
    : { kind: "after", ms: random.ms(0, 6_000) };
}

/** Nanos of everything the request could use at the dearest rates, rounded up. */
function generous(price: Price, usage: Usage): bigint {
  const kinds = Object.keys(usage) as (keyof Usage)[];
  const sums = [price.rates, ...price.tiers.map((tier) => tier.rates)].map((rates) =>
    kinds.reduce((total, kind) => total + rates[kind] * BigInt(usage[kind]), 0n),
  );
  const [most = 0n] = sums.sort((a, b) => (a > b ? -1 : 1));
  return price.perRequest + most / 1_000_000n + 1n;
}

export function drawRequest(
  random: Random,
  requestId: string,
  walletId: string,
  atMs: number,
): RequestScript {
  const price = drawPrice(random);
  const input: Usage = {
    ...NO_USAGE,
    input: random.int(1, 120),
    cacheRead: random.chance(0.3) ? random.int(0, 90) : 0,
    cacheWrite5m: random.chance(0.2) ? random.int(0, 40) : 0,
  };
  const upstream = drawUpstream(random, input);
  const most = generous(price, upstream.usage);
  // One in six holds is too small for what the upstream then reports.
  const percent = random.chance(0.16) ? random.int(20, 95) : random.int(100, 250);
  const holdNanos = price.rates.output === 0n ? 0n : (most * BigInt(percent)) / 100n;
  const leastNanos = random.chance(0.3) ? (holdNanos * BigInt(random.int(5, 90))) / 100n : holdNanos;
  const paying = { holdNanos, leastNanos, grows: random.chance(0.5) };
  const node = random.int(0, NODES_MAX - 1);
  return { requestId, walletId, atMs, node, price, ...paying, input, upstream, leaving: drawLeaving(random) };
}

function drawGrants(random: Random, walletId: string, calmMs: number): GrantScript[] {
  return Array.from({ length: random.int(1, 4) }, (_, index) => {
    const first = index === 0 ? 0 : random.ms(0, calmMs);
    const atMs = [first];
    while (random.chance(0.25)) atMs.push(first + random.ms(0, 5_000));
    return {
      walletId,
      nanos: BigInt(random.int(50, random.pick([600, 6_000, 40_000]))),
      grantKey: `top-up:${walletId}:${index}`,
      expiresAtMs: random.chance(0.4) ? first + random.ms(1_000, calmMs) : null,
      spendRank: random.pick([0, 10]),
      atMs,
      recalls: random.chance(0.5),
    };
  });
}
