import type { Snapshot, Target } from "../../core/model.ts";
import type { RequestMeter } from "../../history/request-meter.ts";

/** One of the processes that serve requests, where there are several. */
export interface WorkerNow {
  readonly id: number;
  /** How often another one came in its place. */
  readonly restarts: number;
  /** 0: it does not answer. */
  readonly rssBytes: number;
  /** Since its process began. */
  readonly cpuSeconds: number;
}

/** What goes on at this moment, in all processes of this node together. */
export interface ServingNow {
  readonly requests: number;
  readonly permits: number;
  readonly chargesWaiting: number;
  /** None where one process does all. */
  readonly workers: readonly WorkerNow[];
}

/** What waits for somebody to act, in the database. */
export interface WaitingNow {
  readonly mails: number;
  readonly doubtedCharges: number;
}

/** What metrics are made of. */
export interface MetricSources {
  readonly version: string;
  readonly meter: Pick<RequestMeter, "models" | "upstreams" | "refused">;
  readonly snapshot: () => Pick<Snapshot, "models" | "unpublished" | "upstreams">;
  readonly isCooling: (target: Target) => boolean;
  serving(): Promise<ServingNow>;
  waiting(): Promise<WaitingNow>;
}
