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
import { findRootKey, secretsOf } from "../root-key-store.ts";
import { subscriptionStore } from "../subscription-store.ts";
import { postgresAccountStore } from "./account-store.ts";
import { postgresCallBoard } from "./call-board.ts";
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
  /** Whether to begin anew with a secret that opens nothing. */
  readonly mayBeginAnew: boolean;
  /** The key that everything is made with, for a process whose parent has it. */
  readonly root?: string | undefined;
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

/** What everything was made with before there were root keys. @throws Error where that was another secret */
async function madeWith(sql: SQL, { secret, mayBeginAnew }: PostgresOptions): Promise<string | undefined> {
  const row = await firstRow<{ value: string }>(sql, "SELECT value FROM installation WHERE name = 'secret'");
  if (!row || (await firstRow(sql, "SELECT 1 AS one FROM root_key LIMIT 1"))) return undefined;
  if (row.value === new Bun.CryptoHasher("sha256", secret).update("this installation").digest("hex"))
    return secret;
  if (mayBeginAnew) return undefined;
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
export async function openPostgresStores(options: PostgresOptions) {
  const { url, secret, mayBeginAnew, clock, configHash } = options;
  const pool = renewablePool(url);
  const { sql } = pool;
  const rootKey = { runner: postgresRunner(sql), secret, file: undefined, mayBeginAnew, now: clock.now };
  let { root } = options;
  try {
    await migrate(sql);
    root ??= await findRootKey({ ...rootKey, before: await madeWith(sql, options) });
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
    secret: root,
    secrets: secretsOf({ ...rootKey, before: undefined }, root),
    conversations: conversationsOf(sql, asked, root, clock),
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
      calls: postgresCallBoard(asked),
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
