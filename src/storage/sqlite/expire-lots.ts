import type { Database } from "bun:sqlite";
import { idText, newId } from "../../base/id.ts";
import { EXPIRED, insertTransfer } from "./move-money.ts";

interface Expired {
  readonly lot_id: Uint8Array;
  readonly free: bigint;
}

/**
 * Moves what is free in expired lots to the operator; answers how many lots had something. What running
 * requests still hold of them comes back and is moved by a later sweep. Run it inside a transaction.
 */
export function expireLots(db: Database, now: number): number {
  const lots = db
    .prepare<Expired, [number]>(
      "SELECT lot_id, granted - taken AS free FROM lot WHERE taken < granted AND expires_at IS NOT NULL AND expires_at <= ?",
    )
    .all(now);
  const take = db.prepare("UPDATE lot SET taken = granted WHERE lot_id = ?");
  for (const { lot_id, free } of lots) {
    take.run(lot_id);
    const key = `expiry:${idText(lot_id)}:${newId()}`;
    insertTransfer(db, { key, kind: "expiry", debit: lot_id, credit: EXPIRED, nanos: free, at: now });
  }
  return lots.length;
}
