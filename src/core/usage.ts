/**
 * What a request used, in disjoint kinds: no token is counted in two of them.
 * Every field is a whole number ≥ 0. Tokens unless said otherwise.
 */
export interface Usage {
  /** Input that was neither read from nor written to a cache. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly audioInput: number;
  /** Visible output, without reasoning, audio and images. */
  readonly output: number;
  readonly reasoning: number;
  readonly audioOutput: number;
  readonly imageOutput: number;
  /** Server-side searches that the vendor bills apart. */
  readonly searches: number;
  /** Unicode characters of text that was to be spoken. */
  readonly characters: number;
  /** Seconds of audio that were heard, begun ones whole. */
  readonly seconds: number;
}

export type UsageKind = keyof Usage;

export const NO_USAGE: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  audioInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  imageOutput: 0,
  searches: 0,
  characters: 0,
  seconds: 0,
};

/** What two answers used together. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: Record<UsageKind, number> = { ...one };
  for (const kind of Object.keys(NO_USAGE) as UsageKind[]) sum[kind] += other[kind];
  return sum;
}

/** Where a usage comes from: the upstream's own report, our estimate, or nowhere yet. */
export type UsageSource = "reported" | "estimated" | "none";

export interface MeteredUsage {
  readonly usage: Usage;
  readonly source: UsageSource;
}

/** No answer has this many of anything; an upstream that says so is broken, and sums must stay exact. */
const COUNT_MAX = 1e12;

/** A count from a wire value: a whole number from 0 to 10¹²; anything that is no number ≥ 0 counts as 0. */
export function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.min(Math.floor(value), COUNT_MAX) : 0;
}

/** A part taken out of an inclusive total; never below zero, whatever the upstream claims. */
export function without(total: number, ...parts: number[]): number {
  let rest = total;
  for (const part of parts) rest -= part;
  return Math.max(rest, 0);
}

/** All input, cached included: what tiers and context windows are about. */
export function inputTokensOf(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + usage.audioInput;
}

/** All output: visible, thought, heard and seen. */
export function outputTokensOf({ output, reasoning, audioOutput, imageOutput }: Usage): number {
  return output + reasoning + audioOutput + imageOutput;
}
