import { runCommand } from "./child.ts";
import { processDiskBytes } from "./process-stats.ts";

/** What a process asked of the disk in a stretch of time; undefined counts could not be had, and `how` says why. */
export type SyncCount = {
	readonly syncs: number | undefined;
	readonly diskBytes: number;
	readonly how: string;
};

const EVENTS = ["syscalls:sys_enter_fsync", "syscalls:sys_enter_fdatasync"];

/**
 * Counts fsync and fdatasync calls of all threads of a process for a while. `perf` counts them in the kernel;
 * strace would stop the process at each call. It still slows every system call a little, so it never runs in a
 * window whose times are reported. Where perf is missing or not allowed, the server is asked for its own count
 * (a number named `syncs` at /healthz). Writes opened O_DSYNC would escape both; `diskBytes` would show them.
 */
export async function countSyncs(
	pid: number,
	port: number,
	durationMs: number,
): Promise<SyncCount> {
	const bytesBefore = processDiskBytes(pid);
	const ownBefore = await ownCount(port);
	const perf = await countByPerf(pid, durationMs);
	if (perf === undefined) await Bun.sleep(durationMs);
	const diskBytes = processDiskBytes(pid) - bytesBefore;
	if (perf !== undefined)
		return {
			syncs: perf,
			diskBytes,
			how: "perf stat on sys_enter_fsync and sys_enter_fdatasync",
		};
	const ownAfter = await ownCount(port);
	if (ownBefore === undefined || ownAfter === undefined) {
		return {
			syncs: undefined,
			diskBytes,
			how: "perf cannot count here, and /healthz has no number named syncs",
		};
	}
	return {
		syncs: ownAfter - ownBefore,
		diskBytes,
		how: "the gateway's own count at /healthz",
	};
}

async function countByPerf(
	pid: number,
	durationMs: number,
): Promise<number | undefined> {
	const selection = EVENTS.flatMap((event) => ["-e", event]);
	const command = [
		"perf",
		"stat",
		"-x",
		",",
		...selection,
		"-p",
		String(pid),
		"--",
		"sleep",
		String(durationMs / 1000),
	];
	// perf is not installed: the other way of counting is taken.
	const ran = await runCommand(command).catch(() => undefined);
	if (ran === undefined || ran.exitCode !== 0) return undefined;
	const counts = ran.stderr.split("\n").flatMap((line) => {
		const fields = line.split(",");
		return EVENTS.includes(fields[2] ?? "") ? [Number(fields[0])] : [];
	});
	const sum = counts.reduce((total, count) => total + count, 0);
	return counts.length === EVENTS.length && !Number.isNaN(sum)
		? sum
		: undefined;
}

async function ownCount(port: number): Promise<number | undefined> {
	const answer: unknown = await fetch(`http://127.0.0.1:${port}/healthz`)
		.then((response) => response.json())
		// No health page, or one that is not JSON: there is no count to be had.
		.catch(() => undefined);
	if (typeof answer !== "object" || answer === null || !("syncs" in answer))
		return undefined;
	return typeof answer.syncs === "number" ? answer.syncs : undefined;
}
