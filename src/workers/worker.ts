import { type Calls, callsOver } from "../base/calls.ts";
import { systemClock } from "../base/clock.ts";
import { cpuSeconds } from "../base/cpu-seconds.ts";
import { loadTokens } from "../base/tokens.ts";
import { buildGateway, type RunningGateway } from "../build-gateway.ts";
import type { Settings } from "../config/settings.ts";
import type { Log } from "../core/log.ts";
import { type GatewayHome, openWorkerHome } from "../home.ts";
import { type Cooldowns, memoryCooldowns } from "../routing/cooldowns.ts";
import { type RunningServer, serveAt } from "../server.ts";
import type { Notice } from "../storage/postgres/notices.ts";
import type { Beginning, WorkerReport } from "./beginning.ts";
import type { DeclaredNow } from "./crew.ts";
import { handOver } from "./hand-over.ts";
import { remoteHome, remoteLimits, sharedCooldowns, toldHistory } from "./remote-stores.ts";

const LEASES_EVERY_MS = 5_000;
/** The exit code of a worker whose parent has gone. */
const ORPHANED = 70;

export interface WorkerOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** Sends to the parent. */
  readonly post: (batch: unknown) => void;
}

interface Parts {
  readonly running: RunningGateway;
  /** Of this process: what others tell goes no further. */
  readonly cooldowns: Cooldowns;
  readonly server: RunningServer;
  readonly close: () => Promise<void>;
}

/** The stores of the parent, or, with PostgreSQL, a node's own. */
async function openHome(
  { databaseUrl, ...settings }: Settings,
  ask: Calls["ask"],
  secret: string,
): Promise<{ home: GatewayHome; close: () => Promise<void> }> {
  if (databaseUrl === undefined) return { home: remoteHome(ask, secret), close: async () => {} };
  const home = await openWorkerHome({ ...settings, databaseUrl }, databaseUrl, secret);
  return { home: { ...home, history: toldHistory(home.history, ask) }, close: home.close };
}

async function build({ settings, log }: WorkerOptions, ask: Calls["ask"]): Promise<Parts> {
  const beginning = (await ask("begin")) as Beginning;
  const { id, secret, address, handOverPath, config, discovered, lines } = beginning;
  const { home, close } = await openHome(settings, ask, secret);
  const cooldowns = memoryCooldowns(systemClock);
  const running = await buildGateway({
    home,
    settings,
    ...{ config, discovered, lines },
    log: (level, message, fields) => log(level, message, { worker: id, ...fields }),
    limitStore: remoteLimits(ask),
    cooldowns: sharedCooldowns(cooldowns, ask),
  });
  const { gateway, declarations } = running;
  const beside = handOver(handOverPath, settings, declarations.config);
  const server = serveAt(address, { gateway, beside, sharesPort: true });
  if (declarations.config().upstreams.some(({ provider }) => provider === "demo")) void loadTokens();
  return { running, cooldowns, server, close };
}

/** What the parent asks of its worker. */
function answersOf({ running, cooldowns, server, close }: Parts) {
  const { gateway } = running;
  let stopping: Promise<void> | undefined;

  async function stopWithin(ms: number): Promise<void> {
    const end = performance.now() + ms;
    const leftMs = () => Math.max(0, end - performance.now());
    server.refuseNew();
    await running.idle(leftMs());
    // A charged answer may still be on its way to a slow client.
    await Promise.race([server.stopAccepting(), Bun.sleep(leftMs())]);
    await running.finish();
    await close();
    process.exit(0);
  }

  return {
    notice: (notice: Notice) => running.onNotice(notice),
    async configure({ config, discovered, lines }: DeclaredNow) {
      await running.configure(config, discovered, lines);
    },
    "target.failed": cooldowns.failed,
    "target.served": cooldowns.served,
    flush: () => running.flush(),
    held: (walletId: string) => gateway.ledger.heldNanos(walletId),
    report: (): WorkerReport => ({
      running: gateway.running.size,
      permits: gateway.limiter.held,
      charging: gateway.ledger.charging,
      rssBytes: process.memoryUsage.rss(),
      cpuSeconds: cpuSeconds(),
    }),
    stop(ms: number) {
      stopping ??= stopWithin(ms);
      return stopping;
    },
  };
}

/**
 * One of the processes that serve requests: a node of its parent's ledger, which listens on the port with the others.
 * Resolves when it takes requests; `take` is given what the parent sends.
 */
export function startWorker(options: WorkerOptions): { take(batch: unknown): void; started: Promise<void> } {
  const { settings, log } = options;
  const building = Promise.withResolvers<ReturnType<typeof answersOf>>();

  /** What is told while the worker still begins is done once it has. */
  async function answerWhenBuilt(name: string, args: readonly unknown[]): Promise<unknown> {
    const answers: Readonly<Record<string, (...args: never[]) => unknown>> = await building.promise;
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (!answer) throw new Error(`there is no call "${name}"`);
    return await answer(...(args as never[]));
  }

  const calls = callsOver({
    post: options.post,
    answer(name, args) {
      // A worker that begins lives, however long its stores take to open.
      return name === "beat" ? undefined : answerWhenBuilt(name, args);
    },
  });

  async function start(): Promise<void> {
    const parts = await build(options, calls.ask);
    const answers = answersOf(parts);
    building.resolve(answers);
    setInterval(() => void parts.running.gateway.ledger.sweep(), LEASES_EVERY_MS).unref();
    process.on("SIGTERM", () => void answers.stop(settings.drainMs));
    await calls.ask("ready");
  }

  process.on("disconnect", () => {
    log("error", "the process that keeps the books has gone; its worker ends");
    process.exit(ORPHANED);
  });
  // A terminal sends them to every process: the parent says when its workers end.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
  return { take: calls.take, started: start() };
}
