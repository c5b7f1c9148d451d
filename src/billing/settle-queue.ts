import type { Clock } from "../base/clock.ts";
import type { Nanos } from "../core/money.ts";
import { moneyOf, voidRow } from "./charge-rows.ts";
import type { SettleOutcome } from "./outcomes.ts";
import type { ChargeEntry, ChargeRow, LedgerStore, SettleResult } from "./store.ts";

export interface SettleTask {
  /** Of one request, leg 0 first. */
  readonly rows: readonly ChargeRow[];
  /** Called once, when it is certain whether the charge stands. */
  readonly onKnown: (posted: boolean) => void;
}

/** A charge made anew in another epoch. */
export interface Adopted {
  readonly rows: readonly ChargeRow[];
  readonly onKnown: (posted: boolean) => void;
}

interface Waiting {
  rows: readonly ChargeRow[];
  onKnown: (posted: boolean) => void;
  readonly deadlineMs: number;
  readonly resolve: (outcome: SettleOutcome) => void;
  repeated: boolean;
  /** The client was told an error: from now on the charge is being voided. */
  givenUp: boolean;
  /** The write under way is the void, not the charge. */
  voiding: boolean;
}

export interface SettleQueueOptions {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** How long a finished answer waits for its charge before the client is told an error. */
  readonly settleWaitMs: number;
  /** Under load a group leaves at most this often; 0: as soon as the last has returned. */
  readonly groupMs: number;
  /** How long to wait between two tries of a store that failed. */
  readonly retryMs: number;
  /** Waits; a port so that simulations own time. */
  readonly delay: (ms: number) => Promise<void>;
  readonly onFault: (message: string, cause: unknown) => void;
  /** The store says that this epoch is over. */
  readonly onFenced: (epoch: number) => void;
  /** Reserves anew, in the present epoch, for a charge whose epoch has ended; undefined where it cannot. */
  readonly adopt: (rows: readonly ChargeRow[]) => Promise<Adopted | undefined>;
}

/** Requests written with one commit; more would only make the first of them wait. */
const BATCH_MAX = 500;
/** From this size on, groups are worth gathering: a commit costs more than its rows. */
const GATHER_FROM = 8;
/** One timer for all deadlines, and none that outlives the last charge by more than this. */
const WATCH_MS_MAX = 1_000;

/**
 * Charges of all requests, written in groups: the next group leaves when the last has returned, under load not before `groupMs`.
 * A write whose outcome is unknown is repeated under the same ids until it is known.
 */
export class SettleQueue {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  /** Those whose clients wait, oldest first. */
  private readonly unanswered = new Set<Waiting>();
  private watching = false;

  /** Charges of ended epochs, for which money is being reserved anew. */
  private readonly adopting = new Set<Promise<void>>();

  constructor(private readonly options: SettleQueueOptions) {}

  add(task: SettleTask): Promise<SettleOutcome> {
    return new Promise((resolve) => {
      const waiting = {
        rows: task.rows,
        onKnown: task.onKnown,
        deadlineMs: this.options.clock.monotonic() + this.options.settleWaitMs,
        resolve,
        repeated: false,
        givenUp: false,
        voiding: false,
      };
      this.waiting.push(waiting);
      this.unanswered.add(waiting);
      this.writing ??= this.write();
      if (!this.watching) void this.watch();
    });
  }

  /** Charges whose clients wait for them. */
  get size(): number {
    return this.unanswered.size;
  }

  /** Resolves when of every charge it is known whether it stands. */
  async idle(): Promise<void> {
    for (;;) {
      if (this.writing !== undefined) await this.writing;
      else if (this.adopting.size > 0) await Promise.all(this.adopting);
      else return;
    }
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const startMs = this.options.clock.monotonic();
      const batch = this.waiting.splice(0, BATCH_MAX);
      const results = await this.writeBatch(batch);
      if (results) await this.close(batch, results);
      if (batch.length >= GATHER_FROM) await this.gather(startMs);
    }
    this.writing = undefined;
  }

  /** Lets the next group grow until `groupMs` after the last one left. */
  private async gather(startMs: number): Promise<void> {
    const restMs = startMs + this.options.groupMs - this.options.clock.monotonic();
    if (restMs > 0) await this.options.delay(restMs);
  }

  private async writeBatch(batch: readonly Waiting[]): Promise<readonly SettleResult[] | undefined> {
    try {
      const results = await this.options.store.settle(batch.map(entryOf));
      if (results.length === batch.length) return results;
      throw new Error(`the store answered ${results.length} of ${batch.length} charges`);
    } catch (cause) {
      await this.retryLater(batch, cause);
      return undefined;
    }
  }

  private async close(batch: readonly Waiting[], results: readonly SettleResult[]): Promise<void> {
    const won: Waiting[] = [];
    for (const [index, task] of batch.entries()) {
      const result = results[index];
      if (!result) continue;
      if (result.kind === "fenced") {
        this.options.onFenced(firstRow(task).epoch);
        // Nothing was written; what its client still waits for may be paid in a new epoch.
        if (!task.givenUp) {
          this.startAdopting(task);
          continue;
        }
      }
      const stands = doesStand(task, result);
      // The client has its error already; if the charge had won, it is paid back.
      if (stands && task.givenUp) won.push(task);
      else this.known(task, stands, result);
    }
    if (won.length > 0) await this.payBack(won);
  }

  private startAdopting(task: Waiting): void {
    const adopting: Promise<void> = this.adopt(task).finally(() => this.adopting.delete(adopting));
    this.adopting.add(adopting);
  }

  private async adopt(task: Waiting): Promise<void> {
    const adopted = await this.options.adopt(task.rows).catch(() => undefined);
    if (!adopted) {
      this.known(task, false, { kind: "fenced" });
      return;
    }
    const { onKnown } = task;
    task.rows = adopted.rows;
    task.repeated = false;
    task.onKnown = (posted) => {
      onKnown(posted);
      adopted.onKnown(posted);
    };
    this.waiting.push(task);
    this.writing ??= this.write();
  }

  private known(task: Waiting, stands: boolean, result: SettleResult): void {
    task.onKnown(stands);
    this.answer(task, stands ? { kind: "posted", amountNanos: sum(task.rows) } : notStanding(result));
  }

  private answer(task: Waiting, outcome: SettleOutcome): void {
    this.unanswered.delete(task);
    task.resolve(outcome);
  }

  private async payBack(won: readonly Waiting[]): Promise<void> {
    for (const [index, task] of won.entries()) {
      try {
        await this.options.store.reverse(firstRow(task).requestId);
      } catch (cause) {
        await this.retryLater(won.slice(index), cause);
        return;
      }
      task.onKnown(true);
    }
  }

  private async retryLater(batch: readonly Waiting[], cause: unknown): Promise<void> {
    this.options.onFault("writing charges failed; they are written again under the same ids", cause);
    for (const task of batch) task.repeated = true;
    this.waiting.unshift(...batch);
    await this.options.delay(this.options.retryMs);
  }

  /** Tells clients at their deadline, also while a write neither fails nor returns. */
  private async watch(): Promise<void> {
    this.watching = true;
    for (const task of this.unanswered) {
      for (let leftMs = this.leftMs(task); leftMs > 0; leftMs = this.leftMs(task)) {
        await this.options.delay(Math.min(leftMs, WATCH_MS_MAX));
        if (!this.unanswered.has(task)) break;
      }
      if (!this.unanswered.has(task)) continue;
      task.givenUp = true;
      this.answer(task, { kind: "void", cause: new Error("the charge was not written in time") });
    }
    this.watching = false;
  }

  private leftMs(task: Waiting): number {
    return task.deadlineMs - this.options.clock.monotonic();
  }
}

/** What is written for a task now; of one given up, the tombstone. */
function entryOf(task: Waiting): ChargeEntry {
  task.voiding = task.givenUp;
  return { rows: task.voiding ? [voidRow(firstRow(task))] : task.rows, repeated: task.repeated };
}

function firstRow({ rows }: Pick<Waiting, "rows">): ChargeRow {
  const [first] = rows;
  if (!first) throw new Error("a charge without rows");
  return first;
}

function notStanding(result: SettleResult): SettleOutcome {
  const why =
    result.kind === "fenced"
      ? "this node's epoch ended before it was written, and the money could not be had again"
      : "it had been voided";
  return { kind: "void", cause: new Error(`the charge does not stand: ${why}`) };
}

/** A duplicate is our own earlier write, whose acknowledgement was lost. */
function doesStand(task: Waiting, result: SettleResult): boolean {
  if (result.kind === "applied") return !task.voiding;
  return result.kind === "duplicate" && result.state !== "void";
}

function sum(rows: readonly ChargeRow[]): Nanos {
  let total = 0n;
  for (const { amountNanos } of moneyOf(rows)) total += amountNanos;
  return total;
}
