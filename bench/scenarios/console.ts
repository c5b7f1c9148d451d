import { existsSync } from "node:fs";
import { jsonBody } from "../bodies.ts";
import { runCommand } from "../child.ts";
import type { ConsolePlan, ConsoleResult } from "../console-client.ts";
import { ACCOUNT, overPostgres, startGateway } from "../gateway.ts";
import { interleave, runLoad, type Sample } from "../measure.ts";
import { pairedRatio } from "../ratios.ts";
import { budget, formatSpread, type ScenarioReport, type Table } from "../report.ts";
import type { Run } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";
import { type Target, unpinned } from "../targets.ts";

const P99_RATIO_MAX = 1.2;
const BUDGET = "p99 of answers, with an operator's pages / without";
/** Of what the gateway can do at once: a load that leaves time. */
const STEADY_SHARE = 0.4;
/** An operator who opens a page twice a second, and one connection that asks without a pause. */
const ASKED = { "no questions": undefined, "open pages": 500, "as fast as it can": 0 } as const;

const WARMUP_MS = 5_000;

type Asked = keyof typeof ASKED;

/** A steady load through a gateway with a long history, while nobody and somebody looks at the console. */
export async function consoleScenario(run: Run): Promise<ScenarioReport> {
  const { history } = run.options;
  if (history === undefined) return notMeasured();
  const ground = unpinned(run.ground);
  const inFolder = existsSync(history);
  const target = await startGateway(ground, inFolder ? { home: history } : { env: overPostgres(history) });
  try {
    return await measure({ ...run, ground }, target);
  } finally {
    await target.stop();
  }
}

function notMeasured(): ScenarioReport {
  const why = "--history names a folder or a database that bench/seed-history.ts filled";
  return {
    scenario: "console",
    tables: [],
    budgets: [budget(BUDGET, "lower", P99_RATIO_MAX, why)],
    notes: [],
    figures: {},
  };
}

async function measure(run: Run, target: Target): Promise<ScenarioReport> {
  const { options, ground } = run;
  const load = {
    body: jsonBody(),
    connections: options.connections,
    warmupMs: 1_000,
    windowMs: options.windowMs,
  };
  const full = await runLoad(ground, target, { ...load, warmupMs: 3_000 });
  const perSecond = Math.round(full.answersPerSecond * STEADY_SHARE);
  const token = (await target.operatorToken?.()) ?? "";
  // A server that was just started has read nothing yet.
  await ask({ port: target.port, token, account: ACCOUNT, pageEveryMs: 0, forMs: WARMUP_MS });
  const told: Record<Asked, ConsoleResult[]> = {
    "no questions": [],
    "open pages": [],
    "as fast as it can": [],
  };

  async function window(name: Asked): Promise<Sample> {
    const forMs = load.warmupMs + load.windowMs;
    const pageEveryMs = ASKED[name];
    const asking =
      pageEveryMs === undefined
        ? undefined
        : ask({ port: target.port, token, account: ACCOUNT, pageEveryMs, forMs });
    const [sample, result] = await Promise.all([runLoad(ground, target, { ...load, perSecond }), asking]);
    if (result) told[name].push(result);
    return sample;
  }

  const samples = await interleave(Object.keys(ASKED) as Asked[], options.rounds, window);
  return reportOf(samples, told, perSecond);
}

async function ask(plan: ConsolePlan): Promise<ConsoleResult> {
  const ran = await runCommand([process.execPath, "bench/console-client.ts", JSON.stringify(plan)]);
  if (ran.exitCode !== 0) throw new Error(`The console's stand-in failed: ${ran.stderr.trim()}`);
  return JSON.parse(ran.stdout);
}

function reportOf(
  samples: ReadonlyMap<Asked, readonly Sample[]>,
  told: Readonly<Record<Asked, readonly ConsoleResult[]>>,
  perSecond: number,
): ScenarioReport {
  const ratio = (name: Asked) =>
    pairedRatio(samples.get(name) ?? [], samples.get("no questions") ?? [], (sample) => sample.p99Micros);
  const pages = ratio("open pages");
  const pressed = ratio("as fast as it can");
  const failures = Object.values(told).flatMap((results) =>
    results.flatMap(({ firstFailure }) => firstFailure ?? []),
  );
  return {
    scenario: "console",
    tables: [
      loadTable(`${perSecond} answers a second, nothing pinned`, samples, "answer"),
      questionTable("Questions of open pages", told["open pages"]),
      questionTable("Questions one after the other", told["as fast as it can"]),
    ],
    budgets: [budget(BUDGET, "lower", P99_RATIO_MAX, pages)],
    notes: [
      `p99 of answers, one connection that asks as fast as it can / without: ${formatSpread(pressed, 2)}.`,
      ...sampleNotes(samples),
      ...failures.map((failure) => `first failure of a question: ${failure}`),
    ],
    figures: { samples: Object.fromEntries(samples), told, pages, pressed, perSecond },
  };
}

/** The median of the windows' medians, and the worst of their p95. */
function questionTable(title: string, results: readonly ConsoleResult[]): Table {
  const names = new Set(results.flatMap(({ questions }) => questions.map(({ question }) => question)));
  const rows = [...names].map((name) => {
    const found = results.flatMap(({ questions }) => questions.filter(({ question }) => question === name));
    const p50 = found.map(({ p50Ms }) => p50Ms).sort((a, b) => a - b);
    const answers = found.reduce((sum, one) => sum + one.answers, 0);
    const worst = Math.max(...found.map(({ p95Ms }) => p95Ms));
    return [
      name,
      String(answers),
      (p50[Math.floor(p50.length / 2)] ?? Number.NaN).toFixed(1),
      worst.toFixed(1),
    ];
  });
  return { title, head: ["question", "answers", "p50 ms", "p95 ms"], rows };
}
