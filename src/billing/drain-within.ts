import type { Ledger } from "./ledger.ts";

/**
 * Drains a ledger, but waits no longer than `ms`: while its store is out of reach a charge is written again
 * without end. False when it is not done by then.
 */
export function drainWithin(
  ledger: Pick<Ledger, "drain">,
  ms: number,
  delay: (ms: number) => Promise<void>,
): Promise<boolean> {
  return Promise.race([ledger.drain().then(() => true), delay(ms).then(() => false)]);
}
