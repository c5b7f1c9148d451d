import { newId } from "../base/id.ts";
import type { LotSource } from "../billing/wallets.ts";
import type { Nanos } from "../core/money.ts";
import { did, type IdValue, idValue, rows, type Steps } from "./people/steps.ts";
import { SPEND_RANK } from "./spend-rank.ts";

/** Operator accounts: they have no balance column, they are summed. */
const FUNDING = idValue("00000000000000000000000000000001");
export const REVENUE = idValue("00000000000000000000000000000002");
export const EXPIRED = idValue("00000000000000000000000000000003");

interface Transfer {
  readonly key: string;
  readonly kind: string;
  readonly debit: IdValue;
  readonly credit: IdValue;
  readonly nanos: Nanos;
  readonly at: number;
}

/** One row of double entry, in steps. */
function* insertTransfer({ key, kind, debit, credit, nanos, at }: Transfer): Steps<void> {
  yield* rows(
    `INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, at)
     VALUES ($1::uuid, $2, $3, $4::uuid, $5::uuid, $6::bigint, $7::bigint)`,
    ...[idValue(newId()), key, kind, debit, credit, nanos, at],
  );
}

interface NewLot {
  readonly walletId: string;
  readonly source: LotSource;
  readonly nanos: Nanos;
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt?: number | undefined;
  readonly key: string;
  readonly at: number;
}

/** Free money into a wallet as a lot of its own; false where one of this key was made before. */
export function* insertLot({ walletId, source, nanos, expiresAt, key, at }: NewLot): Steps<boolean> {
  const lot = idValue(newId());
  const isNew = yield* did(
    `INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
     VALUES ($1::uuid, $2::uuid, $3, $4::bigint, $5::bigint, $6::smallint, $7)
     ON CONFLICT DO NOTHING RETURNING 1`,
    ...[lot, idValue(walletId), source, nanos, expiresAt ?? null, SPEND_RANK[source], key],
  );
  if (isNew) yield* insertTransfer({ key, kind: "grant", debit: FUNDING, credit: lot, nanos, at });
  return isNew;
}

/** Free money out of a lot, to an operator account. */
export function* takeFromLot(lotId: string, move: Omit<Transfer, "debit">): Steps<void> {
  const lot = idValue(lotId);
  yield* rows("UPDATE lot SET taken = taken + $2::bigint WHERE lot_id = $1::uuid", lot, move.nanos);
  yield* insertTransfer({ ...move, debit: lot });
}
