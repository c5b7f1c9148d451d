import type { Database } from "bun:sqlite";
import type { Clock } from "../../base/clock.ts";
import { idBytes, idText } from "../../base/id.ts";
import type { LeaseAnswer, LeaseGrant, LeaseStep, ReturnStep } from "../../billing/store.ts";
import type { Nanos } from "../../core/money.ts";

/** The process that has the home's lock; its workers are the nodes after it. */
export const HOME_NODE = 1;

/** What nodes leased and did not spend is free again; run it inside a transaction. @param nodeId absent: of all nodes */
export function returnLeases(db: Database, nodeId?: number): void {
  const open = `(?1 IS NULL OR node_id = ?1) AND spent + returned < granted`;
  db.prepare(
    `UPDATE lot SET taken = taken - (
       SELECT sum(granted - spent - returned) FROM lease WHERE lease.lot_id = lot.lot_id AND ${open})
     WHERE lot_id IN (SELECT lot_id FROM lease WHERE ${open})`,
  ).run(nodeId ?? null);
  db.prepare(`UPDATE lease SET returned = granted - spent WHERE ${open}`).run(nodeId ?? null);
}

/** The next epoch: one sequence for all nodes, so that it names one life of one of them. */
export function startEpoch(db: Database, nodeId: number): number {
  returnLeases(db, nodeId);
  const row = db
    .prepare<{ epoch: bigint }, [number]>(
      `INSERT INTO node (node_id, epoch) SELECT ?1, coalesce(max(epoch), 0) + 1 FROM node WHERE true
       ON CONFLICT DO UPDATE SET epoch = excluded.epoch RETURNING epoch`,
    )
    .get(nodeId);
  return Number(row?.epoch ?? 0n);
}

/** What other epochs hold of a wallet and have not spent. */
export function leasedElsewhere(
  db: Database,
  clock: Clock,
): (step: Pick<LeaseStep, "walletId" | "epoch">) => Nanos {
  const sum = db.prepare<{ nanos: bigint }, [Uint8Array, number, number]>(
    `SELECT coalesce(sum(l.granted - l.spent - l.returned), 0) AS nanos FROM lot JOIN lease l USING (lot_id)
     WHERE lot.wallet_id = ?1 AND l.epoch <> ?2 AND l.spent + l.returned < l.granted
       AND (lot.expires_at IS NULL OR lot.expires_at > ?3)
       AND NOT EXISTS (SELECT 1 FROM wallet w WHERE w.wallet_id = ?1 AND w.frozen <> 0)`,
  );
  return ({ walletId, epoch }) => sum.get(idBytes(walletId), epoch, clock.now())?.nanos ?? 0n;
}

interface OpenLot {
  readonly lot_id: Uint8Array;
  readonly free: bigint;
  readonly expires_at: bigint | null;
}

/** Takes money out of a wallet's open lots, in spend order; run it inside a transaction. */
export function leaser(
  db: Database,
  clock: Clock,
): (nodeId: number, step: LeaseStep) => Pick<LeaseAnswer, "grants" | "freeNanos"> {
  const openLots = db.prepare<OpenLot, [Uint8Array, number]>(
    `SELECT lot_id, granted - taken AS free, expires_at FROM lot
     WHERE wallet_id = ?1 AND taken < granted AND (expires_at IS NULL OR expires_at > ?2)
       AND NOT EXISTS (SELECT 1 FROM wallet WHERE wallet_id = ?1 AND frozen <> 0)
     ORDER BY expires_at IS NULL, expires_at, spend_rank, lot_id`,
  );
  const take = db.prepare("UPDATE lot SET taken = taken + ?2 WHERE lot_id = ?1");
  const grant = db.prepare(
    `INSERT INTO lease (lot_id, node_id, epoch, granted) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT DO UPDATE SET granted = granted + excluded.granted`,
  );
  return (nodeId, { epoch, walletId, needNanos, wantNanos }) => {
    const now = clock.now();
    const lots = openLots.all(idBytes(walletId), now);
    const freeNanos = lots.reduce((sum, lot) => sum + lot.free, 0n);
    if (freeNanos < needNanos) return { grants: [], freeNanos };
    const grants: LeaseGrant[] = [];
    let missing = wantNanos;
    for (const { lot_id, free, expires_at } of lots) {
      if (missing <= 0n) break;
      const nanos = free < missing ? free : missing;
      take.run(lot_id, nanos);
      grant.run(lot_id, nodeId, epoch, nanos);
      const expiresInMs = expires_at === null ? undefined : Number(expires_at) - now;
      grants.push({ lotId: idText(lot_id), nanos, expiresInMs });
      missing -= nanos;
    }
    return { grants, freeNanos };
  };
}

/** Returns unspent money to its lots; run it inside a transaction. */
export function giverBack(db: Database): (nodeId: number, steps: readonly ReturnStep[]) => void {
  const give = db.prepare(
    "UPDATE lease SET returned = returned + ?3 WHERE lot_id = ?1 AND node_id = ?4 AND epoch = ?2",
  );
  const untake = db.prepare("UPDATE lot SET taken = taken - ?2 WHERE lot_id = ?1");
  return (nodeId, steps) => {
    for (const { epoch, grants } of steps) {
      for (const { lotId, nanos } of grants) {
        const lot = idBytes(lotId);
        const { changes } = give.run(lot, epoch, nanos, nodeId);
        if (changes === 1) untake.run(lot, nanos);
      }
    }
  };
}
