/** What is told when a deadline passes. */
export interface Late {
  onLate(): void;
}

/**
 * Many deadlines on one coarse timer: a timer of its own for every request would cost
 * more than the deadline is worth. Deadlines are met late by at most `tickMs`.
 */
export class Deadlines {
  private readonly waiting = new Set<Deadline>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly tickMs = 250) {}

  /** Tells `late` once unless `stop` is called on the answer within `ms`. */
  start(ms: number, late: Late): Deadline {
    const deadline = new Deadline(this.waiting, ms, late);
    this.waiting.add(deadline);
    this.timer ??= this.tick();
    return deadline;
  }

  private tick(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => this.sweep(), this.tickMs);
    timer.unref();
    return timer;
  }

  private sweep(): void {
    const now = performance.now();
    for (const deadline of this.waiting) if (deadline.dueMs <= now) deadline.pass();
    if (this.waiting.size === 0 && this.timer !== undefined) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }
}

export class Deadline {
  dueMs: number;

  constructor(
    private readonly waiting: Set<Deadline>,
    private readonly ms: number,
    private readonly late: Late,
  ) {
    this.dueMs = performance.now() + ms;
  }

  /** Something came: counts from now again. */
  extend(): void {
    this.dueMs = performance.now() + this.ms;
  }

  /** Nothing is waited for just now; `extend` counts again. */
  pause(): void {
    this.dueMs = Number.POSITIVE_INFINITY;
  }

  stop(): void {
    this.waiting.delete(this);
  }

  /** The time is over. */
  pass(): void {
    this.waiting.delete(this);
    this.late.onLate();
  }
}
