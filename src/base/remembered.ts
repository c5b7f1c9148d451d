import type { Clock } from "./clock.ts";

/**
 * What was read last, for a while, shared by all who ask at once; what could not be read is not kept.
 * @param forMs how long it is told again, from when it was asked for
 */
export function remembered<Value>(
  clock: Pick<Clock, "monotonic">,
  forMs: number,
  read: () => Promise<Value>,
): () => Promise<Value> {
  let known: { readonly sinceMs: number; readonly value: Promise<Value> } | undefined;
  return async () => {
    const nowMs = clock.monotonic();
    if (!known || nowMs - known.sinceMs >= forMs) known = { sinceMs: nowMs, value: read() };
    const asked = known;
    try {
      return await asked.value;
    } catch (cause) {
      if (known === asked) known = undefined;
      throw cause;
    }
  };
}
