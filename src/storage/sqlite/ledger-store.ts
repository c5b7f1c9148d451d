import type { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { idBytes, newId } from "../../base/id.ts";
import {
  type ChargeEntry,
  type ChargeRow,
  EpochOver,
  type LeaseAnswer,
  type LeaseStep,
  type LedgerStore,
  type ReturnStep,
  type SettleResult,
} from "../../billing/store.ts";
import { chargeReader, chargeWriter, decodeRows, encodeRows } from "./charge-writer.ts";
import { durably, transact } from "./database.ts";
import { dropJournal, Journal, readJournal } from "./journal.ts";
import { giverBack, leaser, NODE_ID, startEpoch } from "./leases.ts";
import { REVENUE } from "./move-money.ts";

/** Charges lie in the journal at most this long before the tables have them; what waits costs the collector. */
const APPLY_AFTER_MS = 50;
const APPLY_AT_ROWS = 1_000;

export interface SqliteLedgerOptions {
  readonly db: Database;
  readonly home: string;
  readonly clock: Clock;
  /**
   * Called with the charges that a crash left in the journal, once they are in the tables and before the
   * journal forgets them: what it derives from them, a next start would not find again.
   */
  readonly onReplayed?: (charges: readonly ChargeRow[]) => void;
  /** Called once when the disk failed: nothing can be promised any more, end the process. */
  readonly onFatal: (cause: unknown) => void;
}

export interface SqliteLedgerStore extends LedgerStore {
  /** All acknowledged charges are in the tables when it returns. */
  flush(): void;
  /** Flushes, makes the tables durable, and drops the journal. */
  close(): Promise<void>;
  syncs(): number;
}

type Timer = ReturnType<typeof setTimeout>;

const APPLIED: SettleResult = { kind: "applied" };

/**
 * The ledger of one machine: charges are durable in the journal when they are acknowledged, and
 * reach the tables in larger groups behind it. Opening replays what a crash left in the journal.
 */
export function openSqliteLedger(options: SqliteLedgerOptions): SqliteLedgerStore {
  const { db } = options;
  const folder = join(options.home, "journal");
  const writeCharges = chargeWriter(db, NODE_ID);
  const replayed = readJournal(folder).flatMap(decodeRows);
  durably(db, () => writeCharges(replayed));
  options.onReplayed?.(replayed);
  dropJournal(folder, Number.MAX_SAFE_INTEGER);
  return new SqliteLedger(options, folder, writeCharges);
}

class SqliteLedger implements SqliteLedgerStore {
  private readonly journal: Journal;
  private readonly readCharge: ReturnType<typeof chargeReader>;
  private readonly take: ReturnType<typeof leaser>;
  private readonly give: ReturnType<typeof giverBack>;
  private epoch = 0;
  /** Acknowledged, and not in the tables yet. */
  private pending: ChargeRow[] = [];
  /** The journal's file at the last durable write of the tables. */
  private durableUpTo: number;
  private timer: Timer | undefined;
  private failed = false;
  private closed = false;

  constructor(
    private readonly options: SqliteLedgerOptions,
    private readonly folder: string,
    private readonly writeCharges: (rows: readonly ChargeRow[]) => void,
  ) {
    this.journal = Journal.start(folder);
    this.durableUpTo = this.journal.number;
    this.readCharge = chargeReader(options.db);
    this.take = leaser(options.db, options.clock);
    this.give = giverBack(options.db);
  }

  async register(): Promise<number> {
    return this.guarded(() => {
      this.apply();
      this.epoch = durably(this.options.db, () => startEpoch(this.options.db));
      return this.epoch;
    });
  }

  /** Turns are not looked at: no call within a process loses its answer. */
  async lease(step: LeaseStep): Promise<LeaseAnswer> {
    this.refuseEnded(step.epoch);
    return this.guarded(() => transact(this.options.db, () => this.take(step)));
  }

  async giveBack(steps: readonly ReturnStep[]): Promise<void> {
    for (const { epoch } of steps) this.refuseEnded(epoch);
    this.guarded(() => {
      this.apply();
      transact(this.options.db, () => this.give(steps));
    });
  }

  async renew(epoch: number): Promise<boolean> {
    return epoch === this.epoch;
  }

  /** There are no others. */
  async askBack(_walletId: string): Promise<void> {}

  async settle(entries: readonly ChargeEntry[]): Promise<readonly SettleResult[]> {
    const fresh: ChargeRow[] = [];
    const results = this.guarded(() => entries.map((entry) => this.settleOne(entry, fresh)));
    if (fresh.length === 0) return results;
    try {
      await this.journal.append(encodeRows(fresh));
    } catch (cause) {
      return this.fail(cause);
    }
    for (const row of fresh) this.pending.push(row);
    if (this.pending.length >= APPLY_AT_ROWS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), APPLY_AFTER_MS);
    return results;
  }

  async reverse(requestId: string): Promise<void> {
    const { db, clock } = this.options;
    this.guarded(() => {
      this.apply();
      durably(db, () => reverseCharge(db, requestId, clock.now()));
    });
  }

  flush(): void {
    this.guarded(() => this.apply());
  }

  async close(): Promise<void> {
    this.flush();
    this.closed = true;
    await this.journal.close();
    durably(this.options.db, () => undefined);
    this.options.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    dropJournal(this.folder, Number.MAX_SAFE_INTEGER);
  }

  syncs(): number {
    return this.journal.syncs;
  }

  /** Brings what is pending into the tables. */
  private apply(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0) return;
    const rows = this.pending;
    this.pending = [];
    const { number } = this.journal;
    if (number === this.durableUpTo) {
      transact(this.options.db, () => this.writeCharges(rows));
      return;
    }
    // A file is full: what it holds goes to the disk in the tables, and older files may go.
    durably(this.options.db, () => this.writeCharges(rows));
    // The newest complete file stays one turn longer: the history of its charges may not be written yet.
    dropJournal(this.folder, number - 2);
    this.durableUpTo = number;
  }

  private settleOne(entry: ChargeEntry, fresh: ChargeRow[]): SettleResult {
    const first = entry.rows[0];
    if (!first) throw new Error("a charge without rows");
    if (entry.repeated) {
      this.apply();
      const known = this.readCharge(first.requestId);
      if (known) return { kind: "duplicate", ...known };
    }
    if (first.epoch !== this.epoch) return { kind: "fenced" };
    for (const row of entry.rows) fresh.push(row);
    return APPLIED;
  }

  private refuseEnded(epoch: number): void {
    if (epoch !== this.epoch) throw new EpochOver(epoch);
  }

  private guarded<T>(work: () => T): T {
    if (this.failed) throw new Error("the ledger's disk failed; this process is ending");
    // A stream that outlasted the drain: it is cut with the process and costs nothing.
    if (this.closed) throw new Error("the ledger is closed; this process is ending");
    try {
      return work();
    } catch (cause) {
      return this.fail(cause);
    }
  }

  private fail(cause: unknown): never {
    this.failed = true;
    this.options.onFatal(cause);
    throw cause;
  }
}

/** Pays a posted charge back into new lots with the expiry of those that paid. */
function reverseCharge(db: Database, requestId: string, now: number): void {
  const charge = idBytes(requestId);
  const legs = db
    .prepare<{ leg: bigint; lot_id: Uint8Array; amount: bigint; wallet_id: Uint8Array }, [Uint8Array]>(
      "SELECT leg, lot_id, amount, wallet_id FROM charge WHERE request_id = ? AND state <> 'void' AND amount > 0",
    )
    .all(charge);
  for (const { leg, lot_id, amount } of legs) {
    const key = `reversal:${requestId}:${leg}`;
    const lot = idBytes(newId());
    const { changes } = db
      .prepare(
        `INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
         SELECT ?1, wallet_id, 'reversal', ?2, expires_at, spend_rank, ?3 FROM lot WHERE lot_id = ?4
         ON CONFLICT DO NOTHING`,
      )
      .run(lot, amount, key, lot_id);
    if (changes === 0) continue;
    db.prepare(
      "INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, ref, at) VALUES (?, ?, 'reversal', ?, ?, ?, ?, ?)",
    ).run(idBytes(newId()), key, REVENUE, lot, amount, charge, now);
  }
}
