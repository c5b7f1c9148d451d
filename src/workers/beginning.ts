import type { ServerAddress } from "../server.ts";
import type { DeclaredNow } from "./crew.ts";

/** What a worker is told before it begins. */
export interface Beginning extends DeclaredNow {
  readonly id: number;
  readonly secret: string;
  readonly address: ServerAddress;
  /** The socket on which the parent takes the requests that it answers itself. */
  readonly handOverPath: string;
}

/** What a worker says of itself. */
export interface WorkerReport {
  /** Requests at this moment. */
  readonly running: number;
  /** Permits that they hold. */
  readonly permits: number;
  /** Answers that wait for their charge. */
  readonly charging: number;
  readonly rssBytes: number;
  /** Processor time since it began. */
  readonly cpuSeconds: number;
}
