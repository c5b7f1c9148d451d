import { median } from "./latencies.ts";
import type { Sample } from "./measure.ts";

/** A figure with its spread over the rounds. */
export type Spread = {
  /** No round was quiet: the figure says little. */
  readonly disturbed?: boolean;
  readonly median: number;
  readonly least: number;
  readonly most: number;
};

/** Below this share of the core left to it, a server was not what held up the load. */
const FULL_CORE_SHARE = 0.9;
/** Above this foreign share of either core, a window is called disturbed. */
const DISTURBED_SHARE = 0.1;
const FOREIGN_SHARE_MAX = 0.9;

/** The median and the range of some values. */
export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

/** One figure of each quiet sample, as a spread; of all where none was quiet. */
export function figure(samples: readonly Sample[], pick: (sample: Sample) => number): Spread {
  const quiet = samples.filter((sample) => !isDisturbed(sample));
  return spread((quiet.length > 0 ? quiet : samples).map(pick));
}

/**
 * The ratio of two targets in each round, as a spread: windows of one round lie next to each other in time, so
 * that what slows the whole machine cancels out. Rounds with a disturbed window do not count, unless all are; nor
 * does one in which the yardstick gave nothing.
 */
export function pairedRatio(
  measured: readonly Sample[],
  yardstick: readonly Sample[],
  pick: (sample: Sample) => number,
  pickYardstick: (sample: Sample) => number = pick,
): Spread {
  const rounds = measured.flatMap((above, round) => {
    const below = yardstick[round];
    if (below === undefined) return [];
    return [{ ratio: pick(above) / pickYardstick(below), quiet: !isDisturbed(above) && !isDisturbed(below) }];
  });
  const finite = rounds.filter(({ ratio }) => Number.isFinite(ratio));
  const quiet = finite.filter((round) => round.quiet);
  if (quiet.length > 0) return spread(quiet.map(({ ratio }) => ratio));
  return { ...spread(finite.map(({ ratio }) => ratio)), disturbed: true };
}

/**
 * Answers a second, as measured; in a disturbed window, of the core time that others left to the target. A quiet
 * window is not corrected, because the little that is then foreign may be the kernel writing the target's own pages.
 */
export function ownThroughput(sample: Sample): number {
  if (sample.foreignShare <= DISTURBED_SHARE || Number.isNaN(sample.foreignShare))
    return sample.answersPerSecond;
  return Math.min(sample.answersPerSecond / freeShare(sample), capacity(sample));
}

/**
 * What a yardstick is taken to be able to serve. Where the generator could not fill its core (nginx is cheaper
 * than the generator), that is what a full core would give at its CPU time an answer: a lower figure would flatter
 * whatever is compared with it.
 */
export function yardstickThroughput(sample: Sample): number {
  return sample.coreShare >= FULL_CORE_SHARE * freeShare(sample) ? ownThroughput(sample) : capacity(sample);
}

/** True where other people's processes had a good part of either core. */
export function isDisturbed(sample: Sample): boolean {
  return sample.foreignShare > DISTURBED_SHARE || sample.generatorForeignShare > DISTURBED_SHARE;
}

function freeShare({ foreignShare }: Sample): number {
  return 1 - Math.min(FOREIGN_SHARE_MAX, Number.isNaN(foreignShare) ? 0 : foreignShare);
}

/** Answers a second on a full core at this CPU time an answer; the measured rate where no CPU time is known. */
function capacity(sample: Sample): number {
  const perSecond = 1_000_000 / sample.cpuMicrosPerAnswer;
  return Number.isFinite(perSecond) ? perSecond : sample.answersPerSecond;
}
