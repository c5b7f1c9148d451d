import { jsonBody } from "../bodies.ts";
import { overPostgres, startGateway } from "../gateway.ts";
import { interleave, runLoad } from "../measure.ts";
import { pairedRatio } from "../ratios.ts";
import { budget, formatSpread, type ScenarioReport } from "../report.ts";
import type { Run } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";
import type { Target } from "../targets.ts";

const TO_SQLITE = 0.8;
const NAME = "throughput, PostgreSQL and Redis / SQLite";

/** Whole answers over SQLite, and over the PostgreSQL and Redis that the command line names; limits count in both. */
export async function storesScenario(run: Run): Promise<ScenarioReport> {
  const { database, redis } = run.options;
  if (database === undefined || redis === undefined) return notMeasured();
  const ground = { ...run.ground, limits: true };
  const started = new Map<string, Target>();
  try {
    started.set("SQLite", await startGateway(ground));
    started.set("PostgreSQL", await startGateway(ground, { env: overPostgres(database, redis) }));
    return await measure(run, started);
  } finally {
    for (const target of started.values()) await target.stop();
  }
}

function notMeasured(): ScenarioReport {
  const why = "--database and --redis say where they are";
  const budgets = [budget(NAME, "higher", TO_SQLITE, why)];
  return { scenario: "stores", tables: [], budgets, notes: [], figures: {} };
}

async function measure(
  { options, ground }: Run,
  started: ReadonlyMap<string, Target>,
): Promise<ScenarioReport> {
  const samples = await interleave([...started.keys()], options.rounds, (name, round) =>
    runLoad(ground, started.get(name) ?? ground.upstream, {
      body: jsonBody(),
      connections: options.connections,
      warmupMs: round === 0 ? 2_000 : 700,
      windowMs: options.windowMs,
    }),
  );
  const [sqlite, postgres] = [samples.get("SQLite") ?? [], samples.get("PostgreSQL") ?? []];
  const throughput = pairedRatio(postgres, sqlite, (sample) => sample.answersPerSecond);
  const cpu = pairedRatio(postgres, sqlite, (sample) => sample.cpuMicrosPerAnswer);
  const proofs = await Promise.all(
    [...started].map(async ([name, { prove }]) => `${name}: ${await prove?.()}`),
  );
  return {
    scenario: "stores",
    tables: [loadTable(`Whole answers with limits, ${options.connections} connections`, samples, "answer")],
    budgets: [budget(NAME, "higher", TO_SQLITE, throughput)],
    notes: [
      `CPU an answer, PostgreSQL / SQLite: ${formatSpread(cpu, 2)}, without that of the two servers, which are not pinned.`,
      ...sampleNotes(samples),
      ...proofs,
    ],
    figures: { samples: Object.fromEntries(samples), throughput, cpu },
  };
}
