import type { Database } from "bun:sqlite";
import { idBytes, newId } from "../../base/id.ts";
import { REVENUE } from "./move-money.ts";

/** Pays a posted charge back into new lots with the expiry of those that paid, once; run it inside a transaction. */
export function reverseCharge(db: Database, requestId: string, now: number): void {
  const charge = idBytes(requestId);
  const legs = db
    .prepare<{ leg: bigint; lot_id: Uint8Array; amount: bigint; wallet_id: Uint8Array }, [Uint8Array]>(
      "SELECT leg, lot_id, amount, wallet_id FROM charge WHERE request_id = ? AND state <> 'void' AND amount > 0",
    )
    .all(charge);
  for (const { leg, lot_id, amount } of legs) {
    const key = `reversal:${requestId}:${leg}`;
    const lot = idBytes(newId());
    const { changes } = db
      .prepare(
        `INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
         SELECT ?1, wallet_id, 'reversal', ?2, expires_at, spend_rank, ?3 FROM lot WHERE lot_id = ?4
         ON CONFLICT DO NOTHING`,
      )
      .run(lot, amount, key, lot_id);
    if (changes === 0) continue;
    db.prepare(
      "INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, ref, at) VALUES (?, ?, 'reversal', ?, ?, ?, ?, ?)",
    ).run(idBytes(newId()), key, REVENUE, lot, amount, charge, now);
  }
}
