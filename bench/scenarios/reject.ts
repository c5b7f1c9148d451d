import { jsonBody } from "../bodies.ts";
import { createForeignKey, startGateway, writeKeys } from "../gateway.ts";
import { interleave, runLoad } from "../measure.ts";
import { pairedRatio } from "../ratios.ts";
import type { ScenarioReport } from "../report.ts";
import { available, type Run } from "../run.ts";
import { loadTable, sampleNotes } from "../tables.ts";
import { startRelay } from "../targets.ts";

const MALFORMED_KEY = "qn_live_this-is-not-a-key-of-ours-at-all";

/** Requests that must be turned away with 401: the cost of each kind, beside a request that the relay serves. */
export async function rejectScenario(run: Run): Promise<ScenarioReport> {
  const { missing } = available(run.options, ["gateway"]);
  const why = missing.get("gateway");
  if (why === undefined) return loadRejects(run);
  const notes = [`Not measured: gateway: ${why}. The relay and nginx know no keys.`];
  return { scenario: "reject", tables: [], budgets: [], notes, figures: {} };
}

async function loadRejects({ options, ground }: Run): Promise<ScenarioReport> {
  const kinds = {
    malformed: {
      keysFile: writeKeys(ground.folder, [MALFORMED_KEY]),
      expectStatus: 401,
    },
    unknown: {
      keysFile: writeKeys(ground.folder, [await createForeignKey(ground)]),
      expectStatus: 401,
    },
    "relay, served": {},
  };
  const names = ["malformed", "unknown", "relay, served"] as const;
  const gateway = await startGateway(ground);
  const relay = await startRelay(ground);
  try {
    const samples = await interleave(names, options.rounds, (name, round) =>
      runLoad(ground, name === "relay, served" ? relay : gateway, {
        body: jsonBody(),
        connections: options.connections,
        warmupMs: round === 0 ? 1_500 : 500,
        windowMs: options.windowMs,
        ...kinds[name],
      }),
    );
    const toRelay = (name: "malformed" | "unknown"): string =>
      pairedRatio(
        samples.get(name) ?? [],
        samples.get("relay, served") ?? [],
        (sample) => sample.cpuMicrosPerAnswer,
      ).median.toFixed(2);
    return {
      scenario: "reject",
      tables: [loadTable(`401 answers, 1 KB bodies, ${options.connections} connections`, samples, "answer")],
      budgets: [],
      notes: [
        `CPU of a 401 to that of a relayed request: malformed ${toRelay("malformed")}, unknown ${toRelay("unknown")}.`,
        ...sampleNotes(samples),
      ],
      figures: { samples: Object.fromEntries(samples) },
    };
  } finally {
    await gateway.stop();
    await relay.stop();
  }
}
