import type { Database } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import type { CodeStore, NewCode, Redemption } from "../../billing/codes.ts";
import { codeRow, type StoredCode } from "../code-row.ts";
import { durably } from "./database.ts";
import { depositLot } from "./move-money.ts";

type Row = StoredCode<Uint8Array>;

function insertCodes(db: Database, codes: readonly NewCode[]): void {
  const insert = db.prepare(
    "INSERT INTO code (code_id, hash, hint, batch, amount, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  durably(db, () => {
    for (const { codeId, hash, hint, batch, nanos, expiresAt, createdAt } of codes)
      insert.run(idBytes(codeId), hash, hint, batch, nanos, expiresAt ?? null, createdAt);
  });
}

type OpenCode = Pick<Row, "code_id" | "amount" | "expires_at" | "revoked_at" | "redeemed_at">;

function refusalOf(code: OpenCode | null, now: number): Redemption | undefined {
  if (!code) return { kind: "unknown" };
  if (code.redeemed_at !== null) return { kind: "used" };
  if (code.revoked_at !== null) return { kind: "revoked" };
  if (code.expires_at !== null && code.expires_at <= BigInt(now)) return { kind: "expired" };
  return undefined;
}

/** Run it inside a transaction: what it reads and what it writes belong together. */
function redeemCode(db: Database, hash: Uint8Array, walletId: string, now: number): Redemption {
  const code = db
    .prepare<OpenCode, [Uint8Array]>(
      "SELECT code_id, amount, expires_at, revoked_at, redeemed_at FROM code WHERE hash = ?",
    )
    .get(hash);
  const refused = refusalOf(code, now);
  if (refused || !code) return refused ?? { kind: "unknown" };
  const wallet = idBytes(walletId);
  const grantKey = `code:${idText(code.code_id)}`;
  const nanos = code.amount;
  if (!depositLot(db, { wallet, source: "code", nanos, expiresAt: null, grantKey, at: now }))
    return { kind: "used" };
  db.prepare("UPDATE code SET redeemed_at = ?2, wallet_id = ?3 WHERE code_id = ?1").run(
    code.code_id,
    now,
    wallet,
  );
  return { kind: "redeemed", nanos };
}

/** Codes beside the money that they become: one transaction turns one into the other. */
export function sqliteCodeStore(db: Database): CodeStore {
  return {
    add: (codes) => insertCodes(db, codes),
    list({ batch, limit }) {
      const rows = db
        .prepare<Row, [string | null, number]>(
          `SELECT c.code_id, c.hint, c.batch, c.amount, c.expires_at, c.created_at, c.revoked_at, c.redeemed_at, a.name AS account
           FROM code c LEFT JOIN wallet w USING (wallet_id) LEFT JOIN account a USING (account_id)
           WHERE ?1 IS NULL OR c.batch = ?1 ORDER BY c.code_id DESC LIMIT ?2`,
        )
        .all(batch ?? null, limit);
      return rows.map((row) => codeRow(row, idText));
    },
    revoke(which, now) {
      const [column, value] = "batch" in which ? ["batch", which.batch] : ["code_id", idBytes(which.codeId)];
      const sql = `UPDATE code SET revoked_at = ? WHERE ${column} = ? AND redeemed_at IS NULL AND revoked_at IS NULL`;
      return durably(db, () => db.prepare(sql).run(now, value).changes);
    },
    redeem: (hash, walletId, now) => durably(db, () => redeemCode(db, hash, walletId, now)),
  };
}
