import type { Database } from "bun:sqlite";
import type { Clock } from "../../base/clock.ts";
import { idBytes, idText } from "../../base/id.ts";
import type { LeaseAnswer, LeaseGrant, LeaseStep, ReturnStep } from "../../billing/store.ts";

/** SQLite has one node. */
export const NODE_ID = 1;
const ALONE = { elsewhereNanos: 0n, nodes: 1 };

/** One epoch further; what earlier ones leased and did not spend is free again. */
export function startEpoch(db: Database): number {
  db.prepare(
    `INSERT INTO node (node_id, epoch) VALUES (${NODE_ID}, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1`,
  ).run();
  db.prepare(
    `UPDATE lot SET taken = taken - (
       SELECT sum(granted - spent - returned) FROM lease
       WHERE lease.lot_id = lot.lot_id AND node_id = ${NODE_ID} AND spent + returned < granted)
     WHERE lot_id IN (SELECT lot_id FROM lease WHERE node_id = ${NODE_ID} AND spent + returned < granted)`,
  ).run();
  db.prepare(
    `UPDATE lease SET returned = granted - spent WHERE node_id = ${NODE_ID} AND spent + returned < granted`,
  ).run();
  const row = db.prepare<{ epoch: bigint }, []>(`SELECT epoch FROM node WHERE node_id = ${NODE_ID}`).get();
  return Number(row?.epoch ?? 0n);
}

interface OpenLot {
  readonly lot_id: Uint8Array;
  readonly free: bigint;
  readonly expires_at: bigint | null;
}

/** Takes money out of a wallet's open lots, in spend order; run it inside a transaction. */
export function leaser(db: Database, clock: Clock): (step: LeaseStep) => LeaseAnswer {
  const openLots = db.prepare<OpenLot, [Uint8Array, number]>(
    `SELECT lot_id, granted - taken AS free, expires_at FROM lot
     WHERE wallet_id = ?1 AND taken < granted AND (expires_at IS NULL OR expires_at > ?2)
       AND NOT EXISTS (SELECT 1 FROM wallet WHERE wallet_id = ?1 AND frozen <> 0)
     ORDER BY expires_at IS NULL, expires_at, spend_rank, lot_id`,
  );
  const take = db.prepare("UPDATE lot SET taken = taken + ?2 WHERE lot_id = ?1");
  const grant = db.prepare(
    `INSERT INTO lease (lot_id, node_id, epoch, granted) VALUES (?1, ${NODE_ID}, ?2, ?3)
     ON CONFLICT DO UPDATE SET granted = granted + excluded.granted`,
  );
  return ({ epoch, walletId, needNanos, wantNanos }) => {
    const now = clock.now();
    const lots = openLots.all(idBytes(walletId), now);
    const freeNanos = lots.reduce((sum, lot) => sum + lot.free, 0n);
    if (freeNanos < needNanos) return { grants: [], freeNanos, ...ALONE };
    const grants: LeaseGrant[] = [];
    let missing = wantNanos;
    for (const { lot_id, free, expires_at } of lots) {
      if (missing <= 0n) break;
      const nanos = free < missing ? free : missing;
      take.run(lot_id, nanos);
      grant.run(lot_id, epoch, nanos);
      const expiresInMs = expires_at === null ? undefined : Number(expires_at) - now;
      grants.push({ lotId: idText(lot_id), nanos, expiresInMs });
      missing -= nanos;
    }
    return { grants, freeNanos, ...ALONE };
  };
}

/** Returns unspent money to its lots; run it inside a transaction. */
export function giverBack(db: Database): (steps: readonly ReturnStep[]) => void {
  const give = db.prepare(
    `UPDATE lease SET returned = returned + ?3 WHERE lot_id = ?1 AND node_id = ${NODE_ID} AND epoch = ?2`,
  );
  const untake = db.prepare("UPDATE lot SET taken = taken - ?2 WHERE lot_id = ?1");
  return (steps) => {
    for (const { epoch, grants } of steps) {
      for (const { lotId, nanos } of grants) {
        const lot = idBytes(lotId);
        const { changes } = give.run(lot, epoch, nanos);
        if (changes === 1) untake.run(lot, nanos);
      }
    }
  };
}
