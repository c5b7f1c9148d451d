/** What the load generator is told to do, as JSON in its first argument. */
export type LoadPlan = {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
  /** Requests a second, evenly; undefined: each connection sends its next when its last is answered. */
  readonly perSecond?: number | undefined;
  readonly warmupMs: number;
  readonly windowMs: number;
  /** A file of keys of one length, each on a line of its own; requests draw from it evenly. No file, no key. */
  readonly keysFile: string | undefined;
  /** Draw from the first so many keys of the file only. */
  readonly keysMax: number | undefined;
  readonly seed: number;
  readonly expectStatus: number;
  /** Events that a whole stream has; 0 for answers that are not streams. */
  readonly eventsPerStream: number;
  /** Processes whose CPU time is read at the moment the window opens and closes: the target, the upstream. */
  readonly watch: readonly number[];
  /** The cores whose total load is read with them, to see who else was on them. */
  readonly cores: readonly number[];
};

/** What one window of load gave. Counts are of answers that ended inside the window. */
export type LoadResult = {
  readonly windowMs: number;
  readonly answers: number;
  readonly events: number;
  /** Reads that carried events: near `events` when each came alone, as it does from a model. */
  readonly reads: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly reconnects: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly maxMicros: number;
  /** CPU time of each watched process in the window, in the plan's order. */
  readonly watchedCpuMs: readonly number[];
  readonly generatorCpuMs: number;
  /** Time that each of the plan's cores was busy, for whomever. */
  readonly coresBusyMs: readonly number[];
};
