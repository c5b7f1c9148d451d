import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { LATENCY_BUCKETS_MS, type LatencyTally } from "../../history/latency-tally.ts";

type Labels = Readonly<Record<string, string>>;

/** A metric as it is told: its name, what it means, and what tells its values apart. */
export interface Told {
  readonly name: `${string}_${string}`;
  readonly help: string;
  /** Absent: it has one value. */
  readonly by?: readonly string[];
}

/** One value of a metric; labels are those of `by`. */
export type Sample<Value = number> = readonly [labels: Labels, value: Value];

const MS_PER_S = 1_000;

/** How many were at most so long, bucket by bucket, with how many there were and their sum, as Prometheus has histograms. */
function linesOf(name: string, [labels, { counts, sumMs }]: Sample<LatencyTally>) {
  let count = 0;
  const buckets = counts.map((inBucket, at) => {
    count += inBucket;
    const boundMs = LATENCY_BUCKETS_MS[at];
    const le = boundMs === undefined ? "+Inf" : String(boundMs / MS_PER_S);
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumMs / MS_PER_S },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

function configOf(registry: Registry, { name, help, by = [] }: Told) {
  return { name, help, labelNames: [...by], registers: [registry] };
}

/** A histogram whose values were counted elsewhere: the package's own can only observe them one by one. */
class CountedHistogram extends Histogram {
  private readonly told: Told;
  private readonly samples: readonly Sample<LatencyTally>[];

  constructor(registry: Registry, told: Told, samples: readonly Sample<LatencyTally>[]) {
    super(configOf(registry, told));
    this.told = told;
    this.samples = samples;
  }

  /** What a registry asks for when it writes. */
  getForPromString() {
    const { name, help } = this.told;
    return { name, help, type: "histogram", values: this.samples.flatMap((sample) => linesOf(name, sample)) };
  }
}

/** Metrics with their values at one moment, in the order in which they were set down. */
export interface Sheet {
  /** What only grows while this process lives. */
  counter(told: Told, samples: readonly Sample[]): void;
  gauge(told: Told, samples: readonly Sample[]): void;
  histogram(told: Told, samples: readonly Sample<LatencyTally>[]): void;
  /** All of them, as Prometheus reads it. */
  text(): Promise<string>;
}

export const METRICS_MEDIA = Registry.PROMETHEUS_CONTENT_TYPE;

/** A new one for each scrape, so that two at a time do not mix. */
export function newSheet(): Sheet {
  const registry = new Registry();
  return {
    counter(told, samples) {
      const counter = new Counter(configOf(registry, told));
      for (const [labels, value] of samples) counter.inc(labels, value);
    },
    gauge(told, samples) {
      const gauge = new Gauge(configOf(registry, told));
      for (const [labels, value] of samples) gauge.set(labels, value);
    },
    histogram(told, samples) {
      new CountedHistogram(registry, told, samples);
    },
    text: () => registry.metrics(),
  };
}
