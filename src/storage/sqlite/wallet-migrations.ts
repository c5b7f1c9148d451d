/** Redemption codes: one use each, known by a keyed hash. What one became is the lot `code:<id>`. */
export const CODES = `
  CREATE TABLE code (
    code_id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    batch TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    redeemed_at INTEGER,
    wallet_id BLOB REFERENCES wallet,
    CHECK ((redeemed_at IS NULL) = (wallet_id IS NULL)),
    CHECK (redeemed_at IS NULL OR revoked_at IS NULL)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX code_batch ON code (batch);
`;
