import { runCommand } from "./child.ts";
import { processDiskBytes } from "./process-stats.ts";

/** What a process asked of the disk in a stretch of time. */
export type SyncCount = {
  /** Syncs that the kernel saw; undefined where it cannot be asked, and `how` says why. */
  readonly seen: number | undefined;
  /** Syncs that the process says it made; undefined where it does not say. */
  readonly told: number | undefined;
  readonly diskBytes: number;
  readonly how: string;
};

const SYSTEM_CALLS = ["syscalls:sys_enter_fsync", "syscalls:sys_enter_fdatasync"];
/** Met by fsync and fdatasync, and by every write to a file opened with O_DSYNC, which makes no sync call. */
const EXT4_SYNC = "ext4:ext4_sync_file_enter";

/**
 * Counts the syncs of all threads of a process for a while: `perf` counts them in the kernel, where strace would
 * stop the process at each call. It still slows every system call a little, so it never runs in a window whose
 * times are reported.
 * @param ownCount the process's own running count, where it keeps one
 */
export async function countSyncs(
  pid: number,
  ownCount: () => Promise<number | undefined>,
  durationMs: number,
): Promise<SyncCount> {
  const bytesBefore = processDiskBytes(pid);
  const toldBefore = await ownCount();
  const byExt4 = await countEvents(pid, [EXT4_SYNC, ...SYSTEM_CALLS], durationMs);
  const counts = byExt4 ?? (await countEvents(pid, SYSTEM_CALLS, durationMs));
  if (counts === undefined) await Bun.sleep(durationMs);
  const toldAfter = await ownCount();
  return {
    ...judge(counts),
    told: toldBefore === undefined || toldAfter === undefined ? undefined : toldAfter - toldBefore,
    diskBytes: processDiskBytes(pid) - bytesBefore,
  };
}

/** On a disk of another kind ext4's own event stays at 0, and synced writes go unseen. */
function judge(counts: ReadonlyMap<string, number> | undefined): Pick<SyncCount, "seen" | "how"> {
  if (counts === undefined) return { seen: undefined, how: "perf cannot count here" };
  const calls = SYSTEM_CALLS.reduce((sum, event) => sum + (counts.get(event) ?? 0), 0);
  const ext4 = counts.get(EXT4_SYNC) ?? 0;
  return ext4 >= calls && ext4 > 0
    ? { seen: ext4, how: "perf: ext4 syncs, of calls and of synced writes" }
    : { seen: calls, how: "perf: fsync and fdatasync calls; synced writes are not seen" };
}

/** Each event's count, or undefined where perf is missing, not allowed, or does not know one of them. */
async function countEvents(
  pid: number,
  events: readonly string[],
  durationMs: number,
): Promise<ReadonlyMap<string, number> | undefined> {
  const selection = events.flatMap((event) => ["-e", event]);
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
  const ran = await runCommand(command).catch(() => undefined);
  if (ran === undefined || ran.exitCode !== 0) return undefined;
  const counts = new Map<string, number>();
  for (const line of ran.stderr.split("\n")) {
    const [count, , event] = line.split(",");
    if (event !== undefined && events.includes(event)) counts.set(event, Number(count));
  }
  const complete =
    counts.size === events.length && [...counts.values()].every((count) => !Number.isNaN(count));
  return complete ? counts : undefined;
}
