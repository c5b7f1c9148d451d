import type { Database } from "bun:sqlite";
import { idBytes, leastId } from "../../base/id.ts";
import type { PeriodAsked, PeriodStatement, StatementLine } from "../../billing/wallets.ts";
import type { Nanos } from "../../core/money.ts";

/** A request may run this long before it is charged: ids begin with the time of arrival. */
const RUNNING_MS_MAX = 86_400_000;

interface Movement {
  readonly at: bigint;
  readonly kind: StatementLine["kind"];
  readonly ref: string;
  readonly nanos: bigint;
  readonly requests: bigint;
}

/** ?1 wallet, ?2 from, ?3 to, ?4 the least id of requests. */
const TRANSFERS = `
  SELECT at, kind, key AS ref, amount AS nanos, 0 AS requests FROM transfer
    WHERE credit IN (SELECT lot_id FROM lot WHERE wallet_id = ?1) AND at >= ?2 AND at < ?3
  UNION ALL
  SELECT at, kind, key, -amount, 0 FROM transfer
    WHERE debit IN (SELECT lot_id FROM lot WHERE wallet_id = ?1) AND at >= ?2 AND at < ?3`;
const CHARGES =
  "FROM charge WHERE wallet_id = ?1 AND at >= ?2 AND at < ?3 AND request_id >= ?4 AND state <> 'void'";
const BY_REQUEST = `SELECT at, 'charge', lower(hex(request_id)), -sum(amount), 1 ${CHARGES} GROUP BY request_id`;
const BY_DAY = `SELECT max(at), 'charge', date(at / 1000, 'unixepoch'), -sum(amount), sum(leg = 0) ${CHARGES} GROUP BY 3`;

type Bounds = [Uint8Array, number, number, Uint8Array];

/** Everything that the wallet's movements up to now come to, expired and not yet swept money included. */
function movedUpToNow(db: Database, wallet: Uint8Array): Nanos {
  const row = db
    .prepare<{ nanos: bigint | null }, [Uint8Array]>(
      `SELECT sum(granted - taken + coalesce(
         (SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)) AS nanos
       FROM lot WHERE wallet_id = ?`,
    )
    .get(wallet);
  return row?.nanos ?? 0n;
}

/**
 * What moved in a period, the oldest first, and the balances around it: reckoned back from today's, so that
 * only charges since then are read. Undefined where there are more lines than asked for.
 */
export function periodStatement(
  db: Database,
  walletId: string,
  { from, to, by, linesMax }: PeriodAsked,
): PeriodStatement | undefined {
  const wallet = idBytes(walletId);
  const bounds = (until: number): Bounds => [wallet, from, until, idBytes(leastId(from - RUNNING_MS_MAX))];
  const since = db
    .prepare<{ nanos: bigint | null }, Bounds>(
      `SELECT sum(nanos) AS nanos FROM (${TRANSFERS} UNION ALL ${BY_DAY})`,
    )
    .get(...bounds(Number.MAX_SAFE_INTEGER));
  const openingNanos = movedUpToNow(db, wallet) - (since?.nanos ?? 0n);
  const charges = by === "day" ? BY_DAY : BY_REQUEST;
  const rows = db
    .prepare<Movement, Bounds>(`${TRANSFERS} UNION ALL ${charges} ORDER BY 1, 3 LIMIT ${linesMax + 1}`)
    .all(...bounds(to));
  if (rows.length > linesMax) return undefined;
  const lines = rows.map((row) => ({ ...row, at: Number(row.at), requests: Number(row.requests) }));
  return { openingNanos, lines };
}
