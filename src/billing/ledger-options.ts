import type { Clock } from "../base/clock.ts";
import type { LedgerStore } from "./store.ts";

export interface LedgerOptions {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** How long a finished answer waits for its charge before the client is told an error. */
  readonly settleWaitMs: number;
  /** Under load charges are written at most this often; 0: as soon as the last write has returned. */
  readonly groupMs: number;
  /** How long unused money stays leased. */
  readonly idleMs: number;
  /** How long to wait between two tries of a store that failed. */
  readonly retryMs: number;
  /**
   * Where several nodes share the store: how long this one admits requests after it last said that it lives,
   * less than the store gives it. Undefined: it is alone.
   */
  readonly liveMs?: number | undefined;
  /** Waits; a port so that simulations own time. */
  readonly delay: (ms: number) => Promise<void>;
  readonly onFault: (message: string, cause: unknown) => void;
}
