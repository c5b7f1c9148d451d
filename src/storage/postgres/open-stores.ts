import { hostname } from "node:os";
import type { SQL } from "bun";
import { backgroundSteps } from "../../base/background-steps.ts";
import type { Clock } from "../../base/clock.ts";
import type { ConversationStore } from "../../conversations/store.ts";
import { autoTopUpStore } from "../auto-top-up-store.ts";
import { budgetStore } from "../budget-store.ts";
import { currencyStore } from "../currency-store.ts";
import { mailStore } from "../mail-store.ts";
import { managementStores } from "../management/stores.ts";
import { peopleStore } from "../people/people-store.ts";
import { subscriptionStore } from "../subscription-store.ts";
import { postgresAccountStore } from "./account-store.ts";
import { postgresCodeStore } from "./code-store.ts";
import { firstRow, impatient, renewablePool, rowsOf } from "./connection.ts";
import { postgresConversations } from "./conversation-store.ts";
import { postgresHistoryQueries, postgresHistoryUpkeep } from "./history-queries.ts";
import { postgresHistorySteps, postgresStepStates } from "./history-steps.ts";
import { postgresHistoryStore } from "./history-store.ts";
import { postgresLedgerStore } from "./ledger-store.ts";
import { postgresNoticeStore } from "./low-balance-store.ts";
import { migrate } from "./migrate.ts";
import { hearNotices, type Listener, TELL_DECLARED, tellSteps } from "./notices.ts";
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

/** A request is told that the database is away when it has waited so long for it. */
const REQUEST_WAIT_MS = 1_000;

/** Questions of people to the history at once: these take longer than what requests wait for, and never its connections. */
const QUESTIONS_MAX = 4;

function conversationsOf(sql: SQL, asked: SQL, secret: string, clock: Clock): ConversationStore {
  const { findSignatures, findResponse } = postgresConversations(asked, secret, clock);
  return { ...postgresConversations(sql, secret, clock), findSignatures, findResponse };
}

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
  const pool = renewablePool(url);
  const { sql } = pool;
  try {
    await migrate(sql);
    await requireSecret(sql, secret);
    await ensurePartitions(sql, clock.now());
  } catch (cause) {
    await sql.close();
    throw cause;
  }
  const hearing = renewablePool(url, 1);
  const questions = renewablePool(url, QUESTIONS_MAX);
  const asked = impatient(sql, REQUEST_WAIT_MS);
  const history = { ...postgresHistoryStore(sql), findAnswer: postgresHistoryStore(asked).findAnswer };
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
    queries: postgresHistoryQueries(questions.sql),
    upkeep: postgresHistoryUpkeep(questions.sql),
    conversations: conversationsOf(sql, asked, secret, clock),
    steps: backgroundSteps(postgresHistorySteps(sql), postgresStepStates(sql)),
    ...managementStores(postgresRunner(sql), TELL_DECLARED),
    budgets: budgetStore(postgresRunner(asked)),
    mails: mailStore(postgresRunner(sql)),
    autoTopUps: autoTopUpStore(postgresRunner(sql)),
    currencies: currencyStore(postgresRunner(sql)),
    subscriptions: subscriptionStore(postgresRunner(sql), tellSteps),
    accounts: { ...postgresAccountStore(sql), findPrincipal: postgresAccountStore(asked).findPrincipal },
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
        const renew = () => {
          pool.renew();
          hearing.renew();
          questions.renew();
        };
        stopHearing = hearNotices(hearing.sql, { onSilent: renew, ...listener });
      },
    },
    async close(): Promise<void> {
      await stopHearing?.();
      await ledger.retire();
      await Promise.all([sql, hearing.sql, questions.sql].map((each) => each.close({ timeout: 2 })));
    },
  };
}
