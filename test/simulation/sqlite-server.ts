import type { Database } from "bun:sqlite";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { idBytes, idText } from "../../src/base/id.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import type { Proof } from "../../src/storage/proof.ts";
import { sqliteAccountStore } from "../../src/storage/sqlite/account-store.ts";
import { sqliteCodeStore } from "../../src/storage/sqlite/code-store.ts";
import { durably, openDatabase } from "../../src/storage/sqlite/database.ts";
import { openSqliteLedger, type SqliteLedgerStore } from "../../src/storage/sqlite/ledger-store.ts";
import { sqlitePaymentStore } from "../../src/storage/sqlite/payment-store.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { sqliteWalletStore } from "../../src/storage/sqlite/wallet-store.ts";
import type { Dump } from "./auditor/seen.ts";
import type { Random } from "./random.ts";
import { BEGAN_AT, type MoneyPorts, type Storage, type StoreServer, wallTime } from "./store-server.ts";

interface OpenHome {
  readonly folder: string;
  readonly db: Database;
  readonly ledger: SqliteLedgerStore;
  /** Bytes of the write-ahead log that are on the disk for sure. */
  walSynced: number;
  /** The last charge was written, its writer has not heard of it, and nothing was done since. */
  unheard: boolean;
}

export interface SqliteStorageOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Charges are brought into the tables after every call, so that every moment can be audited. */
  readonly transparent: boolean;
  readonly onFatal: (cause: unknown) => void;
}

export interface SqliteStorage extends Storage {
  /** One more process over the home that was opened last, or its next life; the home's own node is none of them. */
  another(index: number): StoreServer;
  /** What `quoin ledger prove` says of the last process's home. */
  prove(): Promise<Proof>;
  journalFiles(): number;
}

/**
 * The store of one machine, inside the node. A crash is a copy of what its files hold, without what
 * a power cut may take: the unsynced end of the write-ahead log, a journal line half written.
 */
export function sqliteStorage(options: SqliteStorageOptions): SqliteStorage {
  const homes: OpenHome[] = [];
  function opened(): OpenHome {
    const home = homes.at(-1);
    if (!home) throw new Error("nothing was opened");
    return home;
  }
  return {
    another(index) {
      const home = opened();
      return serverOf(home, options, index + 2);
    },
    open() {
      const before = homes.at(-1);
      const folder = mkdtempSync(join(tmpdir(), "quoin-ledger-"));
      if (before) copyAsCrashed(before, folder, options.random);
      const home = openHome(folder, options);
      homes.push(home);
      return serverOf(home, options);
    },
    async prove() {
      const home = opened();
      return await proveLedger(home.folder, () => Promise.resolve(home.ledger.flush()));
    },
    journalFiles: () => journalNames(homes.at(-1)?.folder ?? "").length,
    async dispose() {
      for (const { ledger, db, folder } of homes) {
        await ledger.close().catch(() => undefined);
        db.close();
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function openHome(folder: string, { clock, onFatal }: SqliteStorageOptions): OpenHome {
  const db = openDatabase(join(folder, "quoin.db"));
  const ledger = openSqliteLedger({ db, home: folder, clock, onFatal });
  const home = { folder, db, ledger, walSynced: 0, unheard: false };
  home.walSynced = walBytes(folder);
  return home;
}

function walBytes(folder: string): number {
  const path = join(folder, "quoin.db-wal");
  return existsSync(path) ? statSync(path).size : 0;
}

function copyAsCrashed(before: OpenHome, folder: string, random: Random): void {
  const size = walBytes(before.folder);
  for (const name of ["quoin.db", "quoin.db-wal"]) {
    const path = join(before.folder, name);
    if (existsSync(path)) copyFileSync(path, join(folder, name));
  }
  if (random.chance(0.5) && size > before.walSynced) {
    const kept = random.chance(0.5) ? before.walSynced : random.int(before.walSynced, size);
    truncateSync(join(folder, "quoin.db-wal"), kept);
  }
  mkdirSync(join(folder, "journal"));
  for (const name of journalNames(before.folder)) {
    const written = writtenPart(join(before.folder, "journal", name));
    if (written.length === 0) continue;
    const kept = before.unheard && random.chance(0.6) ? tear(written, random) : written;
    writeFileSync(join(folder, "journal", name), kept);
  }
}

function journalNames(folder: string): string[] {
  return readdirSync(join(folder, "journal")).filter((name) => name.endsWith(".journal"));
}

function writtenPart(path: string): Buffer {
  const bytes = readFileSync(path);
  const zeros = bytes.indexOf(0);
  return zeros < 0 ? bytes : bytes.subarray(0, zeros);
}

/** Takes away the last line, or its end. */
function tear(written: Buffer, random: Random): Buffer {
  const lastLine = written.lastIndexOf(10, written.length - 2) + 1;
  return written.subarray(0, random.int(lastLine, written.length - 1));
}

function serverOf(home: OpenHome, { clock, transparent }: SqliteStorageOptions, nodeId = 1): StoreServer {
  const { db } = home;
  const ledger = nodeId === 1 ? home.ledger : home.ledger.node(nodeId);
  const money = moneyOf(home);
  const readEpoch = db.prepare<{ epoch: bigint }, [number]>("SELECT epoch FROM node WHERE node_id = ?");
  return {
    store: watched(home, ledger),
    transparent,
    addWallet: (walletId) => addWallet(db, walletId),
    freeze: (walletId, frozen) =>
      void db
        .prepare("UPDATE wallet SET frozen = ? WHERE wallet_id = ?")
        .run(frozen ? 1 : 0, idBytes(walletId)),
    grant: ({ walletId, nanos, grantKey, expiresAtMs, spendRank }) =>
      money.wallets.grant({
        walletId,
        nanos,
        source: spendRank === 0 ? "demo" : "top-up",
        grantKey,
        expiresAt: wallTime(expiresAtMs) ?? undefined,
        at: clock.now(),
      }),
    expire: () => void money.wallets.expire(clock.now()),
    money,
    dump() {
      home.ledger.flush();
      home.unheard = false;
      return dumpSqlite(db, clock.now() - BEGAN_AT);
    },
    epoch: () => Number(readEpoch.get(nodeId)?.epoch ?? 0n),
    answered() {
      home.unheard = false;
    },
  };
}

/** Nodes over one home, as workers are; the home itself stays. */
export function sqliteNodes(options: SqliteStorageOptions): SqliteStorage {
  const storage = sqliteStorage(options);
  const operator = storage.open();
  return {
    ...storage,
    shared: true,
    open: (index) => (index === undefined ? operator : storage.another(index)),
  };
}

/** Notes what a power cut could still take. */
function watched(home: OpenHome, ledger: LedgerStore): LedgerStore {
  const { folder } = home;
  const noting = async <Answer>(
    work: Promise<Answer>,
    unheard: boolean,
    synced: boolean,
  ): Promise<Answer> => {
    home.unheard = false;
    const answer = await work;
    home.unheard = unheard;
    if (synced) home.walSynced = walBytes(folder);
    return answer;
  };
  return {
    register: () => noting(ledger.register(), false, true),
    lease: (step) => noting(ledger.lease(step), false, false),
    giveBack: (steps) => noting(ledger.giveBack(steps), false, false),
    renew: (epoch) => ledger.renew(epoch),
    askBack: (walletId) => ledger.askBack(walletId),
    settle: (entries) => noting(ledger.settle(entries), true, false),
    reverse: (requestId) => noting(ledger.reverse(requestId), false, true),
  };
}

/** Every call is synced before it returns. */
function moneyOf(home: OpenHome): MoneyPorts {
  const { db, ledger, folder } = home;
  const synced = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name, receiver) {
        const call: unknown = Reflect.get(target, name, receiver);
        if (typeof call !== "function") return call;
        return (...args: unknown[]) => {
          const answer: unknown = call.apply(target, args);
          home.walSynced = walBytes(folder);
          home.unheard = false;
          return answer;
        };
      },
    });
  return {
    wallets: synced(sqliteWalletStore(db, () => ledger.flush())),
    codes: synced(sqliteCodeStore(db)),
    payments: synced(sqlitePaymentStore(db)),
    accounts: synced(sqliteAccountStore(db)),
  };
}

function addWallet(db: Database, walletId: string): void {
  durably(db, () => {
    const id = idBytes(walletId);
    db.prepare("INSERT INTO account (account_id, name, created_at) VALUES (?, ?, 0)").run(id, walletId);
    db.prepare("INSERT INTO wallet (wallet_id, account_id, currency) VALUES (?, ?, 'USD')").run(id, id);
  });
}

interface LotRow {
  lot_id: Uint8Array;
  wallet_id: Uint8Array;
  source: string;
  granted: bigint;
  taken: bigint;
  expires_at: bigint | null;
  spend_rank: bigint;
  grant_key: string;
}

interface LeaseRow {
  lot_id: Uint8Array;
  epoch: bigint;
  granted: bigint;
  spent: bigint;
  returned: bigint;
}

interface ChargeRow {
  request_id: Uint8Array;
  leg: bigint;
  state: string;
  wallet_id: Uint8Array;
  epoch: bigint;
  lot_id: Uint8Array | null;
  amount: bigint;
  priced: bigint;
}

interface TransferRow {
  key: string;
  kind: string;
  debit: Uint8Array;
  credit: Uint8Array;
  amount: bigint;
  ref: Uint8Array | null;
}

function dumpSqlite(db: Database, nowMs: number): Dump {
  return {
    nowMs,
    epochs: db
      .query<{ epoch: bigint }, []>("SELECT epoch FROM node")
      .all()
      .map(({ epoch }) => Number(epoch)),
    wallets: db
      .query<{ wallet_id: Uint8Array; frozen: bigint }, []>("SELECT wallet_id, frozen FROM wallet")
      .all()
      .map(({ wallet_id, frozen }) => ({ walletId: idText(wallet_id), frozen: frozen !== 0n })),
    lots: db
      .query<LotRow, []>("SELECT * FROM lot ORDER BY lot_id")
      .all()
      .map((row) => ({
        lotId: idText(row.lot_id),
        walletId: idText(row.wallet_id),
        granted: row.granted,
        taken: row.taken,
        expiresAtMs: row.expires_at === null ? null : Number(row.expires_at) - BEGAN_AT,
        spendRank: Number(row.spend_rank),
        bought: row.source === "top-up" || row.source === "payment",
        grantKey: row.grant_key,
      })),
    leases: db
      .query<LeaseRow, []>("SELECT * FROM lease")
      .all()
      .map((row) => ({ ...row, lotId: idText(row.lot_id), epoch: Number(row.epoch) })),
    charges: db
      .query<ChargeRow, []>("SELECT * FROM charge")
      .all()
      .map((row) => ({
        ...row,
        requestId: idText(row.request_id),
        leg: Number(row.leg),
        walletId: idText(row.wallet_id),
        epoch: Number(row.epoch),
        lotId: row.lot_id === null ? null : idText(row.lot_id),
      })),
    transfers: db
      .query<TransferRow, []>("SELECT * FROM transfer")
      .all()
      .map((row) => ({
        ...row,
        debit: idText(row.debit),
        credit: idText(row.credit),
        ref: row.ref === null ? null : idText(row.ref),
      })),
  };
}
