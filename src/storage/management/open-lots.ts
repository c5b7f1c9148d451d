import type { OpenLots, WalletLot } from "../../billing/lots.ts";
import { idValue, type Runner, rows, type Steps, timeOf } from "../people/steps.ts";

interface Stored {
  readonly lot_id: string;
  readonly source: string;
  readonly granted: bigint;
  readonly remaining: bigint;
  readonly expires_at: bigint | null;
}

/** Free in the lot, or leased and unspent. */
const LEFT = `lot.granted - lot.taken + coalesce(
  (SELECT sum(l.granted - l.spent - l.returned) FROM lease l WHERE l.lot_id = lot.lot_id), 0)::bigint`;

function* openLotsOf(walletId: string, now: number): Steps<WalletLot[]> {
  const found = yield* rows<Stored>(
    `SELECT * FROM (SELECT lot_id, source, granted, expires_at, spend_rank, ${LEFT} AS remaining FROM lot
       WHERE wallet_id = $1::uuid AND (expires_at IS NULL OR expires_at > $2::bigint)) AS lots
     WHERE remaining > 0 ORDER BY expires_at IS NULL, expires_at, spend_rank, lot_id`,
    ...[idValue(walletId), now],
  );
  return found.map(({ lot_id, source, granted, remaining, expires_at }) => ({
    lotId: lot_id,
    source,
    grantedNanos: granted,
    leftNanos: remaining,
    expiresAt: timeOf(expires_at),
  }));
}

export function openLots({ read }: Runner): OpenLots {
  return (walletId, now) => read(openLotsOf(walletId, now));
}
