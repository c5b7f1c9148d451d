import { type Setup, simulate } from "./world.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/** `QUOIN_SIM_SEED` runs that one seed; `QUOIN_SIM_SEEDS` says how many to run, `QUOIN_SIM_FIRST` from which on. */
export function seedRange(count: number): SeedRange {
  const { QUOIN_SIM_SEED: one, QUOIN_SIM_SEEDS: many, QUOIN_SIM_FIRST: first = "1" } = process.env;
  if (one !== undefined) return { first: Number(one), count: 1 };
  return { first: Number(first), count: many === undefined ? count : Number(many) };
}

/** How long a test of seeds may take, however many are asked for. */
export const SEEDS_MS = Math.max(600_000, 4_000 * Number(process.env.QUOIN_SIM_SEEDS ?? 0));

export interface Failure {
  readonly seed: number;
  readonly cause: unknown;
}

export interface SeedsRun {
  readonly seeds: number;
  readonly finished: number;
  readonly told: number;
  readonly cut: number;
  readonly errorKept: number;
  readonly voided: number;
  readonly failure: Failure | undefined;
}

/** Runs seeds until one fails. */
export async function runSeeds({ first, count }: SeedRange, setup: Setup): Promise<SeedsRun> {
  const sums = { finished: 0, told: 0, cut: 0, errorKept: 0, voided: 0 };
  for (let seed = first; seed < first + count; seed++) {
    try {
      const outcome = await simulate(seed, setup);
      sums.finished += outcome.finished;
      sums.told += outcome.told;
      sums.cut += outcome.cut;
      sums.errorKept += outcome.errorKept;
      sums.voided += outcome.voided;
    } catch (cause) {
      return { seeds: seed - first + 1, ...sums, failure: { seed, cause } };
    }
  }
  return { seeds: count, ...sums, failure: undefined };
}

/** The failing seed's number and everything that happened in it. */
export async function explain({ seed, cause }: Failure, setup: Setup): Promise<string> {
  const trace: string[] = [];
  const again = await simulate(seed, setup, trace).catch((failure: unknown) => failure);
  const same = String(again) === String(cause) ? "" : `\n(a second run differs: ${String(again)})`;
  return `seed ${seed} (run it alone: QUOIN_SIM_SEED=${seed})\n${trace.join("\n")}\n${String(cause)}${same}`;
}
