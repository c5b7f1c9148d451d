import type { Clock } from "../../src/base/clock.ts";
import { Ledger } from "../../src/billing/ledger.ts";
import type { Reservation } from "../../src/billing/reservation.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import type { AuditSummary } from "./auditor/answers.ts";
import { newAuditor } from "./auditor/auditor.ts";
import type { HoldSeen } from "./auditor/seen.ts";
import { type Client, newClient, type RequestLog } from "./client.ts";
import { type ExchangeFlaws, type ExchangeLedger, runExchange } from "./exchange.ts";
import { type Random, seeded } from "./random.ts";
import {
  drawRequest,
  drawScenario,
  type GrantScript,
  idOf,
  NO_FAULTS,
  type RequestScript,
  type Scenario,
} from "./scenario.ts";
import { newScheduler } from "./scheduler.ts";
import { BEGAN_AT, type Storage, type StoreServer } from "./store-server.ts";
import { virtualTimers } from "./virtual-timers.ts";
import { type WireWorld, wiredStore } from "./wire.ts";

const SETTLE_WAIT_MS = 5_000;
const SWEEP_MS = 5_000;
const EXPIRE_MS = 4_000;

/** What a simulation runs on, and what is wrong with it where a test wants to see it caught. */
export interface Setup {
  readonly storage: (clock: Clock, random: Random) => Storage;
  /** The store lives inside the node: no messages, and it dies with it. */
  readonly embedded?: boolean;
  readonly wrapLedger?: (ledger: Ledger) => ExchangeLedger;
  readonly flaws?: ExchangeFlaws;
}

interface Node {
  /** Counts the lives of the node; what was begun in an earlier one never goes on. */
  life: number;
  alive: boolean;
  steps: number;
  ledger: Ledger | undefined;
  gateway: ExchangeLedger | undefined;
}

export interface Outcome extends AuditSummary {
  /** How often the node went on after a wait; a crash can be put before and after each. */
  readonly steps: number;
}

/**
 * Runs one seed.
 * @throws AuditFailure, or whatever broke, when a promise did not hold.
 */
export async function simulate(seed: number, setup: Setup, trace?: string[]): Promise<Outcome> {
  return await simulateScenario(drawScenario(seeded(seed)), seed, setup, trace);
}

/** Like `simulate`, with a scenario that a test has chosen. */
export async function simulateScenario(
  scenario: Scenario,
  seed: number,
  setup: Setup,
  trace?: string[],
): Promise<Outcome> {
  return await newWorld(scenario, setup, seeded(seed + 0x5eed), trace).play();
}

function newWorld(scenario: Scenario, setup: Setup, random: Random, trace: string[] | undefined) {
  const scheduler = newScheduler();
  const auditor = newAuditor();
  const { now, after } = scheduler;
  const calm = () => now() >= scenario.calmMs;
  const storeClock: Clock = { now: () => BEGAN_AT + Math.floor(now()), monotonic: now };
  const nodeClock: Clock = {
    now: () => storeClock.now() + Math.floor(scenario.clockOffsetMs),
    monotonic: now,
  };
  const node: Node = { life: 0, alive: false, steps: 0, ledger: undefined, gateway: undefined };
  const clients: Client[] = [];
  const reservations = new Map<string, Reservation>();
  const storage = setup.storage(storeClock, random);
  let server: StoreServer = storage.open();

  function note(line: () => string): void {
    trace?.push(`${now().toFixed(1).padStart(9)}  ${line()}`);
  }

  /** Runs `run` in the node's life `life`, and perhaps kills the node before or after it. */
  function resumeIn(life: number, run: () => void): void {
    if (!node.alive || node.life !== life) return;
    node.steps++;
    const crash = calm() ? undefined : scenario.crashes.find(({ atStep }) => atStep === node.steps);
    if (crash?.before) {
      die(crash.downMs);
      return;
    }
    run();
    if (crash) after(0, () => node.life === life && die(crash.downMs));
  }

  function die(downMs: number): void {
    note(() => `--- the node dies, for ${downMs.toFixed(0)} ms`);
    node.alive = false;
    node.life++;
    node.ledger = undefined;
    node.gateway = undefined;
    const held = new Set(liveHolds().map((hold) => hold.requestId));
    for (const { log } of clients) if (held.has(log.requestId)) log.crashed = true;
    reservations.clear();
    for (const client of clients) client.nodeDied();
    after(downMs, start);
  }

  function start(): void {
    if (setup.embedded && node.life > 0) server = storage.open();
    note(() => `--- the node starts (life ${node.life})`);
    node.alive = true;
    const { life } = node;
    const ledger = new Ledger({
      store: nodeStore(life),
      clock: nodeClock,
      settleWaitMs: SETTLE_WAIT_MS,
      idleMs: 10_000,
      groupMs: scenario.groupMs,
      retryMs: 200,
      delay: (ms) => new Promise((resolve) => after(ms, () => resumeIn(life, resolve))),
      onFault: (message, cause) => note(() => `ledger: ${message} (${String(cause)})`),
    });
    node.ledger = ledger;
    node.gateway = setup.wrapLedger?.(ledger) ?? ledger;
    // A start without a store is none; here the ledger tries again with its first request.
    ledger.register().catch(() => undefined);
    every(SWEEP_MS, life, () => void ledger.sweep().catch(scheduler.stop));
  }

  function every(ms: number, life: number, run: () => void): void {
    after(ms, () => {
      if (node.life !== life) return;
      resumeIn(life, run);
      every(ms, life, run);
    });
  }

  function nodeStore(life: number): LedgerStore {
    const wire: WireWorld = {
      random,
      now,
      after,
      resume: (run) => resumeIn(life, run),
      rates: () => (calm() || setup.embedded ? NO_FAULTS : scenario.rates),
      inOutage: () =>
        !setup.embedded && scenario.outages.some(({ fromMs, toMs }) => now() >= fromMs && now() < toMs),
      alive: () => !setup.embedded || (node.alive && node.life === life),
      works: (work) => setup.embedded && scheduler.awaits(work),
      calmMs: scenario.calmMs,
      storeTimeoutMs: scenario.storeTimeoutMs,
      note,
      faultHit,
      committed: audit,
      answered: () => server.answered(),
      storeFailed: scheduler.stop,
    };
    return wiredStore(wire, server.store);
  }

  /** Goes on with what the store answers: at once where it is there, otherwise before time goes on. */
  function onceAnswered<Answer>(answer: Answer | Promise<Answer>, go: (answer: Answer) => void): void {
    const guarded = (value: Answer) => {
      try {
        go(value);
      } catch (cause) {
        scheduler.stop(cause);
      }
    };
    if (answer instanceof Promise) scheduler.awaits(answer.then(guarded, scheduler.stop));
    else guarded(answer);
  }

  function faultHit(requestIds: readonly string[]): void {
    for (const { log } of clients) {
      if (requestIds.includes(log.requestId)) log.storeFaults++;
      if (log.client === "waiting" || reservations.has(log.requestId)) log.nearFaults++;
    }
  }

  function audit(): void {
    if (!server.transparent) return;
    const holds = liveHolds();
    onceAnswered(server.dump(), (dump) => auditor.moment(dump, holds));
  }

  function liveHolds(): HoldSeen[] {
    const holds: HoldSeen[] = [];
    for (const { requestId, epoch, legs, state } of reservations.values()) {
      if (state !== "reserved" && state !== "settling") continue;
      holds.push({
        requestId,
        epoch,
        legs: legs.map(({ slice, holdNanos }) => ({ lotId: slice.lotId, nanos: holdNanos })),
      });
    }
    return holds;
  }

  function reserved(log: RequestLog, result: Awaited<ReturnType<ExchangeLedger["reserve"]>>): void {
    note(() => `gateway: ${log.requestId} ${result.kind}, hold ${log.holdNanos}`);
    if (result.kind === "reserved") {
      reservations.set(log.requestId, result.reservation);
      // A message that came too late ended the epoch, and the node cannot know it yet.
      if (result.reservation.epoch !== server.epoch()) log.nearFaults++;
    } else {
      log.refusal = { kind: result.kind, atMs: now() };
    }
    audit();
  }

  function arrive(script: RequestScript): void {
    const { life } = node;
    const client = newClient(
      { random, now, after, resume: (run) => resumeIn(life, run), note, reserved },
      script,
    );
    clients.push(client);
    note(() => `${script.requestId} of wallet ${script.walletId} arrives, hold ${script.holdNanos}`);
    if (!node.alive) client.nodeDied();
    resumeIn(life, () => {
      const { gateway } = node;
      if (gateway) runExchange(gateway, client.connection, script, setup.flaws ?? {}).catch(scheduler.stop);
    });
  }

  function grant(script: GrantScript): void {
    const ask = () => {
      // An operator of one process asks again when it runs again.
      if (setup.embedded && !node.alive) {
        after(500, ask);
        return;
      }
      onceAnswered(server.grant(script), (made) => {
        note(() => `operator: ${script.grantKey} ${script.nanos}${made ? "" : " (again)"}`);
        audit();
        const { ledger } = node;
        if (script.recalls && ledger)
          resumeIn(node.life, () => void ledger.recall(script.walletId).catch(scheduler.stop));
      });
    };
    for (const atMs of script.atMs) after(atMs, ask);
  }

  function expireRegularly(): void {
    after(EXPIRE_MS, () => {
      if (node.alive || !setup.embedded) {
        onceAnswered(server.expire(), audit);
      }
      expireRegularly();
    });
  }

  /** Long after the last fault, each wallet is asked for a little, twice: the ledger must be well again. */
  function probe(walletId: string, number: number): void {
    const script = {
      ...drawRequest(random, idOf("b", number), walletId, 0),
      leaving: { kind: "never" as const },
    };
    const upstream = { ...script.upstream, failsAt: undefined };
    after(scenario.calmMs + (number % 2 === 0 ? 10_000 : 45_000), () => arrive({ ...script, upstream }));
  }

  async function play(): Promise<Outcome> {
    const restore = setup.embedded
      ? virtualTimers((ms, run) => {
          const { life } = node;
          after(ms, () => resumeIn(life, run));
        })
      : undefined;
    try {
      return await playOut();
    } finally {
      restore?.();
      await storage.dispose();
    }
  }

  async function playOut(): Promise<Outcome> {
    for (const walletId of scenario.walletIds) await server.addWallet(walletId);
    scenario.grants.forEach(grant);
    after(0, start);
    for (const script of scenario.requests) after(script.atMs, () => arrive(script));
    for (const [index, walletId] of scenario.walletIds.entries()) {
      probe(walletId, 2 * index + 2);
      probe(walletId, 2 * index + 3);
    }
    expireRegularly();
    const endMs = scenario.calmMs + 110_000;
    await scheduler.run(endMs);
    const { ledger } = node;
    const summary = auditor.end({
      requests: clients.map(({ log }) => log),
      grants: scenario.grants.filter((script) => script.atMs.some((atMs) => atMs <= endMs)),
      dump: await server.dump(),
      heldNanos: scenario.walletIds.reduce((sum, walletId) => sum + (ledger?.heldNanos(walletId) ?? 0n), 0n),
      running: ledger?.running ?? 0,
      settleWaitMs: SETTLE_WAIT_MS,
    });
    return { ...summary, steps: node.steps };
  }

  return { play };
}
