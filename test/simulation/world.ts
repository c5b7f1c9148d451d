import type { Clock } from "../../src/base/clock.ts";
import type { Ledger } from "../../src/billing/ledger.ts";
import type { Reservation } from "../../src/billing/reservation.ts";
import type { AuditSummary } from "./auditor/answers.ts";
import { newAuditor } from "./auditor/auditor.ts";
import type { Dump, HoldSeen } from "./auditor/seen.ts";
import { type Client, newClient, type RequestLog } from "./client.ts";
import { type ExchangeFlaws, type ExchangeLedger, runExchange } from "./exchange.ts";
import { moneySide } from "./money-world.ts";
import { newNode, SETTLE_WAIT_MS, type SimNode } from "./node.ts";
import { type Random, seeded } from "./random.ts";
import {
  drawRequest,
  drawScenario,
  type GrantScript,
  idOf,
  NO_FAULTS,
  type PauseScript,
  type RequestScript,
  type Scenario,
} from "./scenario.ts";
import { newScheduler } from "./scheduler.ts";
import { BEGAN_AT, type Storage, type StoreServer } from "./store-server.ts";
import { virtualTimers } from "./virtual-timers.ts";
import type { WireWorld } from "./wire.ts";

const EXPIRE_MS = 4_000;
/** How late a node hears what another asks of all. */
const NOTICE_MS = 250;

/** What a simulation runs on, and what is wrong with it where a test wants to see it caught. */
export interface Setup {
  readonly storage: (clock: Clock, random: Random) => Storage;
  /** The store lives inside the node: no messages, and it dies with it. */
  readonly embedded?: boolean;
  /** The store is of the same machine: no message goes astray. */
  readonly near?: boolean;
  /** The store is a real one, that answers when it likes: time waits for it. */
  readonly real?: boolean;
  readonly wrapLedger?: (ledger: Ledger) => ExchangeLedger;
  readonly flaws?: ExchangeFlaws;
  /** Only messages of these names go astray, and nothing else happens to any node. */
  readonly onlyLoses?: RegExp;
}

export interface Outcome extends AuditSummary {
  /** How often nodes went on after a wait; a crash can be put before and after each. */
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
  const quiet = { ...scenario, crashes: [], pauses: [], outages: [] };
  const played = setup.onlyLoses ? quiet : scenario;
  return await newWorld(played, setup, seeded(seed + 0x5eed), trace).play();
}

function newWorld(scenario: Scenario, setup: Setup, random: Random, trace: string[] | undefined) {
  const scheduler = newScheduler();
  const { now, after } = scheduler;
  const calm = () => now() >= scenario.calmMs;
  const storeClock: Clock = { now: () => BEGAN_AT + Math.floor(now()), monotonic: now };
  const clients: Client[] = [];
  /** Whose client it is. */
  const nodeOf = new Map<RequestLog, SimNode>();
  const reservations = new Map<string, Reservation>();
  let unanswered = 0;
  const storage = setup.storage(storeClock, random);
  const shared = storage.shared ?? false;
  const drifts = shared ? scenario.clocks.map(({ drift }) => Math.abs(drift)) : [];
  const auditor = newAuditor(60 + Math.max(0, ...drifts) * scenario.calmMs);
  const operator = shared ? storage.open() : undefined;
  const alone = shared ? undefined : storage.open();
  const nodes = Array.from({ length: shared ? scenario.nodeCount : 1 }, (_, index) => makeNode(index));
  const money = moneySide({ random, scenario, nodes, now, after, note, wire });

  function note(line: () => string): void {
    trace?.push(`${now().toFixed(1).padStart(9)}  ${line()}`);
  }

  function makeNode(index: number): SimNode {
    const { offsetMs, drift } = scenario.clocks[index] ?? { offsetMs: 0, drift: 0 };
    const world = {
      now,
      after,
      calm,
      note,
      stop: scheduler.stop,
      shared,
      groupMs: scenario.groupMs,
      crashAt: ({ steps }: SimNode) =>
        scenario.crashes.find(({ atStep, node }) => atStep === steps && node % nodes.length === index),
      open: ({ life }: SimNode) =>
        alone && (life === 0 || !setup.embedded) ? alone : storage.open(shared ? index : undefined),
      wire,
      wrap: (ledger: Ledger) => setup.wrapLedger?.(ledger) ?? ledger,
      died,
      started: (node: SimNode) => money.nodeStarted(node),
    };
    return newNode(world, index, { offsetMs, drift: shared ? drift : 0 });
  }

  /** Any node's, in the index of a script. */
  function nodeAt(index: number): SimNode {
    const node = nodes[index % nodes.length];
    if (!node) throw new Error("there is no node");
    return node;
  }

  /** Where the operator asks: a process of its own, or the one that there is. */
  function operatorServer(): StoreServer {
    return operator ?? nodeAt(0).server;
  }

  function clientsOf(node: SimNode): Client[] {
    return clients.filter(({ log }) => nodeOf.get(log) === node);
  }

  function died(node: SimNode): void {
    const held = new Set(liveHolds().map((hold) => hold.requestId));
    for (const { log } of clientsOf(node)) {
      if (held.has(log.requestId)) log.crashed = true;
      reservations.delete(log.requestId);
    }
    for (const client of clientsOf(node)) client.nodeDied();
  }

  function pause({ node: index, ms, suspends }: PauseScript): void {
    const node = nodeAt(index);
    if (!node.alive || node.paused || setup.embedded) return;
    node.pause(ms, suspends);
    const began = now();
    const hit = () => {
      for (const { log } of clientsOf(node)) {
        if (log.client !== "waiting" && !reservations.has(log.requestId)) continue;
        log.nearFaults++;
        log.pausedMs += now() - began;
      }
    };
    hit();
    after(ms, hit);
  }

  function wire(node: SimNode, life: number): WireWorld {
    return {
      random,
      now,
      after,
      resume: (run) => node.resumeIn(life, run),
      rates: () => (calm() || setup.embedded || setup.near ? NO_FAULTS : scenario.rates),
      inOutage: () =>
        !setup.embedded &&
        !setup.near &&
        scenario.outages.some(({ fromMs, toMs }) => now() >= fromMs && now() < toMs),
      fails: (call) => setup.onlyLoses?.test(call) ?? true,
      alive: () => !setup.embedded || (node.alive && node.life === life),
      works: (work) => {
        if (setup.embedded || setup.real) scheduler.awaits(work);
      },
      calmMs: scenario.calmMs,
      storeTimeoutMs: scenario.storeTimeoutMs,
      note,
      faultHit,
      unanswered: (more) => {
        unanswered += more;
      },
      committed: audit,
      answered: () => node.server.answered(),
      storeFailed: scheduler.stop,
      tellOthers: (walletId) => tellNodes(walletId, node),
    };
  }

  /** What is written for all nodes is heard by each a little later. */
  function tellNodes(walletId: string, teller?: SimNode): void {
    for (const node of nodes) {
      if (node === teller) continue;
      const { life } = node;
      const recall = () => void node.ledger?.recall(walletId).catch(scheduler.stop);
      after(random.ms(0, NOTICE_MS), () => node.resumeIn(life, recall));
    }
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
    const server = operatorServer();
    if (!server.transparent) return;
    const holds = liveHolds();
    onceAnswered(server.dump(), (dump) => {
      noteEnded(dump);
      auditor.moment(dump, holds);
    });
  }

  /** An epoch was ended while requests of it ran, and their node cannot know it yet. */
  function noteEnded({ epochs }: Dump): void {
    for (const { log } of clients) {
      const epoch = reservations.get(log.requestId)?.epoch;
      if (epoch !== undefined && !epochs.includes(epoch)) log.nearFaults++;
    }
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

  function reserved(
    node: SimNode,
    log: RequestLog,
    result: Awaited<ReturnType<ExchangeLedger["reserve"]>>,
  ): void {
    if (result.kind === "reserved") {
      note(() => `gateway ${node.index}: ${log.requestId} reserved, hold ${log.holdNanos}`);
      reservations.set(log.requestId, result.reservation);
      // A message that came too late ended the epoch, and the node cannot know it yet.
      if (result.reservation.epoch !== node.server.epoch()) log.nearFaults++;
    } else {
      note(() => `gateway ${node.index}: ${log.requestId} ${result.kind}`);
      log.refusal = { kind: result.kind, atMs: now() };
      // It waited for what an earlier fault had lost.
      if (unanswered > 0) log.nearFaults++;
    }
    audit();
  }

  function arrive(script: RequestScript): void {
    const node = nodeAt(script.node);
    const { life } = node;
    const client = newClient(
      {
        random,
        now,
        after,
        resume: (run) => node.resumeIn(life, run),
        note,
        reserved: (log, result) => reserved(node, log, result),
      },
      script,
    );
    clients.push(client);
    nodeOf.set(client.log, node);
    note(() => `${script.requestId} of wallet ${script.walletId} arrives, hold ${script.holdNanos}`);
    if (!node.alive) client.nodeDied();
    node.resumeIn(life, () => {
      const { gateway } = node;
      if (gateway) runExchange(gateway, client.connection, script, setup.flaws ?? {}).catch(scheduler.stop);
    });
  }

  function grant(script: GrantScript): void {
    const ask = () => {
      // An operator of one process asks again when it runs again.
      if (setup.embedded && !nodeAt(0).alive) {
        after(500, ask);
        return;
      }
      onceAnswered(operatorServer().grant(script), (made) => {
        note(() => `operator: ${script.grantKey} ${script.nanos}${made ? "" : " (again)"}`);
        audit();
        if (script.recalls) tellNodes(script.walletId);
      });
    };
    for (const atMs of script.atMs) after(atMs, ask);
  }

  function expireRegularly(): void {
    after(EXPIRE_MS, () => {
      if (nodeAt(0).alive || !setup.embedded) {
        const server = operatorServer();
        const swept = async () => {
          await server.expire();
          await server.money?.payments.collectDebts(storeClock.now());
        };
        onceAnswered(server.money ? swept() : server.expire(), audit);
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
    const restore = ownTimers();
    try {
      return await playOut();
    } finally {
      restore();
      await storage.dispose();
    }
  }

  /** What code without a port for its timers waits for: simulated time, or, of a store's time-outs, nothing. */
  function ownTimers(): () => void {
    if (setup.real) return virtualTimers(() => undefined);
    if (!setup.embedded) return () => undefined;
    return virtualTimers((ms, run) => {
      const node = nodeAt(0);
      const { life } = node;
      after(ms, () => node.resumeIn(life, run));
    });
  }

  async function playOut(): Promise<Outcome> {
    const server = operatorServer();
    for (const walletId of scenario.walletIds) await server.addWallet(walletId);
    if (server.money) await money.begin(server.money);
    scenario.grants.forEach(grant);
    for (const node of nodes) after(0, node.start);
    for (const script of scenario.requests) after(script.atMs, () => arrive(script));
    for (const script of scenario.pauses) after(script.atMs, () => pause(script));
    for (const [index, walletId] of scenario.walletIds.entries()) {
      probe(walletId, 2 * index + 2);
      probe(walletId, 2 * index + 3);
    }
    expireRegularly();
    const endMs = scenario.calmMs + 110_000;
    await scheduler.run(endMs);
    const ledgers = nodes.flatMap(({ ledger }) => ledger ?? []);
    const summary = auditor.end({
      requests: clients.map(({ log }) => log),
      grants: scenario.grants.filter((script) => script.atMs.some((atMs) => atMs <= endMs)),
      payments: server.money ? money.payments : [],
      offers: server.money ? money.offers() : [],
      dump: await operatorServer().dump(),
      heldNanos: ledgers.reduce((sum, ledger) => sum + heldIn(ledger), 0n),
      running: ledgers.reduce((sum, { running }) => sum + running, 0),
      expires: true,
      settleWaitMs: SETTLE_WAIT_MS,
    });
    return { ...summary, steps: nodes.reduce((sum, { steps }) => sum + steps, 0) };
  }

  function heldIn(ledger: Ledger): bigint {
    return scenario.walletIds.reduce((sum, walletId) => sum + ledger.heldNanos(walletId), 0n);
  }

  return { play };
}
