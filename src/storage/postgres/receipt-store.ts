import type { SQL } from "bun";
import type { ReceiptLeg, ReceiptStore } from "../../billing/receipt-store.ts";
import { firstRow, idOf, rowsOf } from "./connection.ts";

interface Leg {
  readonly leg: number;
  readonly state: ReceiptLeg["state"];
  readonly lot_id: string | null;
  readonly source: string | null;
  readonly amount: bigint;
  readonly priced: bigint;
  readonly at: bigint;
}

export function postgresReceiptStore(sql: SQL): ReceiptStore {
  return {
    async legs(requestId) {
      const rows = await rowsOf<Leg>(
        sql,
        `SELECT c.leg::int AS leg, c.state, c.lot_id, l.source, c.amount, c.priced, c.at
         FROM charge c LEFT JOIN lot l USING (lot_id)
         WHERE c.request_id = $1::uuid AND c.wallet_id = (SELECT d.wallet_id FROM charge d WHERE d.request_id = c.request_id AND d.leg = 0)
         ORDER BY c.leg`,
        [requestId],
      );
      return rows.map(({ leg, state, lot_id, source, amount, priced, at }) => ({
        leg,
        state,
        lotId: lot_id === null ? null : idOf(lot_id),
        source,
        amountNanos: amount,
        pricedNanos: priced,
        at: Number(at),
      }));
    },
    async transfers(requestId) {
      const rows = await rowsOf<{ key: string; kind: string; nanos: bigint; at: bigint }>(
        sql,
        `SELECT key, kind, amount AS nanos, at FROM transfer JOIN lot ON lot.lot_id = transfer.credit
         WHERE ref = $1::uuid AND kind = 'reversal'
           AND wallet_id = (SELECT d.wallet_id FROM charge d WHERE d.request_id = $1::uuid AND d.leg = 0) ORDER BY key`,
        [requestId],
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
    async prices(version) {
      const statement = "SELECT content, since FROM price_list WHERE version = $1::int";
      const row = await firstRow<{ content: string; since: bigint }>(sql, statement, [version]);
      return row && { content: row.content, since: Number(row.since) };
    },
    async keys() {
      const rows = await rowsOf<{ kid: string; x: string; sealed: Uint8Array; since: bigint }>(
        sql,
        "SELECT kid, x, sealed, since FROM receipt_key ORDER BY since DESC, kid",
      );
      return rows.map(({ kid, x, sealed, since }) => ({
        publicKey: { kid, kty: "OKP", crv: "Ed25519", x },
        sealed,
        since: Number(since),
      }));
    },
    async addKey({ publicKey: { kid, x }, sealed, since }) {
      await sql.unsafe("INSERT INTO receipt_key (kid, x, sealed, since) VALUES ($1, $2, $3, $4::bigint)", [
        kid,
        x,
        sealed,
        since,
      ]);
    },
  };
}
