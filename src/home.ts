import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Awaitable } from "./base/awaitable.ts";
import { backgroundSteps } from "./base/background-steps.ts";
import { systemClock } from "./base/clock.ts";
import { secretFromFile } from "./base/secret-file.ts";
import type { ChargeRow, LedgerStore } from "./billing/store.ts";
import { type Resolved, resolveConfig } from "./config/resolve.ts";
import type { Settings } from "./config/settings.ts";
import type { ConversationStore } from "./conversations/store.ts";
import type { HistoryQueries } from "./history/queries.ts";
import type { HistoryStore } from "./history/recorder.ts";
import type { HistoryUpkeep } from "./history/upkeep.ts";
import { autoTopUpStore } from "./storage/auto-top-up-store.ts";
import { budgetStore } from "./storage/budget-store.ts";
import { currencyStore } from "./storage/currency-store.ts";
import { mailStore } from "./storage/mail-store.ts";
import { managementStores } from "./storage/management/stores.ts";
import { peopleStore } from "./storage/people/people-store.ts";
import { openPostgresStores } from "./storage/postgres/open-stores.ts";
import { findRootKey, secretsOf } from "./storage/root-key-store.ts";
import { sqliteAccountStore } from "./storage/sqlite/account-store.ts";
import { sqliteCodeStore } from "./storage/sqlite/code-store.ts";
import { openSqliteConversations } from "./storage/sqlite/conversation-store.ts";
import { openDatabase } from "./storage/sqlite/database.ts";
import { historyFolder, openSqliteHistory } from "./storage/sqlite/history-store.ts";
import { historyThread } from "./storage/sqlite/history-thread.ts";
import { sqliteHistoryUpkeep } from "./storage/sqlite/history-upkeep.ts";
import { lockHome } from "./storage/sqlite/home-lock.ts";
import { openSqliteLedger } from "./storage/sqlite/ledger-store.ts";
import { sqliteNoticeStore } from "./storage/sqlite/notice-store.ts";
import { sqlitePaymentStore } from "./storage/sqlite/payment-store.ts";
import { sqliteRunner } from "./storage/sqlite/people-runner.ts";
import { sqlitePriceListStore } from "./storage/sqlite/price-list-store.ts";
import { rebuildHistory } from "./storage/sqlite/rebuild-history.ts";
import { sqliteReceiptStore } from "./storage/sqlite/receipt-store.ts";
import { sqliteStepStates } from "./storage/sqlite/step-states.ts";
import { sqliteWalletStore } from "./storage/sqlite/wallet-store.ts";
import { subscriptionStore } from "./storage/subscription-store.ts";

type SqliteHome = Awaited<ReturnType<typeof openHome>>;

/**
 * Everything durable of one process, which holds the lock of its home: in QUOIN_HOME, or in a database that
 * it shares with other nodes.
 */
export type Home = Omit<
  SqliteHome,
  "db" | "nodes" | "ledgerStore" | "history" | "conversations" | "queries"
> & {
  readonly history: HistoryStore;
  readonly queries: HistoryQueries;
  readonly upkeep: HistoryUpkeep;
  readonly conversations: ConversationStore;
  readonly ledgerStore: LedgerStore & { flush(): Awaitable<void>; syncs(): number };
  /** Where the data lies in QUOIN_HOME. */
  readonly db?: SqliteHome["db"];
  /** How other processes of the machine share it, there. */
  readonly nodes?: SqliteHome["nodes"];
  /** Where it lies in PostgreSQL. */
  readonly shared?: SharedStores;
};

type SharedStores = Awaited<ReturnType<typeof openPostgresStores>>["shared"];

/** What of a home the hot path works with. */
export interface GatewayHome
  extends Pick<Home, "secret" | "ledgerStore" | "conversations" | "budgets" | "receipts" | "declared"> {
  readonly accounts: Pick<Home["accounts"], "findPrincipal" | "accountName" | "listKeys">;
  readonly history: Pick<HistoryStore, "insert" | "find" | "findAnswer">;
  readonly queries: Pick<HistoryQueries, "usageOver">;
  readonly wallets: Pick<Home["wallets"], "grant" | "walletsWithout" | "countKeys">;
  readonly payments: Pick<Home["payments"], "debt">;
  readonly prices: Pick<Home["prices"], "versionOf">;
  readonly directory: Pick<Home["directory"], "planUse" | "promptRule">;
  readonly brands: Pick<Home["brands"], "list">;
  readonly currencies: Pick<Home["currencies"], "shownTo">;
  readonly shared?: Pick<SharedStores, "liveMs" | "hear">;
}

/**
 * Opens the home, and mends what a crash left. Undefined when another process has it.
 * @param onFatal called when the disk fails under the ledger
 */
export async function lockAndOpenHome(
  settings: Settings,
  onFatal: (cause: unknown) => void,
): Promise<Home | undefined> {
  const folder = resolve(settings.home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const lock = lockHome(folder);
  if (!lock) return undefined;
  const { databaseUrl } = settings;
  return databaseUrl === undefined
    ? await openHome(folder, settings, lock, onFatal)
    : await openShared(settings, databaseUrl, () => lock.release());
}

/** One more node over PostgreSQL, beside the process that has the lock and told its root key. */
export function openWorkerHome(settings: Settings, databaseUrl: string, root: string): Promise<Home> {
  return openShared(settings, databaseUrl, () => undefined, root);
}

async function openShared(
  settings: Settings,
  url: string,
  release: () => void,
  root?: string,
): Promise<Home> {
  const { secret = "", mayBeginAnew } = settings;
  const configHash = () =>
    new Bun.CryptoHasher("sha256").update(readConfigText(settings) ?? "").digest("hex");
  try {
    const stores = await openPostgresStores({
      url,
      secret,
      mayBeginAnew,
      root,
      clock: systemClock,
      configHash,
    });
    const close = async () => {
      await stores.close();
      release();
    };
    return { ...stores, folder: resolve(settings.home), rebuilt: 0, close };
  } catch (cause) {
    release();
    throw cause;
  }
}

/** The tables of a home, and what they are made with. @throws Error where the secret is another; the home is free then */
async function openTables(folder: string, settings: Settings, lock: { release(): void }) {
  const path = join(folder, "secret");
  const secret = settings.secret ?? secretFromFile(path);
  const db = openDatabase(join(folder, "quoin.db"));
  const rootKey = {
    runner: sqliteRunner(db),
    ...{ secret, file: settings.secret === undefined ? path : undefined },
    // Homes from before root keys had no other; every first start that came to its end made a customer's key.
    before: db.query("SELECT 1 FROM api_key LIMIT 1").get() ? secret : undefined,
    mayBeginAnew: settings.mayBeginAnew,
    now: systemClock.now,
  };
  try {
    const root = await findRootKey(rootKey);
    return { db, secret: root, secrets: secretsOf(rootKey, root) };
  } catch (cause) {
    db.close();
    lock.release();
    throw cause;
  }
}

async function openHome(
  folder: string,
  settings: Settings,
  lock: { release(): void },
  onFatal: (cause: unknown) => void,
) {
  const { db, secret, secrets } = await openTables(folder, settings, lock);
  const history = openSqliteHistory(folder);
  const queries = historyThread(historyFolder(folder));
  const conversations = openSqliteConversations(folder, secret, systemClock);
  let rebuilt = 0;
  const ledgerStore = openSqliteLedger({
    db,
    home: folder,
    clock: systemClock,
    onReplayed(charges) {
      rebuilt = rebuildHistory(db, history, charges);
    },
    onFatal,
  });
  return {
    folder,
    /** The root key: what everything is made with, and no rotation of a secret changes. */
    secret,
    secrets,
    db,
    ledgerStore,
    nodes: {
      ledgerOf: (nodeId: number) => ledgerStore.node(nodeId),
      /** Makes records again that a process took with it. */
      rebuild: (charges: readonly ChargeRow[]) => rebuildHistory(db, history, charges),
    },
    history,
    queries,
    upkeep: sqliteHistoryUpkeep(history, queries),
    steps: backgroundSteps(history.steps(), sqliteStepStates(db)),
    conversations,
    rebuilt,
    ...managementStores(sqliteRunner(db)),
    budgets: budgetStore(sqliteRunner(db)),
    mails: mailStore(sqliteRunner(db)),
    autoTopUps: autoTopUpStore(sqliteRunner(db)),
    subscriptions: subscriptionStore(sqliteRunner(db)),
    currencies: currencyStore(sqliteRunner(db)),
    accounts: sqliteAccountStore(db),
    people: peopleStore(sqliteRunner(db)),
    codes: sqliteCodeStore(db),
    receipts: sqliteReceiptStore(db),
    notices: sqliteNoticeStore(db),
    payments: sqlitePaymentStore(db),
    prices: sqlitePriceListStore(db),
    wallets: sqliteWalletStore(db, () => ledgerStore.flush()),
    async close() {
      await ledgerStore.close();
      await queries.close();
      history.close();
      conversations.close();
      db.close();
      lock.release();
    },
  };
}

/** The text of quoin.yaml; undefined where there is none and none was demanded. */
export function readConfigText(settings: Settings): string | undefined {
  if (existsSync(settings.configFile)) return readFileSync(settings.configFile, "utf8");
  if (!settings.configFileRequired) return undefined;
  throw new Error(
    `QUOIN_CONFIG names ${settings.configFile}, which does not exist; create it or unset the variable.`,
  );
}

export function resolveNow(
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
  text: string | undefined,
  found?: Resolved["found"],
): Promise<Resolved> {
  return resolveConfig(text, { file: settings.configFile, env, settings, found });
}
