import type { SQL } from "bun";
import { leastId } from "../../base/id.ts";
import type { PeriodAsked, PeriodLine, PeriodStatement } from "../../billing/wallets.ts";
import { firstRow, rowsOf } from "./connection.ts";

/** A request may run this long before it is charged: ids begin with the time of arrival. */
const RUNNING_MS_MAX = 86_400_000;

/** $1 wallet, $2 from, $3 to, $4 the least id of requests. */
const TRANSFERS = `
  SELECT at, kind, key AS ref, amount AS nanos, 0::bigint AS requests FROM transfer
    WHERE credit IN (SELECT lot_id FROM lot WHERE wallet_id = $1::uuid) AND at >= $2::bigint AND at < $3::bigint
  UNION ALL
  SELECT at, kind, key, -amount, 0 FROM transfer
    WHERE debit IN (SELECT lot_id FROM lot WHERE wallet_id = $1::uuid) AND at >= $2::bigint AND at < $3::bigint`;
const CHARGES = `FROM charge WHERE wallet_id = $1::uuid AND at >= $2::bigint AND at < $3::bigint
  AND request_id >= $4::uuid AND state <> 'void'`;
const BY_REQUEST = `SELECT max(at), 'charge', replace(request_id::text, '-', ''), -sum(amount)::bigint, 1::bigint
  ${CHARGES} GROUP BY request_id`;
const DAY = "to_char(to_timestamp(at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')";
const BY_DAY = `SELECT max(at), 'charge', ${DAY}, -sum(amount)::bigint, count(*) FILTER (WHERE leg = 0)
  ${CHARGES} GROUP BY ${DAY}`;

/** Everything that the wallet's movements up to now come to, expired and not yet swept money included. */
const UP_TO_NOW = `
  SELECT coalesce(sum(granted - taken + coalesce(
    (SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)), 0)
  FROM lot WHERE wallet_id = $1::uuid`;

/** Reckoned back from today's balance, so that only charges since then are read; in one snapshot. */
export async function periodStatement(
  sql: SQL,
  walletId: string,
  { from, to, by, linesMax }: PeriodAsked,
): Promise<PeriodStatement | undefined> {
  const bounds = (until: number) => [walletId, from, until, leastId(from - RUNNING_MS_MAX)];
  return await sql.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY", async (transaction) => {
    const opening = await firstRow<{ nanos: bigint }>(
      transaction,
      `SELECT ((${UP_TO_NOW}) - coalesce(
         (SELECT sum(nanos) FROM (${TRANSFERS} UNION ALL ${BY_DAY}) moved), 0))::bigint AS nanos`,
      bounds(Number.MAX_SAFE_INTEGER),
    );
    const rows = await rowsOf<Omit<PeriodLine, "at" | "requests"> & { at: bigint; requests: bigint }>(
      transaction,
      `${TRANSFERS} UNION ALL ${by === "day" ? BY_DAY : BY_REQUEST} ORDER BY 1, 3 LIMIT ${linesMax + 1}`,
      bounds(to),
    );
    if (rows.length > linesMax) return undefined;
    const lines = rows.map((row) => ({ ...row, at: Number(row.at), requests: Number(row.requests) }));
    return { openingNanos: opening?.nanos ?? 0n, lines };
  });
}
