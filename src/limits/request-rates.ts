import type { Clock } from "../base/clock.ts";

const SPAN_MS = 1_000;

/** How often each of many names came in the last second; names that did not come are not kept. */
export interface RequestRates {
  /** Counts one, and tells how many there were in the last second, or in this one if those are more. */
  note(name: string): number;
}

export function requestRates(clock: Pick<Clock, "monotonic">): RequestRates {
  let beganMs = clock.monotonic();
  let before = new Map<string, number>();
  let now = new Map<string, number>();

  function turn(): void {
    const passed = Math.floor((clock.monotonic() - beganMs) / SPAN_MS);
    if (passed === 0) return;
    before = passed === 1 ? now : new Map();
    now = new Map();
    beganMs += passed * SPAN_MS;
  }

  return {
    note(name) {
      turn();
      const count = (now.get(name) ?? 0) + 1;
      now.set(name, count);
      return Math.max(count, before.get(name) ?? 0);
    },
  };
}
