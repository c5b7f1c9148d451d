import type { Awaitable } from "./awaitable.ts";

/** How far a step has come. */
export interface StepState {
  /** What it said of where it stands; empty at its begin. */
  readonly position: string;
  readonly rows: number;
  readonly done: boolean;
}

export interface BackgroundStep {
  readonly name: string;
  /**
   * Does a little from a position on. It may be cut off anywhere, and what was done before its new position was kept
   * is done again: the second time it changes nothing.
   * @returns `rows`: of this time; with none of them it waits for somebody else
   */
  run(position: string): Awaitable<StepState>;
}

/** Where the states of steps are kept. */
export interface StepStates {
  read(): Awaitable<ReadonlyMap<string, StepState>>;
  write(name: string, state: StepState): Awaitable<void>;
}

export interface StepReport {
  readonly name: string;
  readonly rows: number;
  readonly done: boolean;
}

/** Changes of data that a start does not wait for, one after the other, a little at a time. */
export interface BackgroundSteps {
  report(): Promise<StepReport[]>;
  /** Goes on for about this long, at least by one piece. @returns how it stands then */
  work(ms: number): Promise<StepReport[]>;
}

const BEGIN: StepState = { position: "", rows: 0, done: false };

export function backgroundSteps(steps: readonly BackgroundStep[], states: StepStates): BackgroundSteps {
  let turn: Promise<unknown> = Promise.resolve();

  async function report(): Promise<StepReport[]> {
    const known = await states.read();
    return steps.map(({ name }) => {
      const { rows, done } = known.get(name) ?? BEGIN;
      return { name, rows, done };
    });
  }

  /** @returns false when the time is over or the step has to wait */
  async function finish(step: BackgroundStep, state: StepState, endMs: number): Promise<boolean> {
    let now = state;
    while (!now.done) {
      const did = await step.run(now.position);
      now = { ...did, rows: now.rows + did.rows };
      await states.write(step.name, now);
      if (!now.done && (did.rows === 0 || performance.now() >= endMs)) return false;
    }
    return performance.now() < endMs;
  }

  async function work(ms: number): Promise<StepReport[]> {
    const endMs = performance.now() + ms;
    const known = await states.read();
    for (const step of steps) {
      const state = known.get(step.name) ?? BEGIN;
      if (!state.done && !(await finish(step, state, endMs))) break;
    }
    return await report();
  }

  return {
    report,
    work(ms) {
      const mine = turn.then(() => work(ms));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

export interface Throttle {
  readonly workMs: number;
  readonly pauseMs: number;
  readonly onFault: (cause: unknown) => void;
}

/** Works until all is done, with pauses in which requests are served. @returns how to stop it; the piece under way is waited for */
export function workInBackground(steps: BackgroundSteps, { workMs, pauseMs, onFault }: Throttle) {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let piece: Promise<unknown> = Promise.resolve();
  const next = () => {
    if (stopped) return;
    timer = setTimeout(begin, pauseMs);
    timer.unref();
  };
  function begin(): void {
    piece = steps.work(workMs).then(
      (reports) => {
        if (!reports.every(({ done }) => done)) next();
      },
      (cause) => {
        onFault(cause);
        next();
      },
    );
  }
  next();
  return {
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await piece;
    },
  };
}
