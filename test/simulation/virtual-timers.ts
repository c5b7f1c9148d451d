interface VirtualTimer {
  cancelled: boolean;
}

/**
 * Puts `setTimeout` under the simulation's clock, for code that has no port for its timers.
 * Answers how to put the real one back.
 */
export function virtualTimers(after: (ms: number, run: () => void) => void): () => void {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const start = (run: () => void, ms = 0): VirtualTimer => {
    const timer = { cancelled: false };
    after(ms, () => {
      if (!timer.cancelled) run();
    });
    return timer;
  };
  const clear = (timer: VirtualTimer | undefined): void => {
    if (timer) timer.cancelled = true;
  };
  Object.assign(globalThis, { setTimeout: start, clearTimeout: clear });
  return () => {
    Object.assign(globalThis, real);
  };
}
