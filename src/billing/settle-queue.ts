import type { Clock } from "../base/clock.ts";
import type { Nanos } from "../core/money.ts";
import type { SettleOutcome } from "./ledger.ts";
import type { ChargeRow, LedgerStore, SettleResult } from "./store.ts";

export interface SettleTask {
  readonly rows: readonly ChargeRow[];
  readonly voided: ChargeRow;
  /** Called once, when it is certain whether the charge stands. */
  readonly onKnown: (posted: boolean) => void;
}

interface Waiting extends SettleTask {
  readonly deadlineMs: number;
  readonly resolve: (outcome: SettleOutcome) => void;
  repeated: boolean;
  /** The client was told an error: from now on the charge is being voided. */
  givenUp: boolean;
}

export interface SettleQueueOptions {
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly settleWaitMs: number;
  readonly retryMs: number;
  readonly delay: (ms: number) => Promise<void>;
  readonly onFault: (message: string, cause: unknown) => void;
}

/** Requests written with one commit; more would only make the first of them wait. */
const BATCH_MAX = 500;

/**
 * Charges of all requests, written in groups: the next group leaves when the last has returned.
 * A write whose outcome is unknown is repeated under the same ids until it is known.
 */
export class SettleQueue {
  private waiting: Waiting[] = [];
  private writing = false;

  constructor(
    private readonly options: SettleQueueOptions,
    private readonly onFenced: () => void,
  ) {}

  add(task: SettleTask): Promise<SettleOutcome> {
    const { promise, resolve } = Promise.withResolvers<SettleOutcome>();
    const deadlineMs = this.options.clock.monotonic() + this.options.settleWaitMs;
    this.waiting.push({
      ...task,
      deadlineMs,
      resolve,
      repeated: false,
      givenUp: false,
    });
    if (!this.writing) void this.write();
    return promise;
  }

  private async write(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_MAX);
      try {
        const results = await this.options.store.settle(
          batch.map((task) => ({
            rows: task.givenUp ? [task.voided] : task.rows,
            repeated: task.repeated,
          })),
        );
        await this.close(batch, results);
      } catch (cause) {
        await this.retryLater(batch, cause);
      }
    }
    this.writing = false;
  }

  private async close(batch: readonly Waiting[], results: readonly SettleResult[]): Promise<void> {
    for (const [index, task] of batch.entries()) {
      const result = results[index] ?? { kind: "fenced" };
      if (task.givenUp) await this.closeGivenUp(task, result);
      else this.closeWaiting(task, result);
    }
  }

  private closeWaiting(task: Waiting, result: SettleResult): void {
    if (result.kind === "fenced") {
      this.onFenced();
      this.settled(task, false, new Error("this node's epoch ended before the charge was written"));
      return;
    }
    // A duplicate is our own earlier write, whose acknowledgement was lost.
    const posted = result.kind === "applied" || result.state !== "void";
    this.settled(task, posted, new Error("the charge had been voided"));
  }

  private settled(task: Waiting, posted: boolean, cause: Error): void {
    task.onKnown(posted);
    task.resolve(posted ? { kind: "posted", amountNanos: sum(task.rows) } : { kind: "void", cause });
  }

  /** The client has its error already; if the charge had won, it is paid back. */
  private async closeGivenUp(task: Waiting, result: SettleResult): Promise<void> {
    const won = result.kind === "duplicate" && result.state !== "void";
    if (won) {
      try {
        await this.options.store.reverse(task.voided.requestId);
      } catch (cause) {
        await this.retryLater([task], cause);
        return;
      }
    }
    task.onKnown(won);
  }

  private async retryLater(batch: readonly Waiting[], cause: unknown): Promise<void> {
    this.options.onFault("writing charges failed; they are written again under the same ids", cause);
    const now = this.options.clock.monotonic();
    for (const task of batch) {
      task.repeated = true;
      if (task.givenUp || now < task.deadlineMs) continue;
      task.givenUp = true;
      task.resolve({ kind: "void", cause });
    }
    this.waiting.unshift(...batch);
    await this.options.delay(this.options.retryMs);
  }
}

function sum(rows: readonly ChargeRow[]): Nanos {
  return rows.reduce((total, row) => total + row.amountNanos, 0n);
}
