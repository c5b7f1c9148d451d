import type { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
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
import { giverBack, HOME_NODE, leasedElsewhere, leaser, returnLeases, startEpoch } from "./leases.ts";
import { reverseCharge } from "./reverse-charge.ts";

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

/** One of several processes over the same store; each holds its own epoch. */
export interface LedgerNode extends LedgerStore {
  /** Ends the node's epoch: nothing more of it is written, what it had leased is free again. */
  retire(): Promise<void>;
}

/** The store is the home's own node; `node` gives further ones. */
export interface SqliteLedgerStore extends LedgerStore {
  /** @param nodeId from 2 on; one that had an epoch before ends it when it registers. */
  node(nodeId: number): LedgerNode;
  /** All acknowledged charges are in the tables when it returns. */
  flush(): void;
  /** Flushes, makes the tables durable, and drops the journal. */
  close(): Promise<void>;
  syncs(): number;
}

type Timer = ReturnType<typeof setTimeout>;

const APPLIED: SettleResult = { kind: "applied" };

/**
 * The ledger of one machine, whose processes are its nodes: charges are durable in the journal when they are acknowledged, and
 * reach the tables in larger groups behind it. Opening replays what a crash left in the journal.
 */
export function openSqliteLedger(options: SqliteLedgerOptions): SqliteLedgerStore {
  const { db } = options;
  const folder = join(options.home, "journal");
  const writeCharges = chargeWriter(db);
  const nodes = new Map<number, number>();
  const replayed = readJournal(folder).flatMap((text) => decodeRows(text, nodes));
  durably(db, () => {
    // A power cut may have left a lease of one node in the tables whose money another node then spent.
    if (nodes.size > 0) returnLeases(db);
    writeCharges(replayed, nodes);
    returnLeases(db);
  });
  options.onReplayed?.(replayed);
  dropJournal(folder, Number.MAX_SAFE_INTEGER);
  return new SqliteLedger(options, folder, writeCharges);
}

class SqliteLedger implements SqliteLedgerStore {
  private readonly journal: Journal;
  private readonly readCharge: ReturnType<typeof chargeReader>;
  private readonly take: ReturnType<typeof leaser>;
  private readonly give: ReturnType<typeof giverBack>;
  private readonly elsewhere: ReturnType<typeof leasedElsewhere>;
  /** Of every epoch of this process's life, the node. */
  private readonly nodes = new Map<number, number>();
  private readonly live = new Set<number>();
  /** The write to the journal that is under way, and the one that takes what comes meanwhile. */
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private gathered: ChargeRow[] = [];
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
    private readonly writeCharges: ReturnType<typeof chargeWriter>,
  ) {
    this.journal = Journal.start(folder);
    this.durableUpTo = this.journal.number;
    this.readCharge = chargeReader(options.db);
    this.take = leaser(options.db, options.clock);
    this.give = giverBack(options.db);
    this.elsewhere = leasedElsewhere(options.db, options.clock);
  }

  node(nodeId: number): LedgerNode {
    return {
      register: () => this.registerNode(nodeId),
      retire: () => this.end(nodeId),
      lease: (step) => this.lease(step),
      giveBack: (steps) => this.giveBack(steps),
      renew: (epoch) => this.renew(epoch),
      askBack: (walletId) => this.askBack(walletId),
      settle: (entries) => this.settle(entries),
      reverse: (requestId) => this.reverse(requestId),
    };
  }

  register(): Promise<number> {
    return this.registerNode(HOME_NODE);
  }

  private async registerNode(nodeId: number): Promise<number> {
    await this.end(nodeId);
    return this.guarded(() => {
      const epoch = durably(this.options.db, () => startEpoch(this.options.db, nodeId));
      this.nodes.set(epoch, nodeId);
      this.live.add(epoch);
      return epoch;
    });
  }

  /** Fences a node's epoch, and returns its leases once what was on its way to the journal is there. */
  private async end(nodeId: number): Promise<void> {
    for (const epoch of this.live) if (this.nodes.get(epoch) === nodeId) this.live.delete(epoch);
    await (this.next ?? this.writing);
    this.guarded(() => {
      this.apply();
      transact(this.options.db, () => returnLeases(this.options.db, nodeId));
    });
  }

  /** Turns are not looked at: no call within a machine loses its answer. */
  async lease(step: LeaseStep): Promise<LeaseAnswer> {
    const nodeId = this.nodeOf(step.epoch);
    return this.guarded(() => {
      const answer = transact(this.options.db, () => this.take(nodeId, step));
      const nodes = this.live.size;
      if (nodes === 1 || answer.freeNanos >= step.needNanos) return { ...answer, elsewhereNanos: 0n, nodes };
      // What is spent of others' leases is known once it is in the tables.
      this.apply();
      return { ...answer, elsewhereNanos: this.elsewhere(step), nodes };
    });
  }

  async giveBack(steps: readonly ReturnStep[]): Promise<void> {
    const [first] = steps;
    if (!first) return;
    for (const { epoch } of steps) this.nodeOf(epoch);
    const nodeId = this.nodeOf(first.epoch);
    this.guarded(() => {
      this.apply();
      transact(this.options.db, () => this.give(nodeId, steps));
    });
  }

  async renew(epoch: number): Promise<boolean> {
    return this.live.has(epoch);
  }

  /** Processes of a machine ask each other without it (src/workers/). */
  async askBack(_walletId: string): Promise<void> {}

  async settle(entries: readonly ChargeEntry[]): Promise<readonly SettleResult[]> {
    const fresh: ChargeRow[] = [];
    const results = this.guarded(() => entries.map((entry) => this.settleOne(entry, fresh)));
    if (fresh.length > 0) await this.write(fresh);
    return results;
  }

  /** One group after the other: what other nodes bring meanwhile goes together into the next. */
  private write(rows: readonly ChargeRow[]): Promise<void> {
    if (!this.writing) {
      this.writing = this.journalRows(rows).finally(() => {
        this.writing = undefined;
      });
      return this.writing;
    }
    for (const row of rows) this.gathered.push(row);
    this.next ??= this.writing.then(() => {
      const { gathered } = this;
      this.gathered = [];
      this.next = undefined;
      return this.write(gathered);
    });
    return this.next;
  }

  private async journalRows(rows: readonly ChargeRow[]): Promise<void> {
    try {
      await this.journal.append(encodeRows(rows, this.nodes));
    } catch (cause) {
      this.fail(cause);
    }
    for (const row of rows) this.pending.push(row);
    if (this.pending.length >= APPLY_AT_ROWS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), APPLY_AFTER_MS);
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
      transact(this.options.db, () => this.writeCharges(rows, this.nodes));
      return;
    }
    // A file is full: what it holds goes to the disk in the tables, and older files may go.
    durably(this.options.db, () => this.writeCharges(rows, this.nodes));
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
    if (!this.live.has(first.epoch)) return { kind: "fenced" };
    for (const row of entry.rows) fresh.push(row);
    return APPLIED;
  }

  /** @throws EpochOver */
  private nodeOf(epoch: number): number {
    const nodeId = this.live.has(epoch) ? this.nodes.get(epoch) : undefined;
    if (nodeId === undefined) throw new EpochOver(epoch);
    return nodeId;
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
