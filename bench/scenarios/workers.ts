import { availableParallelism } from "node:os";
import { jsonBody } from "../bodies.ts";
import { startGateway } from "../gateway.ts";
import { interleave, runLoad, type Sample } from "../measure.ts";
import { pairedRatio } from "../ratios.ts";
import { budget, formatSpread, type ScenarioReport } from "../report.ts";
import type { Run } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";
import { type Target, unpinned } from "../targets.ts";

const TWO_TO_ONE = 1.7;
/** Two workers and the process that keeps their books; the generator and the upstream. */
const CORES_WANTED = 5;

const ONE = "one process";
const TWO = "two workers";

/** Whole answers through one process and through two workers, with nothing pinned. */
export async function workersScenario(run: Run): Promise<ScenarioReport> {
  const ground = unpinned(run.ground);
  const started = new Map<string, Target>();
  try {
    started.set(ONE, await startGateway(ground));
    started.set(TWO, await startGateway(ground, { words: ["--workers", "2"] }));
    const samples = await loadBoth(run, started);
    return reportOf(run, samples, await started.get(TWO)?.prove?.());
  } finally {
    for (const target of started.values()) await target.stop();
  }
}

function loadBoth({ options, ground }: Run, started: ReadonlyMap<string, Target>) {
  return interleave([...started.keys()], options.rounds, (name, round) =>
    runLoad(unpinned(ground), started.get(name) ?? ground.upstream, {
      body: jsonBody(),
      connections: options.connections,
      warmupMs: round === 0 ? 2_000 : 700,
      windowMs: options.windowMs,
    }),
  );
}

function reportOf(
  { options }: Run,
  samples: ReadonlyMap<string, readonly Sample[]>,
  proof: string | undefined,
): ScenarioReport {
  const [one, two] = [samples.get(ONE) ?? [], samples.get(TWO) ?? []];
  const throughput = pairedRatio(two, one, (sample) => sample.answersPerSecond);
  const cpu = pairedRatio(two, one, (sample) => sample.cpuMicrosPerAnswer);
  const cores = availableParallelism();
  const measured = `throughput two / one ${formatSpread(throughput, 2)}, CPU an answer two / one ${formatSpread(cpu, 2)}, on ${cores} cores that carry the generator and the upstream, too.`;
  const why = `needs ${CORES_WANTED} cores, here are ${cores}`;
  return {
    scenario: "workers",
    tables: [
      loadTable(`Whole answers, ${options.connections} connections, nothing pinned`, samples, "answer"),
    ],
    budgets: [
      budget("throughput, two workers / one", "higher", TWO_TO_ONE, cores < CORES_WANTED ? why : throughput),
    ],
    notes: [measured, ...sampleNotes(samples), ...(proof ? [`two workers: ${proof}`] : [])],
    figures: { samples: Object.fromEntries(samples), throughput, cpu, cores },
  };
}
