import { existsSync, readFileSync } from "node:fs";

/** Linux reports process times in ticks of a hundredth of a second to programs, whatever the kernel's own tick is. */
const TICK_MS = 10;

/** User and system CPU time of all threads of a process, living and ended, in ms; NaN where /proc is missing. */
export function processCpuMs(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const text = readFileSync(file, "latin1");
  // proc_pid_stat(5): the second field is a name in brackets that may hold blanks; utime and stime are fields 14 and 15.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Time that a core was not idle, for anyone, in ms since start. Interrupts count: a process's own time has them too. */
export function coreBusyMs(core: number): number {
  const line = readFileSync("/proc/stat", "latin1")
    .split("\n")
    .find((text) => text.startsWith(`cpu${core} `));
  // proc_stat(5): user nice system idle iowait irq softirq steal
  const [user, nice, system, , , irq, softirq, steal] = (line ?? "").split(" ").slice(1).map(Number);
  const ticks = [user ?? Number.NaN, nice, system, irq, softirq, steal];
  return ticks.reduce<number>((sum, value) => sum + (value ?? 0), 0) * TICK_MS;
}

/** Resident memory of a process now and at its highest, in KB; NaN where /proc is missing. */
export function processMemory(pid: number): { rssKb: number; peakKb: number } {
  const file = `/proc/${pid}/status`;
  const text = existsSync(file) ? readFileSync(file, "latin1") : "";
  return { rssKb: statusKb(text, "VmRSS"), peakKb: statusKb(text, "VmHWM") };
}

/** Bytes that a process has caused to be written to disks, from /proc/PID/io; NaN where it cannot be read. */
export function processDiskBytes(pid: number): number {
  const file = `/proc/${pid}/io`;
  const text = existsSync(file) ? readFileSync(file, "latin1") : "";
  return Number(/^write_bytes: (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

function statusKb(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN);
}
