import { jsonBody } from "./bodies.ts";
import { interleave, runLoad, type Sample } from "./measure.ts";
import { figure } from "./ratios.ts";
import type { Table } from "./report.ts";
import type { Run } from "./run.ts";
import { ms } from "./tables.ts";
import type { Target } from "./targets.ts";

/** The windows of each target at one number of connections. */
export type Latency = {
  readonly connections: number;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
};

/** Few enough that nothing queues: what is added is the proxy's own work. */
const CONNECTIONS = [1, 8];
const WINDOW_MS_MAX = 2_000;

/** Loads every target, the upstream itself among them as "direct", at few connections. */
export async function measureLatencies(
  { options, ground }: Run,
  targets: ReadonlyMap<string, Target>,
): Promise<Latency[]> {
  const found: Latency[] = [];
  for (const connections of CONNECTIONS) {
    const samples = await interleave([...targets.keys()], options.rounds, (name) =>
      runLoad(ground, targets.get(name) ?? ground.upstream, {
        body: jsonBody(),
        connections,
        warmupMs: 300,
        windowMs: Math.min(options.windowMs, WINDOW_MS_MAX),
      }),
    );
    found.push({ connections, samples });
  }
  return found;
}

/** The latencies as a table; what is added is a target's median less that of "direct". */
export function latencyTable(latencies: readonly Latency[]): Table {
  const rows = latencies.flatMap(({ connections, samples }) => {
    const direct = percentiles(samples.get("direct") ?? []);
    return [...samples].map(([name, windows]) => {
      const { p50, p99 } = percentiles(windows);
      const added = name === "direct" ? [] : [ms(p50 - direct.p50), ms(p99 - direct.p99)];
      return [name, String(connections), ms(p50), ms(p99), ...added];
    });
  });
  const head = ["target", "connections", "p50 ms", "p99 ms", "added p50", "added p99"];
  return {
    title: "Latency at few connections; added = less the upstream's own",
    head,
    rows,
  };
}

function percentiles(windows: readonly Sample[]): { p50: number; p99: number } {
  return {
    p50: figure(windows, (sample) => sample.p50Micros).median,
    p99: figure(windows, (sample) => sample.p99Micros).median,
  };
}
