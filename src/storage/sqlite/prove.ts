import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { idBytes } from "../../base/id.ts";
import { type Proof, type ProofCheck, shorten } from "../proof.ts";
import { openSqliteHistory } from "./history-store.ts";

interface Difference {
  readonly id: string;
  readonly want: bigint | null;
  readonly have: bigint | null;
}

/** Every query answers the rows that should not exist. */
const CHECKS: readonly (readonly [name: string, sql: string])[] = [
  [
    "every lot holds what was transferred into it",
    `SELECT lower(hex(lot_id)) AS id, granted AS have,
       coalesce((SELECT sum(amount) FROM transfer WHERE credit = lot_id), 0) AS want
     FROM lot WHERE have <> want`,
  ],
  [
    "what was taken out of a lot is in leases",
    `SELECT lower(hex(lot_id)) AS id, taken AS have,
       coalesce((SELECT sum(l.granted - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)
       + coalesce((SELECT sum(amount) FROM transfer WHERE debit = lot_id), 0) AS want
     FROM lot WHERE have <> want`,
  ],
  [
    "what leases spent is in charges",
    `SELECT lower(hex(lot_id)) || ' epoch ' || epoch AS id, spent AS have,
       coalesce((SELECT sum(c.amount) FROM by_lease c
         WHERE c.lot_id = lease.lot_id AND c.node_id = lease.node_id AND c.epoch = lease.epoch), 0) AS want
     FROM lease WHERE have <> want`,
  ],
  [
    "every charge with money has its lease",
    `SELECT lower(hex(c.lot_id)) || ' epoch ' || c.epoch AS id, c.amount AS have, NULL AS want FROM by_lease c
     WHERE c.amount > 0 AND NOT EXISTS (SELECT 1 FROM lease l
       WHERE l.lot_id = c.lot_id AND l.node_id = c.node_id AND l.epoch = c.epoch)`,
  ],
  [
    "every request has one deciding leg, and voids cost nothing",
    `SELECT lower(hex(request_id)) AS id, sum(amount) AS have, NULL AS want FROM charge GROUP BY request_id
     HAVING sum(leg = 0) <> 1 OR (sum(state = 'void') > 0 AND (sum(amount) > 0 OR count(*) > 1))`,
  ],
  [
    "leases of ended epochs are returned",
    `SELECT lower(hex(lot_id)) || ' epoch ' || epoch AS id, granted - spent - returned AS have, 0 AS want FROM lease
     WHERE spent + returned < granted AND epoch < (SELECT max(epoch) FROM node n WHERE n.node_id = lease.node_id)`,
  ],
  [
    "nothing expired before its time",
    `SELECT lower(hex(debit)) AS id, t.amount AS have, 0 AS want FROM transfer t LEFT JOIN lot ON lot_id = debit
     WHERE kind = 'expiry' AND (lot_id IS NULL OR expires_at IS NULL OR expires_at > t.at)`,
  ],
  [
    "every month's credit is its own wallet's",
    `SELECT lower(hex(lot_id)) AS id, granted AS have, 0 AS want FROM lot
     WHERE source IN ('monthly', 'plan')
       AND substr(grant_key, 1, length(source) + 34) <> source || ':' || lower(hex(wallet_id)) || ':'`,
  ],
  [
    "every payment is in wallets, less what went back",
    `SELECT lower(hex(payment_id)) AS id, max(0, paid - refunded - disputed) AS want,
       coalesce((SELECT sum(amount) FROM transfer WHERE ref = payment_id AND kind IN ('grant', 'debt-payment')), 0)
       - coalesce((SELECT sum(amount) FROM transfer WHERE ref = payment_id AND kind = 'payment-back'), 0) AS have
     FROM payment WHERE have <> want`,
  ],
  [
    "wallets that owe are frozen, and no others",
    `SELECT lower(hex(wallet_id)) AS id, frozen AS have, (owed > 0) AS want FROM (SELECT wallet_id, frozen,
       coalesce((SELECT sum(amount) FROM transfer WHERE debit = wallet_id), 0)
       - coalesce((SELECT sum(amount) FROM transfer WHERE credit = wallet_id), 0) AS owed FROM wallet)
     WHERE have <> want OR owed < 0`,
  ],
  [
    "every code became money once, and no more than it was worth",
    `SELECT lower(hex(code_id)) AS id, coalesce(l.granted, 0) AS have,
       CASE WHEN c.redeemed_at IS NULL THEN 0 ELSE c.amount END AS want
     FROM code c LEFT JOIN lot l ON l.grant_key = 'code:' || lower(hex(c.code_id))
     WHERE have <> want OR (l.lot_id IS NOT NULL AND l.wallet_id IS NOT c.wallet_id)
     UNION ALL SELECT lower(hex(lot_id)), granted, 0 FROM lot WHERE source = 'code'
       AND NOT EXISTS (SELECT 1 FROM code c WHERE grant_key = 'code:' || lower(hex(c.code_id)))`,
  ],
  [
    "every balance is grants less charges and what went elsewhere",
    `SELECT lower(hex(wallet_id)) AS id,
       sum(granted - taken + coalesce((SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)) AS have,
       sum(granted - coalesce((SELECT sum(amount) FROM transfer WHERE debit = lot_id), 0))
       - coalesce((SELECT amount FROM by_wallet c WHERE c.wallet_id = lot.wallet_id), 0) AS want
     FROM lot GROUP BY wallet_id HAVING have <> want OR have < 0`,
  ],
];

function show({ id, want, have }: Difference): string {
  return want === null ? `${id}: ${have}` : `${id}: ${have}, should be ${want}`;
}

function runChecks(db: Database): ProofCheck[] {
  db.exec(`
    CREATE TEMP TABLE by_lease AS SELECT lot_id, node_id, epoch, sum(amount) AS amount FROM charge
      WHERE lot_id IS NOT NULL GROUP BY lot_id, node_id, epoch;
    CREATE TEMP TABLE by_wallet AS SELECT wallet_id, sum(amount) AS amount FROM charge
      WHERE lot_id IS NOT NULL GROUP BY wallet_id;
    CREATE UNIQUE INDEX temp.by_lease_key ON by_lease (lot_id, node_id, epoch);
    CREATE UNIQUE INDEX temp.by_wallet_key ON by_wallet (wallet_id);
  `);
  return CHECKS.map(([name, sql]) => {
    const rows = db.query<Difference, []>(sql).all();
    return { name, differences: shorten(rows.map(show)) };
  });
}

interface Expected {
  readonly id: string;
  readonly nanos: bigint;
  readonly finished: boolean;
}

/** What the history says of charges, read before the tables, which are always ahead of it. */
function readExpectations(home: string): Expected[] {
  const history = openSqliteHistory(home);
  const expected: Expected[] = [];
  history.each(0, ({ id, outcome, operation, chargeNanos }) => {
    if (operation !== "generate") return;
    expected.push({ id, nanos: chargeNanos, finished: outcome === "finished" });
  });
  history.close();
  return expected;
}

function checkHistory(db: Database, expected: readonly Expected[]): ProofCheck {
  const charged = db.prepare<{ legs: bigint; amount: bigint | null }, [Uint8Array]>(
    `SELECT count(*) AS legs, sum(c.amount) AS amount FROM charge c JOIN charge d ON d.request_id = c.request_id AND d.leg = 0
     WHERE c.request_id = ? AND c.wallet_id = d.wallet_id AND c.state <> 'void'`,
  );
  const paidBack = db.prepare<{ amount: bigint | null }, [Uint8Array]>(
    `SELECT sum(t.amount) AS amount FROM transfer t JOIN lot ON lot.lot_id = t.credit
     JOIN charge d ON d.request_id = t.ref AND d.leg = 0
     WHERE t.kind = 'reversal' AND t.ref = ? AND lot.wallet_id = d.wallet_id`,
  );
  /** A charge that had won after its client was told an error is paid back, and its record says nothing. */
  const isPaidBack = (id: string, have: bigint) => have === paidBack.get(idBytes(id))?.amount;
  const differences: string[] = [];
  for (const { id, nanos, finished } of expected) {
    const row = charged.get(idBytes(id));
    const have = row?.amount ?? 0n;
    if (have !== nanos && !finished && nanos === 0n && isPaidBack(id, have)) continue;
    if (have !== nanos) differences.push(`${id}: charged ${have}, its record says ${nanos}`);
    else if (finished && row?.legs === 0n) differences.push(`${id}: finished without a charge`);
  }
  return {
    name: "every finished request is charged once, as its record says",
    differences: shorten(differences),
  };
}

function countOf(db: Database, table: string): number {
  return Number(db.query<{ n: bigint }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0n);
}

/**
 * Re-derives the whole ledger from its rows, in a process of its own beside the running server.
 * `flush` is called after the history was read, so that every charge it names is in the tables.
 */
export async function proveLedger(home: string, flush: () => Promise<void>): Promise<Proof> {
  const file = join(home, "quoin.db");
  if (!existsSync(file))
    throw new Error(`there is no ledger in ${home}; start quoin serve there once, or set QUOIN_HOME.`);
  const expected = readExpectations(home);
  await flush();
  const db = new Database(file, { safeIntegers: true, strict: true });
  try {
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; BEGIN");
    const checks = [...runChecks(db), checkHistory(db, expected)];
    return {
      ok: checks.every((check) => check.differences.length === 0),
      wallets: countOf(db, "wallet"),
      lots: countOf(db, "lot"),
      charges: countOf(db, "charge"),
      requests: expected.length,
      checks,
    };
  } finally {
    // Closing leaves a transaction open while statements are still remembered, and checkpoints would wait for it.
    if (db.inTransaction) db.exec("ROLLBACK");
    db.close();
  }
}
