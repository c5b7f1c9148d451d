import { drainMicrotasks } from "bun:jsc";

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Owns time: nothing in a simulation happens but by an event of this queue. */
export interface Scheduler {
  /** Milliseconds since the simulation began. */
  now(): number;
  after(ms: number, run: () => void): void;
  /** Ends the run with this error before the next event. */
  stop(cause: unknown): void;
  /** Real work, such as a disk's sync; the next event waits for it. */
  awaits(work: Promise<unknown>): void;
  /** Runs events in the order of their times until none is left or `untilMs` has come. */
  run(untilMs: number): Promise<void>;
}

export function newScheduler(): Scheduler {
  const heap: Event[] = [];
  const works = new Set<Promise<unknown>>();
  let nowMs = 0;
  let order = 0;
  let stopped: { readonly cause: unknown } | undefined;
  return {
    now: () => nowMs,
    after(ms, run) {
      push(heap, { atMs: nowMs + ms, order: order++, run });
    },
    stop(cause) {
      stopped ??= { cause };
    },
    awaits(work) {
      const settled: Promise<unknown> = work.then(
        () => works.delete(settled),
        () => works.delete(settled),
      );
      works.add(settled);
    },
    async run(untilMs) {
      for (let event = heap[0]; event && event.atMs <= untilMs; event = heap[0]) {
        pop(heap);
        nowMs = event.atMs;
        event.run();
        // Every continuation runs to its next wait for the outer world before time goes on.
        drainMicrotasks();
        while (works.size > 0) await Promise.all(works);
        if (stopped) throw stopped.cause;
      }
      nowMs = untilMs;
    },
  };
}

function before(a: Event | undefined, b: Event | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let index = heap.length;
  while (index > 0) {
    const parent = heap[(index - 1) >> 1];
    if (!parent || !before(event, parent)) break;
    heap[index] = parent;
    index = (index - 1) >> 1;
  }
  heap[index] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const child = before(heap[left + 1], heap[left]) ? left + 1 : left;
    const smaller = heap[child];
    if (!smaller || !before(smaller, last)) break;
    heap[index] = smaller;
    index = child;
  }
  heap[index] = last;
}
