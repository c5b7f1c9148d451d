import { jsonBody } from "./bodies.ts";
import { runLoad } from "./measure.ts";
import type { Run } from "./run.ts";
import { countSyncs, type SyncCount } from "./syncs.ts";
import type { Target } from "./targets.ts";

/** The gateway's syncs under load, beside the answers that it gave meanwhile. */
export type GatewaySyncs = SyncCount & { readonly answersPerSecond: number };

const COUNTED_MS = 2_000;
const WARMUP_MS = 300;
/** By then the generator has started and warmed up; its window outlasts the counter. */
const COUNTER_DELAY_MS = 600;

/** Runs one more load, whose times are not reported, with the counter beside it. */
export async function countGatewaySyncs({ options, ground }: Run, gateway: Target): Promise<GatewaySyncs> {
  const loading = runLoad(ground, gateway, {
    body: jsonBody(),
    connections: options.connections,
    warmupMs: WARMUP_MS,
    windowMs: COUNTER_DELAY_MS + COUNTED_MS,
  });
  await Bun.sleep(COUNTER_DELAY_MS);
  const count = await countSyncs(gateway.pid, gateway.syncs ?? notTold, COUNTED_MS);
  const { answersPerSecond } = await loading;
  return { ...count, answersPerSecond };
}

/** One sentence for the report. */
export function describeSyncs({ seen, told, diskBytes, how, answersPerSecond }: GatewaySyncs): string {
  const answers = (answersPerSecond * COUNTED_MS) / 1000;
  const perSecond = (count: number | undefined): string =>
    count === undefined ? "unknown" : `${((count * 1000) / COUNTED_MS).toFixed(0)} a second`;
  const best = seen ?? told;
  const answersASync = best === undefined ? "" : ` ${(answers / best).toFixed(1)} answers a sync,`;
  const kbAnAnswer = (diskBytes / 1024 / answers).toFixed(2);
  return `gateway: syncs seen ${perSecond(seen)} (${how}), by its own count ${perSecond(told)};${answersASync} ${kbAnAnswer} KB to disk an answer.`;
}

async function notTold(): Promise<undefined> {
  return undefined;
}
