import type { AccountStore } from "../../src/accounts/store.ts";
import type { Awaitable } from "../../src/base/awaitable.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { CodeStore } from "../../src/billing/codes.ts";
import type { PaymentStore } from "../../src/billing/payments.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import type { WalletStore } from "../../src/billing/wallets.ts";
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

/** The wall clock's reading when a simulation begins: a month ends soon. */
export const BEGAN_AT = Date.UTC(2026, 10, 1) - 20_000;

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
  /** The newest epoch; of a store that nodes share, of this server's node. */
  epoch(): number;
  /** The product's own stores of money that is no charge; undefined where there are none. */
  readonly money?: MoneyPorts;
  /** The node has got the answer to what it asked last. */
  answered(): void;
}

export interface MoneyPorts {
  readonly wallets: WalletStore;
  readonly codes: CodeStore;
  readonly payments: PaymentStore;
  readonly accounts: AccountStore;
}

/** How long nodes that share a store may be silent. */
const TTL_MS = 15_000;

/** What outlives a node. */
export interface Storage {
  /** Nodes share it: each process opens it as one more node, and the epoch of one that is silent is ended. */
  readonly shared?: boolean;
  /** Opens it; again after a crash, as the next process finds it. @param index of the node; the operator has none */
  open(index?: number): StoreServer;
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
export function memoryNodes(
  clock: Clock,
  ttlMs: number,
  wrap: (store: MemoryLedgerStore) => LedgerStore = (store) => store,
): () => StoreServer {
  const tables = emptyTables();
  let nodes = 0;
  return () => {
    const memory = openMemoryLedger(clock, tables, { nodeId: ++nodes, ttlMs });
    return serverOf(memory, clock, wrap(memory));
  };
}

export function sharedMemory(clock: Clock, wrap?: (store: MemoryLedgerStore) => LedgerStore): Storage {
  return { shared: true, open: memoryNodes(clock, TTL_MS, wrap), dispose: () => Promise.resolve() };
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
    epochs: [...tables.epochs.rows].filter(([, { live }]) => live).map(([epoch]) => Number(epoch)),
    wallets: Array.from(tables.wallets.rows, ([walletId, { frozen }]) => ({ walletId, frozen })),
    lots: Array.from(tables.lots.rows.values(), (lot) => ({
      lotId: lot.lotId,
      walletId: lot.walletId,
      granted: lot.grantedNanos,
      taken: lot.takenNanos,
      expiresAtMs: lot.expiresAt === null ? null : lot.expiresAt - BEGAN_AT,
      spendRank: lot.spendRank,
      bought: lot.source === "top-up",
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
