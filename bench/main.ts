/** `npm run bench`: runs the chosen scenarios, prints their tables and the budgets, and keeps the figures. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planCores } from "./cores.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { type Options, readOptions, type ScenarioName, USAGE } from "./options.ts";
import { renderBudgets, renderScenario, type ScenarioReport } from "./report.ts";
import type { Run, Scenario } from "./run.ts";
import { consoleScenario } from "./scenarios/console.ts";
import { idleScenario } from "./scenarios/idle.ts";
import { jsonScenario } from "./scenarios/json.ts";
import { keysScenario } from "./scenarios/keys.ts";
import { rejectScenario } from "./scenarios/reject.ts";
import { sseScenario } from "./scenarios/sse.ts";
import { storesScenario } from "./scenarios/stores.ts";
import { translateJsonScenario, translateSseScenario } from "./scenarios/translate.ts";
import { workersScenario } from "./scenarios/workers.ts";
import { startUpstream } from "./targets.ts";

const SCENARIOS: Record<ScenarioName, Scenario> = {
  json: jsonScenario,
  sse: sseScenario,
  "translate-json": translateJsonScenario,
  "translate-sse": translateSseScenario,
  reject: rejectScenario,
  idle: idleScenario,
  keys: keysScenario,
  workers: workersScenario,
  stores: storesScenario,
  console: consoleScenario,
};

/** Runs all of it; false when a scenario could not be run. A budget that is missed is a figure, not a fault. */
async function bench(options: Options): Promise<boolean> {
  const folder = mkdtempSync(join(options.homes, "quoin-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const cores = planCores();
  const upstream = await startUpstream(cores);
  try {
    const machine = await describeMachine(folder);
    console.log(renderMachine(machine, cores.note));
    const reports: ScenarioReport[] = [];
    for (const name of options.scenarios) {
      const report = await runScenario(name, {
        options,
        ground: { cores, upstream, folder, limits: options.limits },
      });
      console.log(renderScenario(report));
      reports.push(report);
    }
    console.log(renderBudgets(reports));
    keep(options, machine, cores.note, reports);
    return !reports.some((report) => report.failed);
  } finally {
    await upstream.stop();
  }
}

/** One scenario that cannot run must not cost the others their figures: its fault becomes its report. */
async function runScenario(name: ScenarioName, run: Run): Promise<ScenarioReport> {
  return SCENARIOS[name](run).catch((cause: Error) => ({
    scenario: name,
    tables: [],
    budgets: [],
    notes: [`Could not run: ${cause.message}`],
    figures: {},
    failed: true,
  }));
}

function renderMachine(machine: Machine, pinning: string): string {
  const disk = machine.homes.inMemory
    ? "Homes lie in memory, where syncs cost nothing: use --homes for a real disk."
    : `One small write with fdatasync takes ${machine.homes.syncMedianMs.toFixed(2)} ms where the homes lie.`;
  const versions = [`Bun ${machine.bun}`, machine.nginx ?? "no nginx", machine.kernel].join(", ");
  const commit = `${machine.commit}${machine.dirty ? " with changes" : ""}`;
  const load = `load ${machine.loadAtStart.toFixed(2)}`;
  return `${machine.at}  commit ${commit}\n${machine.cores} × ${machine.cpu}, ${load}; ${versions}\n${pinning} ${disk}\n`;
}

function keep(options: Options, machine: Machine, pinning: string, reports: readonly ScenarioReport[]): void {
  const { scenarios, windowMs, rounds, connections, streams, keys, limits } = options;
  const asked = { scenarios, windowMs, rounds, connections, streams, keys, limits };
  const text = `${JSON.stringify({ machine, pinning, asked, reports }, null, "\t")}\n`;
  if (options.json !== undefined) writeFileSync(options.json, text);
  if (!options.save) return;
  const results = new URL("results/", import.meta.url).pathname;
  mkdirSync(results, { recursive: true });
  const file = join(results, `${machine.at.slice(0, 10)}-${machine.commit}.json`);
  writeFileSync(file, text);
  console.log(`Kept in ${file}`);
}

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options.help) return (await bench(options)) ? 0 : 1;
    console.log(USAGE);
    return 0;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    return 1;
  }
}

// Ended from outside: leaving through "exit" ends the children and removes the folder.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
process.exit(await main());
