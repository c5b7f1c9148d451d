import type { Awaitable } from "../../src/base/awaitable.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import { type MemoryLedgerStore, openMemoryLedger } from "../../src/storage/memory/ledger-store.ts";
import { emptyTables } from "../../src/storage/memory/tables.ts";
import type { Dump } from "./auditor/seen.ts";

export interface LotAsked {
  readonly walletId: string;
  readonly nanos: bigint;
  readonly grantKey: string;
  /** Of the store's clock, in milliseconds since the simulation began. */
  readonly expiresAtMs: number | null;
  readonly spendRank: number;
}

/** The wall clock's reading when a simulation begins. */
export const BEGAN_AT = 1_700_000_000_000;

/** A store as the simulation sees it: the ledger's port, the operator's side, and the tables. */
export interface StoreServer {
  readonly store: LedgerStore;
  /** Whether the tables may be read after every commit without changing what the store does. */
  readonly transparent: boolean;
  addWallet(walletId: string): Awaitable<void>;
  freeze(walletId: string, frozen: boolean): Awaitable<void>;
  grant(lot: LotAsked): Awaitable<boolean>;
  /** Moves what is free in expired lots to the operator. */
  expire(): Awaitable<void>;
  dump(): Awaitable<Dump>;
  epoch(): number;
  /** The node has got the answer to what it asked last. */
  answered(): void;
}

/** What outlives a node. */
export interface Storage {
  /** Opens it; again after a crash, as the next process finds it. */
  open(): StoreServer;
  dispose(): Promise<void>;
}

/** A server of its own, which no crash of the node touches. */
export function memoryStorage(
  clock: Clock,
  wrap: (store: MemoryLedgerStore) => LedgerStore = (store) => store,
): Storage {
  const server = memoryServer(clock, wrap);
  return { open: () => server, dispose: () => Promise.resolve() };
}

function memoryServer(clock: Clock, wrap: (store: MemoryLedgerStore) => LedgerStore): StoreServer {
  const memory = openMemoryLedger(clock);
  return serverOf(memory, clock, wrap(memory));
}

/** Nodes over the same tables in memory. */
export function memoryNodes(clock: Clock, ttlMs: number): () => StoreServer {
  const tables = emptyTables();
  let nodes = 0;
  return () => {
    const memory = openMemoryLedger(clock, tables, { nodeId: ++nodes, ttlMs });
    return serverOf(memory, clock, memory);
  };
}

function serverOf(memory: MemoryLedgerStore, clock: Clock, store: LedgerStore): StoreServer {
  return {
    store,
    transparent: true,
    addWallet: memory.addWallet,
    freeze: memory.freeze,
    grant: ({ expiresAtMs, ...lot }) =>
      memory.grant({ ...lot, source: "top-up", expiresAt: wallTime(expiresAtMs) }),
    expire: () => void memory.expire(),
    dump: () => dumpMemory(memory, clock.now() - BEGAN_AT),
    epoch: () => memory.tables.epoch,
    answered: () => undefined,
  };
}

export function wallTime(ms: number | null): number | null {
  return ms === null ? null : BEGAN_AT + Math.floor(ms);
}

function dumpMemory({ tables }: MemoryLedgerStore, nowMs: number): Dump {
  return {
    nowMs,
    epoch: tables.epoch,
    lots: Array.from(tables.lots.rows.values(), (lot) => ({
      lotId: lot.lotId,
      walletId: lot.walletId,
      granted: lot.grantedNanos,
      taken: lot.takenNanos,
      expiresAtMs: lot.expiresAt === null ? null : lot.expiresAt - BEGAN_AT,
      spendRank: lot.spendRank,
      grantKey: lot.grantKey,
    })),
    leases: Array.from(tables.leases.rows.values(), (lease) => ({
      lotId: lease.lotId,
      epoch: lease.epoch,
      granted: lease.grantedNanos,
      spent: lease.spentNanos,
      returned: lease.returnedNanos,
    })),
    charges: Array.from(tables.charges.rows.values(), (row) => ({
      requestId: row.requestId,
      leg: row.leg,
      state: row.state,
      walletId: row.walletId,
      epoch: row.epoch,
      lotId: row.lotId,
      amount: row.amountNanos,
      priced: row.pricedNanos,
    })),
    transfers: Array.from(tables.transfers.rows.values(), (row) => ({
      key: row.key,
      kind: row.kind,
      debit: row.debit,
      credit: row.credit,
      amount: row.amountNanos,
      ref: row.ref,
    })),
  };
}
