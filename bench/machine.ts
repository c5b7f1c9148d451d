import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import { runCommand } from "./child.ts";
import { median } from "./latencies.ts";
import { nginxVersion } from "./nginx.ts";

/** Where and on what a run was made: kept with its figures, since figures without it mean nothing. */
export type Machine = {
  readonly at: string;
  readonly commit: string;
  /** Files differed from that commit. */
  readonly dirty: boolean;
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly bun: string;
  readonly nginx: string | undefined;
  readonly loadAtStart: number;
  /** The file system of the homes, and how long one small write with fdatasync takes on it. */
  readonly homes: { readonly inMemory: boolean; readonly syncMedianMs: number };
};

/** statfs(2): the type numbers of tmpfs and ramfs. */
const MEMORY_FILE_SYSTEMS = [0x01021994, 0x858458f6];
const PROBES = 50;

/** Reads the facts of this machine, and times the disk under `folder`. */
export async function describeMachine(folder: string): Promise<Machine> {
  const commit = await runCommand(["git", "rev-parse", "--short", "HEAD"]);
  const changes = await runCommand(["git", "status", "--porcelain", "--untracked-files=no"]);
  return {
    at: new Date().toISOString(),
    commit: commit.stdout.trim() || "unknown",
    dirty: changes.stdout.trim() !== "",
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    kernel: `${process.platform} ${release()}`,
    bun: Bun.version,
    nginx: await nginxVersion(),
    loadAtStart: loadavg()[0] ?? Number.NaN,
    homes: {
      inMemory: MEMORY_FILE_SYSTEMS.includes(statfsSync(folder).type),
      syncMedianMs: syncMedianMs(folder),
    },
  };
}

function syncMedianMs(folder: string): number {
  const file = join(folder, "sync-probe");
  const descriptor = openSync(file, "w");
  const page = Buffer.alloc(4096, 1);
  const timesMs = Array.from({ length: PROBES }, () => {
    const startMs = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    return performance.now() - startMs;
  });
  closeSync(descriptor);
  rmSync(file);
  return median(timesMs);
}
