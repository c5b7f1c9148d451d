import type { Discovered, FileLines } from "../config/resolve.ts";
import type { Config } from "../config/types.ts";
import type { Nanos } from "../core/money.ts";
import type { Notice } from "../storage/postgres/notices.ts";

/** One of the processes that serve requests, as `status` shows it. */
export interface WorkerState {
  readonly id: number;
  readonly pid: number;
  /** Requests at this moment. */
  readonly running: number;
  readonly permits: number;
  /** Finished answers that wait for their charge. */
  readonly charging: number;
  /** How often another one came in its place. */
  readonly restarts: number;
  /** How the one before ended: a signal, an exit code, or that it gave no sign of life; null where there was none. */
  readonly last_end: string | null;
  readonly rss_bytes: number;
  /** Processor time since this process began. */
  readonly cpu_seconds: number;
}

/** What quoin.yaml declares, or what was discovered. */
export interface DeclaredNow {
  readonly config: Config;
  readonly discovered: Discovered;
  readonly lines: FileLines;
}

/** The processes that serve requests for this one, which keeps the books. */
export interface Crew {
  /** Resolves when each has done what follows from it. */
  tell(notice: Notice): Promise<void>;
  configure(file: DeclaredNow): Promise<void>;
  /** Records of what has ended are with this process when it resolves. */
  flush(): Promise<void>;
  /** The sum of what requests of this wallet hold. */
  heldNanos(walletId: string): Promise<Nanos>;
  states(): Promise<WorkerState[]>;
}
