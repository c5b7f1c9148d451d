import { jsonBody } from "./bodies.ts";
import { runLoad } from "./measure.ts";
import type { Run } from "./run.ts";
import { countSyncs, type SyncCount } from "./syncs.ts";
import type { Target } from "./targets.ts";

/** The gateway's syncs under load, beside the answers that it gave meanwhile. */
export type GatewaySyncs = SyncCount & {
	readonly syncsPerSecond: number;
	readonly answersPerSecond: number;
};

const COUNTED_MS = 2_000;
const WARMUP_MS = 300;
/** By then the generator has started and warmed up; its window outlasts the counter. */
const COUNTER_DELAY_MS = 600;

/** Runs one more load, whose times are not reported, with the counter beside it. */
export async function countGatewaySyncs(
	{ options, ground }: Run,
	gateway: Target,
): Promise<GatewaySyncs> {
	const loading = runLoad(ground, gateway, {
		body: jsonBody(),
		connections: options.connections,
		warmupMs: WARMUP_MS,
		windowMs: COUNTER_DELAY_MS + COUNTED_MS,
	});
	await Bun.sleep(COUNTER_DELAY_MS);
	const count = await countSyncs(gateway.pid, gateway.port, COUNTED_MS);
	const { answersPerSecond } = await loading;
	return {
		...count,
		answersPerSecond,
		syncsPerSecond: ((count.syncs ?? Number.NaN) * 1000) / COUNTED_MS,
	};
}

/** One sentence for the report. */
export function describeSyncs({
	syncs,
	how,
	diskBytes,
	syncsPerSecond,
	answersPerSecond,
}: GatewaySyncs): string {
	if (syncs === undefined) return `gateway: syncs not counted (${how}).`;
	const answersASync = (answersPerSecond / syncsPerSecond).toFixed(1);
	const kbAnAnswer = (
		(diskBytes / 1024 / answersPerSecond) *
		(1000 / COUNTED_MS)
	).toFixed(2);
	return `gateway: ${syncsPerSecond.toFixed(0)} syncs/s, ${answersASync} answers a sync, ${kbAnAnswer} KB to disk an answer (${how}).`;
}
