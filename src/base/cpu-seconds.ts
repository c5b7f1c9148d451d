const MICROS_PER_S = 1e6;

/** Processor time that this process has used since it began. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROS_PER_S;
}
