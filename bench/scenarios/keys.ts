import { closeSync, mkdtempSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { jsonBody } from "../bodies.ts";
import { runCommand } from "../child.ts";
import { startGateway } from "../gateway.ts";
import { seededRandom } from "../key-draw.ts";
import { interleave, runLoad, type Sample } from "../measure.ts";
import { processMemory } from "../process-stats.ts";
import { ownThroughput, pairedRatio, type Spread } from "../ratios.ts";
import { budget, formatSpread, type ScenarioReport } from "../report.ts";
import { available, type Run } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";
import { startRelay, type Target } from "../targets.ts";

const MANY_TO_FEW = 0.85;
const FEW_KEYS = 10;
const KEY_LETTERS = 43;

/**
 * A million keys drawn evenly beside ten. The relay, which looks at no key, is the control: its ratio is what the
 * draw itself costs the harness.
 */
export async function keysScenario(run: Run): Promise<ScenarioReport> {
  const parts: Part[] = [];
  const { names, missing } = available(run.options, ["relay", "gateway"]);
  if (names.includes("relay"))
    parts.push(await drawOn(run, "relay", await startRelay(run.ground), writeFakeKeys(run)));
  const gateway = names.includes("gateway") ? await drawOnGateway(run) : (missing.get("gateway") ?? "");
  if (typeof gateway !== "string") parts.push(gateway);
  const samples = new Map(parts.flatMap((part) => [...part.samples]));
  return {
    scenario: "keys",
    tables: [loadTable(`Keys drawn evenly, ${run.options.connections} connections`, samples, "answer")],
    budgets: [
      budget(
        "throughput, all keys / ten",
        "higher",
        MANY_TO_FEW,
        typeof gateway === "string" ? gateway : gateway.ratio,
      ),
    ],
    notes: [
      ...parts.map(
        (part) =>
          `${part.name}: all / ten ${formatSpread(part.ratio, 2)}, ${part.rssMb.toFixed(0)} MB resident after.`,
      ),
      ...sampleNotes(samples),
    ],
    figures: Object.fromEntries(
      parts.map((part) => [part.name, { ...part, samples: Object.fromEntries(part.samples) }]),
    ),
  };
}

type Part = {
  name: string;
  samples: Map<string, Sample[]>;
  ratio: Spread;
  rssMb: number;
};

async function drawOn(
  { options, ground }: Run,
  name: string,
  target: Target,
  keysFile: string,
): Promise<Part> {
  const [few, many] = [`${name}, ${FEW_KEYS} keys`, `${name}, ${options.keys} keys`];
  try {
    const samples = await interleave([few, many], options.rounds, (which, round) =>
      runLoad(ground, target, {
        body: jsonBody(),
        connections: options.connections,
        warmupMs: round === 0 ? 2_000 : 700,
        windowMs: options.windowMs,
        keysFile,
        ...(which === few ? { keysMax: FEW_KEYS } : {}),
      }),
    );
    const ratio = pairedRatio(samples.get(many) ?? [], samples.get(few) ?? [], ownThroughput);
    return {
      name,
      samples,
      ratio,
      rssMb: processMemory(target.pid).rssKb / 1024,
    };
  } finally {
    await target.stop();
  }
}

/** The gateway's part, or why there is none. */
async function drawOnGateway(run: Run): Promise<Part | string> {
  const file = join(mkdtempSync(join(run.ground.folder, "keys-")), "keys.txt");
  let refusal: string | undefined;
  const gateway = await startGateway(run.ground, {
    seed: async (_home, env) => {
      const made = await runCommand(
        [process.execPath, "bench/seed-keys.ts", String(run.options.keys), file],
        env,
      );
      if (made.exitCode !== 0) refusal = made.stderr.trim();
      return file;
    },
  });
  if (refusal === undefined) return drawOn(run, "gateway", gateway, file);
  await gateway.stop();
  return refusal;
}

/** Keys that nobody checks, for the relay, of the length that real ones have. */
function writeFakeKeys({ options, ground }: Run): string {
  const file = join(mkdtempSync(join(ground.folder, "keys-")), "keys.txt");
  const random = seededRandom(7);
  const descriptor = openSync(file, "w");
  const batch = 10_000;
  for (let written = 0; written < options.keys; written += batch) {
    const lines = Array.from({ length: Math.min(batch, options.keys - written) }, (_, at) => {
      const serial = (written + at).toString(36).padStart(6, "0");
      return `qn_live_${serial}${random()
        .toString(36)
        .slice(2)
        .padEnd(KEY_LETTERS - 6, "x")
        .slice(0, KEY_LETTERS - 6)}\n`;
    });
    writeSync(descriptor, lines.join(""));
  }
  closeSync(descriptor);
  return file;
}
