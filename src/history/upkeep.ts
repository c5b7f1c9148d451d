import type { Clock } from "../base/clock.ts";
import type { Log } from "../core/log.ts";

/** What a store of the history wants done beside the requests. */
export interface HistoryUpkeep {
  /** Brings the sums of usage up to date with the records. */
  merge(): Promise<void>;
  /** Drops whole months that ended before a time. @returns their names */
  drop(before: number): Promise<readonly string[]>;
}

export interface KeepOptions {
  readonly upkeep: HistoryUpkeep;
  readonly clock: Clock;
  readonly log: Log;
  /** 0: nothing is dropped. */
  readonly retentionMs: number;
}

const MERGE_EVERY_MS = 5_000;
const DROP_EVERY_MS = 3_600_000;

/** Does the upkeep from time to time; what fails is told and done the next time. */
export function keepHistory({ upkeep, clock, log, retentionMs }: KeepOptions): { stop(): void } {
  const tell = (what: string) => (cause: unknown) =>
    log("error", `${what}; it is tried again`, { cause: String(cause) });
  async function drop(): Promise<void> {
    const dropped = await upkeep.drop(clock.now() - retentionMs);
    if (dropped.length > 0) log("warn", "months of the history were dropped", { months: dropped });
  }
  const merges = setInterval(
    () => void upkeep.merge().catch(tell("sums of usage could not be brought up to date")),
    MERGE_EVERY_MS,
  );
  const drops = setInterval(
    () => void drop().catch(tell("old months of the history could not be dropped")),
    DROP_EVERY_MS,
  );
  merges.unref();
  drops.unref();
  if (retentionMs === 0) clearInterval(drops);
  return {
    stop() {
      clearInterval(merges);
      clearInterval(drops);
    },
  };
}
