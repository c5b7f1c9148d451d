import type { Database } from "bun:sqlite";
import { idBytes } from "../../base/id.ts";
import type { ChargeRow, ChargeState } from "../../billing/store.ts";
import type { KeptAnswer } from "../../core/request-record.ts";
import { NO_USAGE, type Usage } from "../../core/usage.ts";
import { usageText } from "../usage-text.ts";
import { HOME_NODE } from "./leases.ts";

/** A charge as one line of JSON; the order of fields is the journal's format. */
type JournalRow = [
  requestId: string,
  leg: number,
  state: ChargeState,
  walletId: string,
  /** Of another node than the home's own: its number, then the epoch. */
  epoch: number | readonly [nodeId: number, epoch: number],
  lotId: string | null,
  amount: string,
  priced: string,
  priceVersion: number,
  usage: Partial<Usage>,
  at: number,
  ...answer: [] | [id: string, upstream: string],
];

/** Which node an epoch is, or was, a life of. */
export type NodesOfEpochs = ReadonlyMap<number, number>;

export function encodeRows(rows: readonly ChargeRow[], nodes: NodesOfEpochs): string {
  let text = "[";
  for (const row of rows) text += (text === "[" ? "" : ",") + encodeRow(row, nodes);
  return `${text}]`;
}

/** JSON by hand, a quarter of the cost: our ids are hexadecimal and states are words, nothing is to be escaped. */
function encodeRow(row: ChargeRow, nodes: NodesOfEpochs): string {
  const nodeId = nodeOf(nodes, row.epoch);
  const epoch = nodeId === HOME_NODE ? row.epoch : `[${nodeId},${row.epoch}]`;
  const lot = row.lotId === null ? "null" : `"${row.lotId}"`;
  return `["${row.requestId}",${row.leg},"${row.state}","${row.walletId}",${epoch},${lot},"${row.amountNanos}","${row.pricedNanos}",${row.priceVersion},${usageText(row.usage)},${row.at}${answerText(row.answer)}]`;
}

function answerText(answer: KeptAnswer | undefined): string {
  return answer ? `,${JSON.stringify(answer.id)},${JSON.stringify(answer.upstream)}` : "";
}

function nodeOf(nodes: NodesOfEpochs, epoch: number): number {
  return nodes.get(epoch) ?? HOME_NODE;
}

/** The rows of a line; `nodes` learns which of their epochs are of another node than the home's own. */
export function decodeRows(text: string, nodes: Map<number, number>): ChargeRow[] {
  const plain = (epoch: JournalRow[4]): number => {
    if (typeof epoch === "number") return epoch;
    nodes.set(epoch[1], epoch[0]);
    return epoch[1];
  };
  return (JSON.parse(text) as JournalRow[]).map(
    ([
      requestId,
      leg,
      state,
      walletId,
      epoch,
      lotId,
      amount,
      priced,
      priceVersion,
      usage,
      at,
      ...answer
    ]) => ({
      requestId,
      leg,
      state,
      walletId,
      epoch: plain(epoch),
      lotId,
      amountNanos: BigInt(amount),
      pricedNanos: BigInt(priced),
      priceVersion,
      usage: { ...NO_USAGE, ...usage },
      at,
      answer: answer.length === 0 ? undefined : { id: answer[0], upstream: answer[1] },
    }),
  );
}

/** Writes charges and what they spend of their leases; run it inside a transaction. Idempotent. */
export function chargeWriter(db: Database): (rows: readonly ChargeRow[], nodes: NodesOfEpochs) => void {
  const insert = db.prepare(
    `INSERT INTO charge (request_id, leg, state, wallet_id, lot_id, node_id, epoch, amount, priced, price_version, usage, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  // A power cut can lose the lease row (synchronous=NORMAL) but not the journal's charge: it is made again.
  const spend = db.prepare(
    `INSERT INTO lease (lot_id, node_id, epoch, granted, spent) VALUES (?1, ?4, ?2, ?3, ?3)
     ON CONFLICT DO UPDATE SET
       granted = max(granted, spent + returned + excluded.spent), spent = spent + excluded.spent`,
  );
  const granted = db.prepare<{ granted: bigint }, [Uint8Array, number, number]>(
    "SELECT granted FROM lease WHERE lot_id = ? AND node_id = ? AND epoch = ?",
  );
  const take = db.prepare("UPDATE lot SET taken = taken + ?2 WHERE lot_id = ?1");
  return (rows, nodes) => {
    const spentByLease = new Map<string, { lot: Uint8Array; epoch: number; nanos: bigint }>();
    for (const row of rows) {
      const lot = row.lotId === null ? null : idBytes(row.lotId);
      const { changes } = insert.run(
        idBytes(row.requestId),
        row.leg,
        row.state,
        idBytes(row.walletId),
        lot,
        nodeOf(nodes, row.epoch),
        row.epoch,
        row.amountNanos,
        row.pricedNanos,
        row.priceVersion,
        usageText(row.usage),
        row.at,
      );
      if (changes === 0 || lot === null || row.amountNanos === 0n) continue;
      const key = `${row.lotId}:${row.epoch}`;
      const sum = spentByLease.get(key);
      if (sum) sum.nanos += row.amountNanos;
      else spentByLease.set(key, { lot, epoch: row.epoch, nanos: row.amountNanos });
    }
    for (const { lot, epoch, nanos } of spentByLease.values()) {
      const nodeId = nodeOf(nodes, epoch);
      const before = granted.get(lot, nodeId, epoch)?.granted ?? 0n;
      spend.run(lot, epoch, nanos, nodeId);
      const after = granted.get(lot, nodeId, epoch)?.granted ?? 0n;
      if (after > before) take.run(lot, after - before);
    }
  };
}

/** The state and total of a request's charge, or undefined when it has none. */
export function chargeReader(
  db: Database,
): (requestId: string) => { state: ChargeState; amountNanos: bigint } | undefined {
  const select = db.prepare<{ state: ChargeState; amount: bigint }, [Uint8Array]>(
    `SELECT (SELECT state FROM charge c WHERE c.request_id = ?1 AND leg = 0) AS state, sum(amount) AS amount
     FROM charge WHERE request_id = ?1 HAVING count(*) > 0`,
  );
  return (requestId) => {
    const row = select.get(idBytes(requestId));
    return row ? { state: row.state, amountNanos: row.amount } : undefined;
  };
}
