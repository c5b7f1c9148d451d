import { readFileSync } from "node:fs";
import { FRAMING_EVENTS } from "../answers.ts";
import { CHAT_PATH, idleBody, SHORT_STREAM_EVENTS, shortStreamBody } from "../bodies.ts";
import { startChild } from "../child.ts";
import type { HoldPlan } from "../hold-streams.ts";
import { median } from "../latencies.ts";
import { runLoad } from "../measure.ts";
import { processCpuMs, processMemory } from "../process-stats.ts";
import { spread } from "../ratios.ts";
import { budget, type ScenarioReport } from "../report.ts";
import { available, type ProxyName, type Run, startProxy } from "../run.ts";
import type { Ground, Target } from "../targets.ts";

const KB_A_STREAM = 30;
/** Longer than the ten seconds between two events: every stream has had one more by then. */
const SETTLE_MS = 11_500;
/** Files that a proxy needs besides its two sockets a stream. */
const OTHER_FILES = 300;
const READINGS = 5;

type Held = {
  readonly streams: number;
  readonly warmKb: number;
  readonly heldKb: number;
  readonly afterKb: number;
  readonly kbAStream: number;
  readonly cpuPercent: number;
  readonly lost: readonly string[];
};

/** Thousands of streams that hardly say anything: the memory of each. Every target starts afresh for it. */
export async function idleScenario({ options, ground }: Run): Promise<ScenarioReport> {
  const proxies = available(options, ["gateway", "relay", "nginx"]);
  const streams = Math.min(options.streams, streamsThatFit());
  const held = new Map<ProxyName, Held>();
  for (const name of proxies.names) {
    const target = await startProxy(name, ground, false);
    try {
      held.set(name, await holdStreams(ground, target, streams));
    } finally {
      await target.stop();
    }
  }
  const gateway = held.get("gateway");
  const perStream = "KB a stream, gateway";
  return {
    scenario: "idle",
    tables: [idleTable(streams, held)],
    budgets: [
      budget(
        perStream,
        "lower",
        KB_A_STREAM,
        gateway ? spread([gateway.kbAStream]) : (proxies.missing.get("gateway") ?? ""),
      ),
    ],
    notes: [
      "Memory is the proxy's own (VmRSS); the kernel's socket buffers are not in it.",
      ...(streams < options.streams
        ? [`Only ${streams} streams: each needs two files of the proxy, and "ulimit -Hn" allows no more.`]
        : []),
      ...[...held].flatMap(([name, { lost }]) =>
        lost.length === 0 ? [] : [`${name}: ${lost.length} streams ended early: ${lost[0]}`],
      ),
    ],
    figures: Object.fromEntries(held),
  };
}

function idleTable(streams: number, held: ReadonlyMap<ProxyName, Held>): ScenarioReport["tables"][number] {
  const mb = (kb: number): string => (kb / 1024).toFixed(1);
  const rows = [...held].map(([name, one]) => [
    name,
    mb(one.warmKb),
    mb(one.heldKb),
    one.kbAStream.toFixed(1),
    mb(one.afterKb),
    one.cpuPercent.toFixed(1),
  ]);
  const head = ["target", "warm MB", "held MB", "KB a stream", "after close MB", "CPU % held"];
  return { title: `${streams} streams, one event each 10 s`, head, rows };
}

/** Bun raises its soft limit to the hard one, and so do the targets; nginx is told a number of its own. */
function streamsThatFit(): number {
  if (process.platform !== "linux") return Number.POSITIVE_INFINITY;
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
  return hard === undefined || hard === "unlimited"
    ? Number.POSITIVE_INFINITY
    : Math.floor((Number(hard) - OTHER_FILES) / 2);
}

async function holdStreams(ground: Ground, target: Target, streams: number): Promise<Held> {
  await warmUp(ground, target);
  const warmKb = await steadyRssKb(target.pid);
  const key =
    target.keysFile === undefined ? undefined : readFileSync(target.keysFile, "latin1").split("\n")[0];
  const plan: HoldPlan = {
    port: target.port,
    path: CHAT_PATH,
    body: idleBody(),
    key,
    streams,
  };
  const command = [process.execPath, "bench/hold-streams.ts", JSON.stringify(plan)];
  const holder = startChild({ command, env: {}, core: ground.cores.generator });
  try {
    await holder.line("held");
    const cpuBeforeMs = processCpuMs(target.pid);
    await Bun.sleep(SETTLE_MS);
    const cpuMs = processCpuMs(target.pid) - cpuBeforeMs;
    const heldKb = await steadyRssKb(target.pid);
    const lost = holder.lines().filter((line) => line.startsWith("lost "));
    await holder.stop();
    await Bun.sleep(2_000);
    const afterKb = processMemory(target.pid).rssKb;
    return {
      streams,
      warmKb,
      heldKb,
      afterKb,
      kbAStream: (heldKb - warmKb) / streams,
      cpuPercent: (cpuMs * 100) / SETTLE_MS,
      lost,
    };
  } finally {
    await holder.stop();
  }
}

/** Short streams first, so that compiled code and pools are not counted as memory of the streams. */
async function warmUp(ground: Ground, target: Target): Promise<void> {
  await runLoad(ground, target, {
    body: shortStreamBody(),
    connections: 64,
    warmupMs: 200,
    windowMs: 800,
    eventsPerStream: SHORT_STREAM_EVENTS + FRAMING_EVENTS,
  });
  await Bun.sleep(1_500);
}

async function steadyRssKb(pid: number): Promise<number> {
  const readings: number[] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    readings.push(processMemory(pid).rssKb);
    await Bun.sleep(100);
  }
  return median(readings);
}
