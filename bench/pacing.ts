/** One stream being written, event by event. `step` returns false when it has ended. */
export type PacedStream = { step(): boolean };

/** A wheel of one-millisecond slots; each turn lets every stream write one event. */
export type Wheel = {
  /** Adds a stream; the streams of one wheel are spread evenly over its slots. */
  add(stream: PacedStream): void;
  /** Moves on to this time and steps the streams whose slots were passed, at most once each. */
  advance(nowMs: number): void;
  size(): number;
};

/**
 * Paces streams whose events come `gapMs` apart. One timer serves all of them: a timer a stream would cost the
 * fake upstream more than the writes do. When the process is late, streams slow down rather than bunch up,
 * since two events in one write would make the target's work an event look cheaper than it is.
 */
export function createWheel(gapMs: number, startMs: number): Wheel {
  const slots: Set<PacedStream>[] = Array.from({ length: gapMs }, () => new Set());
  let cursorMs = Math.floor(startMs);
  let added = 0;
  let live = 0;

  function turn(slot: Set<PacedStream> | undefined): void {
    for (const stream of slot ?? []) {
      if (stream.step()) continue;
      slot?.delete(stream);
      live -= 1;
    }
  }

  return {
    add(stream) {
      slots[added % gapMs]?.add(stream);
      added += 1;
      live += 1;
    },
    advance(nowMs) {
      const until = Math.floor(nowMs);
      const passed = Math.min(until - cursorMs, gapMs);
      for (let slot = 1; slot <= passed; slot += 1) turn(slots[(cursorMs + slot) % gapMs]);
      cursorMs = until;
    },
    size: () => live,
  };
}
