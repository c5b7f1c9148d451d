import type { Sample } from "./measure.ts";
import { figure, isDisturbed } from "./ratios.ts";
import { formatSpread, percent, type Table } from "./report.ts";

/** The windows of a loaded scenario, one row a target. `unit` is what its CPU time is divided by. */
export function loadTable(
  title: string,
  samples: ReadonlyMap<string, readonly Sample[]>,
  unit: "answer" | "event",
): Table {
  const rate = (sample: Sample): number =>
    unit === "answer" ? sample.answersPerSecond : sample.eventsPerSecond;
  const cpu = (sample: Sample): number =>
    unit === "answer" ? sample.cpuMicrosPerAnswer : sample.cpuMicrosPerEvent;
  const rows = [...samples].map(([name, windows]) => [
    name,
    formatSpread(figure(windows, rate), 0),
    formatSpread(figure(windows, cpu), 1),
    percent(figure(windows, (sample) => sample.coreShare).median),
    percent(figure(windows, (sample) => sample.foreignShare).median),
    percent(figure(windows, (sample) => sample.generatorBusyShare).median),
    ms(figure(windows, (sample) => sample.p50Micros).median),
    ms(figure(windows, (sample) => sample.p99Micros).median),
    String(windows.reduce((sum, sample) => sum + sample.failures, 0)),
    `${windows.filter((sample) => !isDisturbed(sample)).length}/${windows.length}`,
  ]);
  const head = [
    "target",
    `${unit}s/s`,
    `CPU µs/${unit}`,
    "core",
    "others",
    "gen. core",
    "p50 ms",
    "p99 ms",
    "failed",
    "quiet",
  ];
  return { title, head, rows };
}

/** Notes on windows that failed, and on targets that never had a quiet one. */
export function sampleNotes(samples: ReadonlyMap<string, readonly Sample[]>): string[] {
  return [...samples].flatMap(([name, windows]) => {
    const failure = windows.find((sample) => sample.firstFailure !== undefined)?.firstFailure;
    return [
      ...(windows.every(isDisturbed)
        ? [`${name}: other processes disturbed every window; run again on a quiet machine.`]
        : []),
      ...(failure === undefined ? [] : [`${name}: first failure: ${failure}`]),
    ];
  });
}

/** Microseconds as milliseconds with two digits. */
export function ms(micros: number): string {
  return (micros / 1000).toFixed(2);
}
