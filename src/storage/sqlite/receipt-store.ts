import type { Database } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import type { PublicReceiptKey } from "../../billing/receipt-signature.ts";
import type {
  ReceiptLeg,
  ReceiptStore,
  ReceiptTransfer,
  StoredReceiptKey,
} from "../../billing/receipt-store.ts";
import { durably } from "./database.ts";

interface Leg {
  readonly leg: bigint;
  readonly state: ReceiptLeg["state"];
  readonly lot_id: Uint8Array | null;
  readonly source: string | null;
  readonly amount: bigint;
  readonly priced: bigint;
  readonly at: bigint;
}

function legsOf(db: Database, requestId: string): ReceiptLeg[] {
  const rows = db
    .prepare<Leg, [Uint8Array]>(
      `SELECT c.leg, c.state, c.lot_id, l.source, c.amount, c.priced, c.at
       FROM charge c JOIN charge d ON d.request_id = c.request_id AND d.leg = 0 AND d.wallet_id = c.wallet_id
       LEFT JOIN lot l ON l.lot_id = c.lot_id WHERE c.request_id = ? ORDER BY c.leg`,
    )
    .all(idBytes(requestId));
  return rows.map((row) => ({
    leg: Number(row.leg),
    state: row.state,
    lotId: row.lot_id === null ? null : idText(row.lot_id),
    source: row.source,
    amountNanos: row.amount,
    pricedNanos: row.priced,
    at: Number(row.at),
  }));
}

function transfersOf(db: Database, requestId: string): ReceiptTransfer[] {
  const rows = db
    .prepare<{ key: string; kind: string; nanos: bigint; at: bigint }, [Uint8Array]>(
      `SELECT key, kind, t.amount AS nanos, t.at FROM transfer t JOIN lot ON lot.lot_id = t.credit
       JOIN charge d ON d.request_id = t.ref AND d.leg = 0 AND d.wallet_id = lot.wallet_id
       WHERE t.ref = ? AND kind = 'reversal' ORDER BY key`,
    )
    .all(idBytes(requestId));
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

function keysOf(db: Database): StoredReceiptKey[] {
  const rows = db
    .prepare<{ kid: string; x: string; sealed: Uint8Array; since: bigint }, []>(
      "SELECT kid, x, sealed, since FROM receipt_key ORDER BY since DESC, kid",
    )
    .all();
  return rows.map(({ kid, x, sealed, since }) => {
    const publicKey: PublicReceiptKey = { kid, kty: "OKP", crv: "Ed25519", x };
    return { publicKey, sealed, since: Number(since) };
  });
}

export function sqliteReceiptStore(db: Database): ReceiptStore {
  return {
    legs: (requestId) => legsOf(db, requestId),
    transfers: (requestId) => transfersOf(db, requestId),
    prices(version) {
      const row = db
        .prepare<{ content: string; since: bigint }, [number]>(
          "SELECT content, since FROM price_list WHERE version = ?",
        )
        .get(version);
      return row ? { content: row.content, since: Number(row.since) } : undefined;
    },
    keys: () => keysOf(db),
    addKey: ({ publicKey: { kid, x }, sealed, since }) =>
      durably(
        db,
        () =>
          void db
            .prepare("INSERT INTO receipt_key (kid, x, sealed, since) VALUES (?, ?, ?, ?)")
            .run(kid, x, sealed, since),
      ),
  };
}
