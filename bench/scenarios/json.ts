import { jsonBody } from "../bodies.ts";
import { countGatewaySyncs, describeSyncs } from "../gateway-syncs.ts";
import { latencyTable, measureLatencies } from "../latency.ts";
import { interleave, runLoad, type Sample } from "../measure.ts";
import { processMemory } from "../process-stats.ts";
import { ownThroughput, pairedRatio, yardstickThroughput } from "../ratios.ts";
import { type Budget, budget, type ScenarioReport, type Table } from "../report.ts";
import { available, type Run, whyNot, withProxies } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";
import type { Target } from "../targets.ts";

const THROUGHPUT_TO_RELAY = 0.65;
const THROUGHPUT_TO_NGINX = 0.25;

type Targets = ReadonlyMap<string, Target>;
type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Whole answers of 1 KB: throughput, CPU, added latency, memory and, for the gateway, syncs. */
export async function jsonScenario(run: Run): Promise<ScenarioReport> {
  const proxies = available(run.options, ["gateway", "relay", "nginx"]);
  return withProxies(proxies.names, run.ground, true, async (started) => {
    // The upstream itself is loaded too: it shows what the harness can carry.
    const targets: Targets = new Map<string, Target>([["direct", run.ground.upstream], ...started]);
    const before = rssKb(targets);
    const loaded = await loadAll(run, targets);
    const memory = memoryTable(targets, before);
    const latencies = await measureLatencies(run, targets);
    const gateway = started.get("gateway");
    const syncs = gateway && (await countGatewaySyncs(run, gateway));
    const proof = await gateway?.prove?.();
    const title = `Whole answers, 1 KB bodies, ${run.options.connections} connections`;
    return {
      scenario: "json",
      tables: [loadTable(title, loaded, "answer"), latencyTable(latencies), memory],
      budgets: [
        throughputBudget(loaded, "relay", THROUGHPUT_TO_RELAY, whyNot(proxies, "gateway", "relay")),
        throughputBudget(loaded, "nginx", THROUGHPUT_TO_NGINX, whyNot(proxies, "gateway", "nginx")),
      ],
      notes: [
        ...ratioNotes(loaded),
        ...sampleNotes(loaded),
        ...(syncs ? [describeSyncs(syncs)] : []),
        ...(proof ? [`gateway: ${proof}`] : []),
      ],
      figures: {
        loaded: Object.fromEntries(loaded),
        latencies: latencies.map(({ connections, samples }) => ({
          connections,
          ...Object.fromEntries(samples),
        })),
        memoryMb: memory.rows,
        syncs,
        proof,
      },
    };
  });
}

function loadAll({ options, ground }: Run, targets: Targets): Promise<Samples> {
  return interleave([...targets.keys()], options.rounds, (name, round) =>
    runLoad(ground, targets.get(name) ?? ground.upstream, {
      body: jsonBody(),
      connections: options.connections,
      warmupMs: round === 0 ? 1_500 : 500,
      windowMs: options.windowMs,
    }),
  );
}

function throughputBudget(loaded: Samples, yardstick: string, limit: number, why: string): Budget {
  const [measured, reference] = [loaded.get("gateway"), loaded.get(yardstick)];
  const name = `throughput, gateway / ${yardstick}`;
  if (measured === undefined || reference === undefined) return budget(name, "higher", limit, why);
  return budget(name, "higher", limit, pairedRatio(measured, reference, ownThroughput, yardstickThroughput));
}

/** The plain ratios behind the budgets, between all proxies that were measured. */
function ratioNotes(loaded: Samples): string[] {
  const pairs = [
    ["gateway", "relay"],
    ["gateway", "nginx"],
    ["relay", "nginx"],
  ] as const;
  return pairs.flatMap(([above, below]) => {
    const [measured, reference] = [loaded.get(above), loaded.get(below)];
    if (measured === undefined || reference === undefined) return [];
    const judged = pairedRatio(measured, reference, ownThroughput, yardstickThroughput).median.toFixed(2);
    const plain = pairedRatio(measured, reference, (sample) => sample.answersPerSecond).median.toFixed(2);
    const cpu = pairedRatio(measured, reference, (sample) => sample.cpuMicrosPerAnswer).median.toFixed(2);
    return [`${above} / ${below}: throughput ${judged} (as measured ${plain}), CPU an answer ${cpu}.`];
  });
}

function rssKb(targets: Targets): ReadonlyMap<string, number> {
  return new Map([...targets].map(([name, target]) => [name, processMemory(target.pid).rssKb]));
}

function memoryTable(targets: Targets, before: ReadonlyMap<string, number>): Table {
  const mb = (kb = Number.NaN): string => (kb / 1024).toFixed(0);
  const rows = [...targets].map(([name, { pid }]) => {
    const after = processMemory(pid);
    return [name, mb(before.get(name)), mb(after.rssKb), mb(after.peakKb)];
  });
  return {
    title: "Resident memory, MB",
    head: ["target", "at start", "after load", "peak"],
    rows,
  };
}
