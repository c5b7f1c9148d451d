import { hostname } from "node:os";
import type { SQL } from "bun";
import type { Clock } from "../../base/clock.ts";
import { budgetStore } from "../budget-store.ts";
import { managementStores } from "../management/stores.ts";
import { peopleStore } from "../people/people-store.ts";
import { postgresAccountStore } from "./account-store.ts";
import { postgresCodeStore } from "./code-store.ts";
import { firstRow, openPool, rowsOf } from "./connection.ts";
import { postgresConversations } from "./conversation-store.ts";
import { postgresHistoryQueries, postgresHistoryUpkeep } from "./history-queries.ts";
import { postgresHistoryStore } from "./history-store.ts";
import { postgresLedgerStore } from "./ledger-store.ts";
import { postgresNoticeStore } from "./low-balance-store.ts";
import { migrate } from "./migrate.ts";
import { hearNotices, type Listener } from "./notices.ts";
import { ensurePartitions } from "./partitions.ts";
import { postgresPaymentStore } from "./payment-store.ts";
import { postgresRunner } from "./people-runner.ts";
import { postgresPriceListStore } from "./price-list-store.ts";
import { rebuildLost } from "./rebuild-lost.ts";
import { postgresReceiptStore } from "./receipt-store.ts";
import { postgresWalletStore } from "./wallet-store.ts";

export interface PostgresOptions {
  readonly url: string;
  readonly secret: string;
  readonly clock: Clock;
  /** Of what the operator declares, as it is now. */
  readonly configHash: () => string;
}

/** How long a node admits requests after it last said that it lives: less than the 15 s that others wait. */
const LIVE_MS = 13_500;

/** Another secret would find no key and open no box: it is refused before anything is written. */
async function requireSecret(sql: SQL, secret: string): Promise<void> {
  const value = new Bun.CryptoHasher("sha256", secret).update("this installation").digest("hex");
  await sql.unsafe("INSERT INTO installation VALUES ('secret', $1) ON CONFLICT DO NOTHING", [value]);
  const row = await firstRow<{ value: string }>(sql, "SELECT value FROM installation WHERE name = 'secret'");
  if (row?.value === value) return;
  throw new Error("QUOIN_SECRET differs from that of the other nodes on this database; set the same on all.");
}

/** @throws Error where a node that serves now has read another configuration. */
async function refuseDiffering(sql: SQL, hash: string): Promise<void> {
  const rows = await rowsOf<{ name: string }>(
    sql,
    "SELECT name FROM node WHERE state = 'live' AND expires_at > quoin_now() AND config_hash <> $1 ORDER BY 1",
    [hash],
  );
  if (rows.length === 0) return;
  const names = [...new Set(rows.map(({ name }) => name))].join(", ");
  throw new Error(
    `quoin.yaml differs from that of nodes that run on this database (${names}); make them the same, or set QUOIN_MIXED_CONFIG=allow while you change them one by one.`,
  );
}

/** Everything durable in one database, which several nodes share. @throws what PostgreSQL says */
export async function openPostgresStores({ url, secret, clock, configHash }: PostgresOptions) {
  const sql = openPool(url);
  try {
    await migrate(sql);
    await requireSecret(sql, secret);
    await ensurePartitions(sql, clock.now());
  } catch (cause) {
    await sql.close();
    throw cause;
  }
  const history = postgresHistoryStore(sql);
  const ledger = postgresLedgerStore({
    sql,
    nodeName: `${hostname()}:${process.pid}`,
    configHash,
    onReaped: (nodeId, epoch) => rebuildLost(sql, history, nodeId, epoch),
  });
  let stopHearing: (() => Promise<void>) | undefined;
  return {
    // Charges are in the tables when they are acknowledged.
    ledgerStore: { ...ledger, flush() {}, syncs: () => 0 },
    history,
    queries: postgresHistoryQueries(sql),
    upkeep: postgresHistoryUpkeep(sql),
    conversations: postgresConversations(sql, secret, clock),
    ...managementStores(postgresRunner(sql)),
    budgets: budgetStore(postgresRunner(sql)),
    accounts: postgresAccountStore(sql),
    people: peopleStore(postgresRunner(sql)),
    codes: postgresCodeStore(sql),
    receipts: postgresReceiptStore(sql),
    notices: postgresNoticeStore(sql),
    payments: postgresPaymentStore(sql),
    prices: postgresPriceListStore(sql),
    wallets: postgresWalletStore(sql),
    shared: {
      liveMs: LIVE_MS,
      refuseDiffering: () => refuseDiffering(sql, configHash()),
      hear(listener: Listener): void {
        stopHearing = hearNotices(sql, listener);
      },
    },
    async close(): Promise<void> {
      await stopHearing?.();
      await ledger.retire();
      await sql.close({ timeout: 2 });
    },
  };
}
