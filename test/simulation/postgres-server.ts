import type { SQL } from "bun";
import type { Clock } from "../../src/base/clock.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import { postgresAccountStore } from "../../src/storage/postgres/account-store.ts";
import { postgresCodeStore } from "../../src/storage/postgres/code-store.ts";
import { openPool } from "../../src/storage/postgres/connection.ts";
import { postgresLedgerStore } from "../../src/storage/postgres/ledger-store.ts";
import { postgresPaymentStore } from "../../src/storage/postgres/payment-store.ts";
import { proveOver } from "../../src/storage/postgres/prove.ts";
import { postgresWalletStore } from "../../src/storage/postgres/wallet-store.ts";
import { newDatabase, type TestDatabase } from "../support/postgres.ts";
import type { ChargeSeen, Dump, LeaseSeen, LotSeen, TransferSeen, WalletSeen } from "./auditor/seen.ts";
import type { Random } from "./random.ts";
import { BEGAN_AT, type MoneyPorts, type Storage, type StoreServer, wallTime } from "./store-server.ts";

/** A database whose time is the test's own. */
export interface TimedDatabase extends TestDatabase {
  setNow(ms: number): Promise<void>;
}

/** Puts the store's clock into a table of one row. */
export async function timedDatabase(): Promise<TimedDatabase> {
  const database = await newDatabase();
  await database.sql
    .unsafe(`
      CREATE UNLOGGED TABLE test_clock (ms bigint NOT NULL) WITH (fillfactor = 10);
      INSERT INTO test_clock VALUES (${BEGAN_AT});
      CREATE OR REPLACE FUNCTION quoin_now() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT ms FROM test_clock';
    `)
    .simple();
  return {
    ...database,
    setNow: async (ms) => {
      await database.sql.unsafe("UPDATE test_clock SET ms = $1::bigint", [Math.floor(ms)]);
    },
  };
}

export interface PostgresServerOptions {
  readonly nodeName?: string;
  /** Whether every commit is audited. */
  readonly transparent?: boolean;
}

/** One node over a database, with the operator's side and the tables. */
export function postgresServer(
  sql: SQL,
  clock: Clock,
  { nodeName = "test", transparent = true }: PostgresServerOptions = {},
): StoreServer {
  const store = postgresLedgerStore({ sql, nodeName, configHash: () => "" });
  let epoch = 0;
  const money: MoneyPorts = {
    wallets: postgresWalletStore(sql),
    codes: postgresCodeStore(sql),
    payments: postgresPaymentStore(sql),
    accounts: postgresAccountStore(sql),
  };
  return {
    store: {
      ...store,
      async register() {
        epoch = await store.register();
        return epoch;
      },
    },
    transparent,
    money,
    async addWallet(walletId) {
      await sql.unsafe("INSERT INTO account VALUES ($1::uuid, $1::text, 0)", [walletId]);
      await sql.unsafe("INSERT INTO wallet VALUES ($1::uuid, $1::uuid, 'USD')", [walletId]);
    },
    async freeze(walletId, frozen) {
      await sql.unsafe("UPDATE wallet SET frozen = $2 WHERE wallet_id = $1::uuid", [walletId, frozen]);
    },
    grant: ({ walletId, nanos, grantKey, expiresAtMs, spendRank }) =>
      money.wallets.grant({
        walletId,
        nanos,
        source: spendRank === 0 ? "demo" : "top-up",
        grantKey,
        expiresAt: wallTime(expiresAtMs) ?? undefined,
        at: clock.now(),
      }) as Promise<boolean>,
    async expire() {
      await money.wallets.expire(clock.now());
    },
    dump: () => dumpPostgres(sql, clock.now() - BEGAN_AT),
    epoch: () => epoch,
    answered: () => undefined,
  };
}

/** The same server, by whose every call the database's clock is set first. */
function timedServer(server: StoreServer, tick: () => Promise<void>): StoreServer {
  const timed = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name, receiver) {
        const call: unknown = Reflect.get(target, name, receiver);
        if (typeof call !== "function") return call;
        return async (...args: unknown[]) => {
          await tick();
          return await call.apply(target, args);
        };
      },
    });
  const { money, store, grant, expire } = server;
  const ports = money && {
    wallets: timed(money.wallets),
    codes: timed(money.codes),
    payments: timed(money.payments),
    accounts: timed(money.accounts),
  };
  const ledger: LedgerStore = timed(store);
  const operator = timed({ grant, expire });
  return { ...server, store: ledger, ...(ports ? { money: ports } : {}), ...operator };
}

const plain = (column: string) => `replace(${column}::text, '-', '')`;

/** One row of one column, all tables in JSON; money as text, which JSON's numbers would round. */
const DUMP = `SELECT json_build_object(
  'epochs', (SELECT coalesce(json_agg(epoch ORDER BY epoch), '[]') FROM node WHERE state = 'live'),
  'wallets', (SELECT coalesce(json_agg(json_build_object('walletId', ${plain("wallet_id")}, 'frozen', frozen)), '[]') FROM wallet),
  'lots', (SELECT coalesce(json_agg(json_build_object('lotId', ${plain("lot_id")}, 'walletId', ${plain("wallet_id")},
    'granted', granted::text, 'taken', taken::text, 'expiresAtMs', expires_at - ${BEGAN_AT}, 'spendRank', spend_rank,
    'bought', source IN ('top-up', 'payment'), 'grantKey', grant_key) ORDER BY lot_id), '[]') FROM lot),
  'leases', (SELECT coalesce(json_agg(json_build_object('lotId', ${plain("lot_id")}, 'epoch', epoch,
    'granted', granted::text, 'spent', spent::text, 'returned', returned::text)), '[]') FROM lease),
  'charges', (SELECT coalesce(json_agg(json_build_object('requestId', ${plain("request_id")}, 'leg', leg, 'state', state,
    'walletId', ${plain("wallet_id")}, 'epoch', epoch, 'lotId', ${plain("lot_id")}, 'amount', amount::text,
    'priced', priced::text)), '[]') FROM charge),
  'transfers', (SELECT coalesce(json_agg(json_build_object('key', key, 'kind', kind, 'debit', ${plain("debit")},
    'credit', ${plain("credit")}, 'amount', amount::text, 'ref', ${plain("ref")})), '[]') FROM transfer)
)::text AS dump`;

type Texts<Row, Money extends keyof Row> = Omit<Row, Money> & Record<Money, string>;

interface DumpTexts {
  readonly epochs: readonly number[];
  readonly wallets: readonly WalletSeen[];
  readonly lots: readonly Texts<LotSeen, "granted" | "taken">[];
  readonly leases: readonly Texts<LeaseSeen, "granted" | "spent" | "returned">[];
  readonly charges: readonly Texts<ChargeSeen, "amount" | "priced">[];
  readonly transfers: readonly Texts<TransferSeen, "amount">[];
}

async function dumpPostgres(sql: SQL, nowMs: number): Promise<Dump> {
  const rows: { dump: string }[] = await sql.unsafe(DUMP);
  const { epochs, wallets, lots, leases, charges, transfers } = JSON.parse(rows[0]?.dump ?? "") as DumpTexts;
  return {
    nowMs,
    epochs,
    wallets,
    lots: lots.map((row) => ({ ...row, granted: BigInt(row.granted), taken: BigInt(row.taken) })),
    leases: leases.map((row) => ({
      ...row,
      granted: BigInt(row.granted),
      spent: BigInt(row.spent),
      returned: BigInt(row.returned),
    })),
    charges: charges.map((row) => ({ ...row, amount: BigInt(row.amount), priced: BigInt(row.priced) })),
    transfers: transfers.map((row) => ({ ...row, amount: BigInt(row.amount) })),
  };
}

/** Tables whose rows a run leaves; the clock's and the schema's stay. */
const TABLES = [
  ["lease_turn", "lease", "charge", "transfer", "code", "payment", "payment_event", "notice", "node_notice"],
  ["lot", "node", "api_key", "wallet", "account"],
].flat();

const EMPTY = `${TABLES.map((table) => `DELETE FROM ${table};`).join("\n")} ALTER SEQUENCE node_epoch RESTART;`;

/** A database for one run after the other, with all their time in its clock. */
export interface SimulatedDatabase {
  /** The database as one run's storage; `dispose` empties it, once it is proven. */
  storage(clock: Clock, random: Random): Storage;
  close(): Promise<void>;
}

/** One connection, so that the clock that is set before a call is the call's. */
export async function simulatedDatabase(): Promise<SimulatedDatabase> {
  const database = await newDatabase();
  await database.sql
    .unsafe(`CREATE OR REPLACE FUNCTION quoin_now() RETURNS bigint LANGUAGE sql VOLATILE AS
      $$ SELECT coalesce(nullif(current_setting('quoin.test_now', true), '')::bigint, 0) $$;`)
    .simple();
  await database.close();
  const sql = openPool(database.url, 1);
  await sql.unsafe("SET synchronous_commit = off");
  return {
    storage(clock, random) {
      const transparent = random.chance(0.5);
      const tick = async () => {
        await sql.unsafe("SELECT set_config('quoin.test_now', $1, false)", [String(clock.now())]);
      };
      return {
        shared: true,
        open: () => timedServer(postgresServer(sql, clock, { transparent }), tick),
        async dispose() {
          const proof = await proveOver(sql);
          await sql.unsafe(EMPTY).simple();
          const broken = proof.checks.filter(({ differences }) => differences.length > 0);
          if (!proof.ok) throw new Error(`ledger prove: ${JSON.stringify(broken)}`);
        },
      };
    },
    close: () => sql.close({ timeout: 1 }),
  };
}
