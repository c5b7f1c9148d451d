import type { SQL } from "bun";
import { leastId } from "../../base/id.ts";
import type { ChargeState } from "../../billing/store.ts";
import { NO_USAGE } from "../../core/usage.ts";
import type { HistoryStore } from "../../history/recorder.ts";
import { recordOfCharge } from "../record-of-charge.ts";
import { idOf, rowsOf } from "./connection.ts";

interface Lost {
  readonly request_id: string;
  readonly account_id: string;
  readonly wallet_id: string;
  readonly state: ChargeState;
  readonly amount: bigint;
  readonly price_version: number;
  readonly usage: string;
  readonly at: bigint;
  readonly answer: string | null;
}

/** A request may run this long before it is charged: ids begin with the time of arrival. */
const RUNNING_MS_MAX = 86_400_000;

/** What an ended node charged, and whose records died with it. */
const LOST = `
  SELECT c.request_id, w.account_id, c.wallet_id, c.state, c.price_version, c.usage, c.at, c.answer,
    (SELECT sum(l.amount)::bigint FROM charge l WHERE l.request_id = c.request_id AND l.wallet_id = c.wallet_id) AS amount
  FROM charge c JOIN wallet w USING (wallet_id)
  WHERE c.request_id >= $3::uuid AND c.node_id = $1::int AND c.epoch = $2::bigint AND c.leg = 0 AND c.state <> 'void'
    AND NOT EXISTS (SELECT 1 FROM request r WHERE r.request_id = c.request_id)`;

/** Records lost with a node that was killed, made again from what its charges tell. */
export async function rebuildLost(
  sql: SQL,
  history: HistoryStore,
  nodeId: number,
  epoch: number,
): Promise<void> {
  const rows = await rowsOf<Lost>(sql, LOST, [nodeId, epoch, leastId(Date.now() - RUNNING_MS_MAX)]);
  const records = rows.map((row) => {
    const [id, upstream] = row.answer === null ? [] : (JSON.parse(row.answer) as [string, string]);
    return recordOfCharge({
      id: idOf(row.request_id),
      accountId: idOf(row.account_id),
      at: Number(row.at),
      usage: { ...NO_USAGE, ...JSON.parse(row.usage) },
      chargeNanos: row.amount,
      priceVersion: row.price_version,
      answer: id === undefined || upstream === undefined ? undefined : { id, upstream },
    });
  });
  if (records.length > 0) await history.insert(records);
}
