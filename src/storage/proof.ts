export interface ProofCheck {
  readonly name: string;
  /** Ids that differ, a few words each; empty when the check holds. */
  readonly differences: readonly string[];
}

export interface Proof {
  readonly ok: boolean;
  readonly wallets: number;
  readonly lots: number;
  readonly charges: number;
  readonly requests: number;
  readonly checks: readonly ProofCheck[];
}

/** Enough to see what is wrong; the rest is counted. */
const DIFFERENCES_SHOWN = 20;

export function shorten(differences: readonly string[]): string[] {
  const rest = differences.length - DIFFERENCES_SHOWN;
  const shown = differences.slice(0, DIFFERENCES_SHOWN);
  return rest > 0 ? [...shown, `and ${rest} more`] : shown;
}
