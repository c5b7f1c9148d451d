import type { SQL } from "bun";
import { type Proof, type ProofCheck, shorten } from "../proof.ts";
import { firstRow, openPool, type Queries, rowsOf } from "./connection.ts";

interface Difference {
  readonly id: string;
  readonly have: string | null;
  readonly want: string | null;
}

const plain = (column: string): string => `replace(${column}::text, '-', '')`;

const BY_LEASE = `(SELECT lot_id, node_id, epoch, sum(amount) AS amount FROM charge
  WHERE lot_id IS NOT NULL GROUP BY lot_id, node_id, epoch)`;

/** Every query answers the rows that should not exist, as id, have and want. */
const CHECKS: readonly (readonly [name: string, sql: string])[] = [
  [
    "every lot holds what was transferred into it",
    `SELECT ${plain("lot_id")} AS id, granted AS have, coalesce(t.amount, 0) AS want FROM lot
     LEFT JOIN (SELECT credit, sum(amount) AS amount FROM transfer GROUP BY credit) t ON t.credit = lot_id
     WHERE granted <> coalesce(t.amount, 0)`,
  ],
  [
    "what was taken out of a lot is in leases",
    `SELECT ${plain("lot.lot_id")} AS id, taken AS have, coalesce(l.amount, 0) + coalesce(t.amount, 0) AS want FROM lot
     LEFT JOIN (SELECT lot_id, sum(granted - returned) AS amount FROM lease GROUP BY lot_id) l ON l.lot_id = lot.lot_id
     LEFT JOIN (SELECT debit, sum(amount) AS amount FROM transfer GROUP BY debit) t ON t.debit = lot.lot_id
     WHERE taken <> coalesce(l.amount, 0) + coalesce(t.amount, 0)`,
  ],
  [
    "what leases spent is in charges",
    `SELECT ${plain("l.lot_id")} || ' epoch ' || l.epoch AS id, l.spent AS have, coalesce(c.amount, 0) AS want
     FROM lease l LEFT JOIN ${BY_LEASE} c USING (lot_id, node_id, epoch) WHERE l.spent <> coalesce(c.amount, 0)`,
  ],
  [
    "every charge with money has its lease",
    `SELECT ${plain("c.lot_id")} || ' epoch ' || c.epoch AS id, c.amount AS have, NULL AS want
     FROM ${BY_LEASE} c LEFT JOIN lease l USING (lot_id, node_id, epoch) WHERE c.amount > 0 AND l.granted IS NULL`,
  ],
  [
    "every request has one deciding leg, and voids cost nothing",
    `SELECT ${plain("request_id")} AS id, sum(amount) AS have, NULL AS want FROM charge GROUP BY request_id
     HAVING count(*) FILTER (WHERE leg = 0) <> 1
       OR (bool_or(state = 'void') AND (sum(amount) > 0 OR count(*) > 1))`,
  ],
  [
    "leases of ended epochs are returned",
    `SELECT ${plain("lot_id")} || ' epoch ' || l.epoch AS id, l.granted - l.spent - l.returned AS have, 0 AS want
     FROM lease l JOIN node n USING (node_id)
     WHERE l.spent + l.returned < l.granted AND (n.state = 'dead' OR n.epoch <> l.epoch)`,
  ],
  [
    "nothing expired before its time",
    `SELECT ${plain("debit")} AS id, t.amount AS have, 0 AS want FROM transfer t LEFT JOIN lot ON lot_id = debit
     WHERE kind = 'expiry' AND (lot_id IS NULL OR expires_at IS NULL OR expires_at > t.at)`,
  ],
  [
    "every month's credit is its own wallet's",
    `SELECT ${plain("lot_id")} AS id, granted AS have, 0 AS want FROM lot
     WHERE source IN ('monthly', 'plan')
       AND substr(grant_key, 1, length(source) + 34) <> source || ':' || ${plain("wallet_id")} || ':'`,
  ],
  [
    "every payment is in wallets, less what went back",
    `SELECT id, have, want FROM (SELECT ${plain("payment_id")} AS id, greatest(0, paid - refunded - disputed) AS want,
       coalesce((SELECT sum(amount) FROM transfer WHERE ref = payment_id AND kind IN ('grant', 'debt-payment')), 0)
       - coalesce((SELECT sum(amount) FROM transfer WHERE ref = payment_id AND kind = 'payment-back'), 0) AS have
     FROM payment) p WHERE have <> want`,
  ],
  [
    "wallets that owe are frozen, and no others",
    `SELECT id, have, want FROM (SELECT ${plain("wallet_id")} AS id, frozen::int AS have,
       (quoin_debt(wallet_id) > 0)::int AS want, quoin_debt(wallet_id) AS owed FROM wallet) w
     WHERE have <> want OR owed < 0`,
  ],
  [
    "every code became money once, and no more than it was worth",
    `SELECT ${plain("code_id")} AS id, coalesce(l.granted, 0) AS have,
       CASE WHEN c.redeemed_at IS NULL THEN 0 ELSE c.amount END AS want
     FROM code c LEFT JOIN lot l ON l.grant_key = 'code:' || ${plain("c.code_id")}
     WHERE coalesce(l.granted, 0) <> CASE WHEN c.redeemed_at IS NULL THEN 0 ELSE c.amount END
       OR (l.lot_id IS NOT NULL AND l.wallet_id IS DISTINCT FROM c.wallet_id)
     UNION ALL SELECT ${plain("lot_id")}, granted, 0 FROM lot WHERE source = 'code'
       AND NOT EXISTS (SELECT 1 FROM code c WHERE grant_key = 'code:' || ${plain("c.code_id")})`,
  ],
  [
    "every balance is grants less charges and what went elsewhere",
    `SELECT id, have, want FROM (
       SELECT ${plain("lot.wallet_id")} AS id,
         sum(granted - taken + coalesce((SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)) AS have,
         sum(granted - coalesce((SELECT sum(amount) FROM transfer WHERE debit = lot_id), 0))
           - coalesce((SELECT sum(c.amount) FROM charge c WHERE c.wallet_id = lot.wallet_id AND c.lot_id IS NOT NULL), 0) AS want
       FROM lot GROUP BY lot.wallet_id) b WHERE have <> want OR have < 0`,
  ],
  [
    "every finished request is charged once, as its record says",
    `SELECT ${plain("r.request_id")} AS id, coalesce(c.amount, 0) AS have, r.charged AS want FROM request r
     LEFT JOIN (SELECT request_id, sum(c.amount) AS amount FROM charge c JOIN charge d USING (request_id)
       WHERE d.leg = 0 AND d.wallet_id = c.wallet_id AND c.state <> 'void' GROUP BY request_id) c USING (request_id)
     WHERE r.operation = 'generate'
       AND ((coalesce(c.amount, 0) <> r.charged AND NOT (r.outcome <> 'finished' AND r.charged = 0 AND c.amount =
           (SELECT sum(t.amount) FROM transfer t JOIN lot ON lot.lot_id = t.credit JOIN charge d ON d.request_id = t.ref AND d.leg = 0
           WHERE t.kind = 'reversal' AND t.ref = r.request_id AND lot.wallet_id = d.wallet_id)))
         OR (r.outcome = 'finished' AND c.amount IS NULL))`,
  ],
];

function show({ id, want, have }: Difference): string {
  return want === null ? `${id}: ${have}` : `${id}: ${have}, should be ${want}`;
}

async function check(queries: Queries, name: string, sql: string): Promise<ProofCheck> {
  const rows = await rowsOf<Difference>(
    queries,
    `SELECT id, have::text AS have, want::text AS want FROM (${sql}) differing`,
  );
  return { name, differences: shorten(rows.map(show)) };
}

async function countOf(queries: Queries, table: string): Promise<number> {
  const row = await firstRow<{ n: bigint }>(queries, `SELECT count(*) AS n FROM ${table}`);
  return Number(row?.n ?? 0n);
}

/** As `provePostgres`, over a pool that there is already. */
export async function proveOver(sql: SQL): Promise<Proof> {
  return await sql.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY", async (transaction) => {
    // Sums over every charge may take longer than any statement of a request.
    await transaction.unsafe("SET LOCAL statement_timeout = 0");
    const checks: ProofCheck[] = [];
    for (const [name, statement] of CHECKS) checks.push(await check(transaction, name, statement));
    return {
      ok: checks.every(({ differences }) => differences.length === 0),
      wallets: await countOf(transaction, "wallet"),
      lots: await countOf(transaction, "lot"),
      charges: await countOf(transaction, "charge"),
      requests: await countOf(transaction, "request"),
      checks,
    };
  });
}

/** Re-derives the whole ledger from its rows, in one snapshot, beside running nodes. */
export async function provePostgres(url: string): Promise<Proof> {
  const sql = openPool(url, 1);
  try {
    return await proveOver(sql);
  } finally {
    await sql.close();
  }
}
