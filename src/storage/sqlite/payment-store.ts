import type { Database } from "bun:sqlite";
import { idBytes, newId } from "../../base/id.ts";
import type { Applied, PaymentState, PaymentStore } from "../../billing/payments.ts";
import type { Nanos } from "../../core/money.ts";
import { durably } from "./database.ts";
import {
  collectDebt,
  debtOf,
  depositLot,
  FUNDING,
  freezeDebtor,
  insertTransfer,
  takeBought,
} from "./move-money.ts";

interface StoredPayment {
  readonly payment_id: Uint8Array;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly disputed: bigint;
  readonly moves: bigint;
}

/** What of a payment is the wallet's. */
function creditOf({
  paid,
  refunded,
  disputed,
}: Pick<StoredPayment, "paid" | "refunded" | "disputed">): Nanos {
  const credit = paid - refunded - disputed;
  return credit > 0n ? credit : 0n;
}

/** The rest that no bought money covers is owed: the wallet is frozen until it is paid. */
function takeBack(
  db: Database,
  { objectId, walletId }: PaymentState,
  { payment_id, moves }: StoredPayment,
  nanos: Nanos,
  at: number,
): void {
  const wallet = idBytes(walletId);
  const key = `payment-back:${objectId}:${moves}`;
  const move = { kind: "payment-back", ref: payment_id, at };
  const first = `payment:${objectId}:`;
  const rest = takeBought(db, wallet, nanos, first, (lot, part, index) =>
    insertTransfer(db, { ...move, key: `${key}:${index}`, debit: lot, credit: FUNDING, nanos: part }),
  );
  if (rest === 0n) return;
  insertTransfer(db, { ...move, key: `${key}:debt`, debit: wallet, credit: FUNDING, nanos: rest });
  freezeDebtor(db, wallet);
}

function hasEvent(db: Database, eventId: string): boolean {
  return db.prepare("SELECT 1 FROM payment_event WHERE event_id = ?").get(eventId) !== null;
}

function applyPayment(
  db: Database,
  eventId: string,
  payment: PaymentState,
  movesSeen: number,
  at: number,
): Applied {
  const { objectId, walletId, paidNanos, refundedNanos, disputedNanos, paidIn } = payment;
  if (hasEvent(db, eventId)) return "known";
  const wallet = idBytes(walletId);
  if (db.prepare("SELECT 1 FROM wallet WHERE wallet_id = ?").get(wallet) === null)
    throw new Error(`payment ${objectId} names the wallet ${walletId}, which does not exist`);
  db.prepare(
    "INSERT INTO payment (object_id, payment_id, wallet_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  ).run(objectId, idBytes(newId()), wallet);
  const before = db
    .prepare<StoredPayment, [string]>(
      "SELECT payment_id, paid, refunded, disputed, moves FROM payment WHERE object_id = ?",
    )
    .get(objectId);
  if (!before) throw new Error(`payment ${objectId} was not kept`);
  if (before.moves !== BigInt(movesSeen)) return "changed";
  db.prepare("INSERT INTO payment_event (event_id, at) VALUES (?, ?)").run(eventId, at);
  if (paidIn)
    db.prepare(
      "INSERT INTO payment_currency (object_id, code, minor, rate) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ).run(objectId, paidIn.code, paidIn.minor, paidIn.ppm);
  const difference =
    creditOf({ paid: paidNanos, refunded: refundedNanos, disputed: disputedNanos }) - creditOf(before);
  db.prepare(
    "UPDATE payment SET paid = ?2, refunded = ?3, disputed = ?4, moves = moves + 1 WHERE object_id = ?1",
  ).run(objectId, paidNanos, refundedNanos, disputedNanos);
  const { payment_id: ref, moves } = before;
  const grantKey = `payment:${objectId}:${moves}`;
  if (difference > 0n)
    depositLot(db, { wallet, source: "payment", nanos: difference, expiresAt: null, grantKey, ref, at });
  if (difference < 0n) takeBack(db, payment, before, -difference, at);
  return "applied";
}

export function sqlitePaymentStore(db: Database): PaymentStore {
  const debtors = db.prepare<{ wallet_id: Uint8Array }, []>("SELECT wallet_id FROM wallet WHERE frozen <> 0");
  return {
    look(eventId, objectId) {
      if (hasEvent(db, eventId)) return undefined;
      const moves = db.prepare<{ moves: bigint }, [string]>("SELECT moves FROM payment WHERE object_id = ?");
      return Number(moves.get(objectId)?.moves ?? 0n);
    },
    apply: (eventId, payment, moves, now) =>
      durably(db, () => applyPayment(db, eventId, payment, moves, now)),
    debt: (walletId) => debtOf(db, idBytes(walletId)),
    collectDebts(now) {
      for (const { wallet_id } of debtors.all()) durably(db, () => collectDebt(db, wallet_id, now));
    },
  };
}
