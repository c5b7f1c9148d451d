import type { SQL } from "bun";
import type { Clock } from "../../src/base/clock.ts";
import { postgresLedgerStore } from "../../src/storage/postgres/ledger-store.ts";
import { newDatabase, type TestDatabase } from "../support/postgres.ts";
import type { ChargeSeen, Dump, LeaseSeen, LotSeen, TransferSeen } from "./auditor/seen.ts";
import { BEGAN_AT, type LotAsked, type StoreServer, wallTime } from "./store-server.ts";

/** A database whose time is the test's own. */
export interface TimedDatabase extends TestDatabase {
  setNow(ms: number): Promise<void>;
}

/** Puts the store's clock into a table of one row. */
export async function timedDatabase(): Promise<TimedDatabase> {
  const database = await newDatabase();
  await database.sql
    .unsafe(`
      CREATE UNLOGGED TABLE test_clock (ms bigint NOT NULL);
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

/** One node over a database, with the operator's side and the tables. */
export function postgresServer(sql: SQL, clock: Clock, nodeName = "test"): StoreServer {
  const store = postgresLedgerStore({ sql, nodeName, configHash: () => "" });
  let epoch = 0;
  return {
    store: {
      ...store,
      async register() {
        epoch = await store.register();
        return epoch;
      },
    },
    transparent: true,
    async addWallet(walletId) {
      await sql.unsafe("INSERT INTO account VALUES ($1::uuid, $1::text, 0)", [walletId]);
      await sql.unsafe("INSERT INTO wallet VALUES ($1::uuid, $1::uuid, 'USD')", [walletId]);
    },
    async freeze(walletId, frozen) {
      await sql.unsafe("UPDATE wallet SET frozen = $2 WHERE wallet_id = $1::uuid", [walletId, frozen]);
    },
    grant: (lot) => grantLot(sql, lot, clock.now()),
    expire: () => undefined,
    dump: () => dumpPostgres(sql, clock.now() - BEGAN_AT, epoch),
    epoch: () => epoch,
    answered: () => undefined,
  };
}

async function grantLot(sql: SQL, lot: LotAsked, now: number): Promise<boolean> {
  const made: unknown[] = await sql.unsafe(
    // In order of making, the same in every run, and older than the ids that the store makes.
    `WITH made AS (
       INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
       SELECT lpad(to_hex(count(*) + 256), 32, '0')::uuid, $1::uuid, 'top-up', $2::bigint, $3::bigint, $4::smallint, $5
       FROM lot ON CONFLICT DO NOTHING RETURNING lot_id
     )
     INSERT INTO transfer SELECT gen_random_uuid(), $5, 'grant', lpad('1', 32, '0')::uuid, lot_id, $2::bigint, NULL, $6::bigint
     FROM made RETURNING 1`,
    [lot.walletId, lot.nanos, wallTime(lot.expiresAtMs), lot.spendRank, lot.grantKey, now],
  );
  return made.length === 1;
}

const plain = (column: string) => `replace(${column}::text, '-', '')`;

async function dumpPostgres(sql: SQL, nowMs: number, epoch: number): Promise<Dump> {
  const lots: (LotSeen & { expiresAt: bigint | null })[] = await sql.unsafe(
    `SELECT ${plain("lot_id")} AS "lotId", ${plain("wallet_id")} AS "walletId", granted, taken,
       expires_at AS "expiresAt", spend_rank::int AS "spendRank", grant_key AS "grantKey" FROM lot ORDER BY lot_id`,
  );
  const leases: (LeaseSeen & { epoch: bigint | number })[] = await sql.unsafe(
    `SELECT ${plain("lot_id")} AS "lotId", epoch::int AS epoch, granted, spent, returned FROM lease`,
  );
  const charges: ChargeSeen[] = await sql.unsafe(
    `SELECT ${plain("request_id")} AS "requestId", leg::int AS leg, state, ${plain("wallet_id")} AS "walletId",
       epoch::int AS epoch, ${plain("lot_id")} AS "lotId", amount, priced FROM charge`,
  );
  const transfers: TransferSeen[] = await sql.unsafe(
    `SELECT key, kind, ${plain("debit")} AS debit, ${plain("credit")} AS credit, amount, ${plain("ref")} AS ref FROM transfer`,
  );
  return {
    nowMs,
    epoch,
    lots: lots.map(({ expiresAt, ...lot }) => ({
      ...lot,
      expiresAtMs: expiresAt === null ? null : Number(expiresAt) - BEGAN_AT,
    })),
    leases,
    charges,
    transfers,
  };
}
