import type { Clock } from "../../src/base/clock.ts";
import { Ledger } from "../../src/billing/ledger.ts";
import type { ExchangeLedger } from "./exchange.ts";
import type { ClockScript } from "./scenario.ts";
import { BEGAN_AT, type StoreServer } from "./store-server.ts";
import { type WireWorld, wiredStore } from "./wire.ts";

export const SETTLE_WAIT_MS = 5_000;
const SWEEP_MS = 5_000;
/** Less than the store gives a node, with the clock's drift. */
const LIVE_MS = 13_500;

/** What a node has of the world. */
export interface NodeWorld extends Pick<WireWorld, "note"> {
  now(): number;
  after(ms: number, run: () => void): void;
  calm(): boolean;
  stop(cause: unknown): void;
  /** Nodes share the store, and say that they live. */
  readonly shared: boolean;
  readonly groupMs: number;
  /** How a crash is put before or after a step of this node, if one is. */
  crashAt(node: SimNode): { readonly downMs: number; readonly before: boolean } | undefined;
  /** The store as the node's life finds it. */
  open(node: SimNode): StoreServer;
  wire(node: SimNode, life: number): WireWorld;
  wrap(ledger: Ledger): ExchangeLedger;
  died(node: SimNode): void;
  started(node: SimNode): void;
}

/** A process over its lives. */
export interface SimNode {
  readonly index: number;
  readonly clock: Clock;
  /** Counts its lives; what was begun in an earlier one never goes on. */
  readonly life: number;
  readonly alive: boolean;
  readonly paused: boolean;
  readonly steps: number;
  readonly server: StoreServer;
  readonly ledger: Ledger | undefined;
  readonly gateway: ExchangeLedger | undefined;
  start(): void;
  /** Runs it in the node's life, when the node runs, and perhaps kills the node before or after. */
  resumeIn(life: number, run: () => void): void;
  /** Stands still for so long. */
  pause(ms: number, suspends: boolean): void;
}

export function newNode(world: NodeWorld, index: number, { offsetMs, drift }: ClockScript): SimNode {
  let pausedUntilMs = 0;
  let suspendedMs = 0;
  const monotonic = () => (world.now() - suspendedMs) * (1 + drift);
  let server: StoreServer | undefined;
  const node = {
    index,
    clock: { now: () => Math.floor(BEGAN_AT + world.now() + offsetMs), monotonic },
    life: 0,
    alive: false,
    steps: 0,
    ledger: undefined as Ledger | undefined,
    gateway: undefined as ExchangeLedger | undefined,
    get paused() {
      return world.now() < pausedUntilMs;
    },
    get server(): StoreServer {
      server ??= world.open(node);
      return server;
    },
    start,
    resumeIn,
    pause(ms: number, suspends: boolean) {
      world.note(() => `--- node ${index} stands still for ${ms.toFixed(0)} ms`);
      pausedUntilMs = Math.max(pausedUntilMs, world.now() + ms);
      if (suspends) suspendedMs += ms;
    },
  };

  function resumeIn(life: number, run: () => void): void {
    if (!node.alive || node.life !== life) return;
    if (node.paused) {
      world.after(pausedUntilMs - world.now(), () => resumeIn(life, run));
      return;
    }
    node.steps++;
    const crash = world.calm() ? undefined : world.crashAt(node);
    if (crash?.before) {
      die(crash.downMs);
      return;
    }
    run();
    if (crash) world.after(0, () => node.life === life && die(crash.downMs));
  }

  function die(downMs: number): void {
    world.note(() => `--- node ${index} dies, for ${downMs.toFixed(0)} ms`);
    node.alive = false;
    node.life++;
    node.ledger = undefined;
    node.gateway = undefined;
    world.died(node);
    world.after(downMs, start);
  }

  function start(): void {
    if (node.life > 0) server = world.open(node);
    world.note(() => `--- node ${index} starts (life ${node.life})`);
    node.alive = true;
    const { life } = node;
    const ledger = new Ledger({
      store: wiredStore(world.wire(node, life), node.server.store),
      clock: node.clock,
      settleWaitMs: SETTLE_WAIT_MS,
      idleMs: 10_000,
      groupMs: world.groupMs,
      retryMs: 200,
      liveMs: world.shared ? LIVE_MS : undefined,
      // No timer is so fine that a wait rounds to nothing.
      delay: (ms) =>
        new Promise((resolve) =>
          world.after(Math.max(ms / (1 + drift), 0.01), () => resumeIn(life, resolve)),
        ),
      onFault: (message, cause) => world.note(() => `ledger of node ${index}: ${message} (${String(cause)})`),
    });
    node.ledger = ledger;
    node.gateway = world.wrap(ledger);
    // A start without a store is none; here the ledger tries again with its first request.
    ledger.register().catch(() => undefined);
    every(SWEEP_MS, life, () => void ledger.sweep().catch(world.stop));
    world.started(node);
  }

  function every(ms: number, life: number, run: () => void): void {
    world.after(ms, () => {
      if (node.life !== life) return;
      resumeIn(life, run);
      every(ms, life, run);
    });
  }

  return node;
}
