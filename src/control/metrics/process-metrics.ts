import { readdir, readFile } from "node:fs/promises";
import { cpuSeconds } from "../../base/cpu-seconds.ts";
import type { Sheet } from "./sheet.ts";

const MS_PER_S = 1_000;

/** Open file descriptors, and how many there may be; both are Linux' own way of telling. */
async function descriptors(sheet: Sheet): Promise<void> {
  if (process.platform !== "linux") return;
  const [open, limits] = await Promise.all([
    readdir("/proc/self/fd"),
    readFile("/proc/self/limits", { encoding: "utf8" }),
  ]);
  // One of them is the listing's own.
  sheet.gauge({ name: "process_open_fds", help: "Open file descriptors." }, [[{}, open.length - 1]]);
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  if (soft === undefined) return;
  sheet.gauge({ name: "process_max_fds", help: "Most file descriptors that may be open." }, [
    [{}, Number(soft)],
  ]);
}

/**
 * What is commonly told of a process, by the names that client libraries of Prometheus share. Only what is right on
 * Bun: prom-client's own set has delays of the loop that are not.
 */
export async function processMetrics(sheet: Sheet): Promise<void> {
  sheet.counter({ name: "process_cpu_seconds_total", help: "Processor time of this process." }, [
    [{}, cpuSeconds()],
  ]);
  sheet.gauge({ name: "process_resident_memory_bytes", help: "Resident memory of this process." }, [
    [{}, process.memoryUsage.rss()],
  ]);
  sheet.gauge({ name: "process_start_time_seconds", help: "When this process began, since the epoch." }, [
    [{}, performance.timeOrigin / MS_PER_S],
  ]);
  await descriptors(sheet);
}
