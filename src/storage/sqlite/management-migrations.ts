/** What was changed, by whom; ids are UUIDv7s, so that they lie in the order of time. */
export const AUDIT = `
  CREATE TABLE audit (
    audit_id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    account_id BLOB,
    target TEXT NOT NULL,
    before TEXT,
    after TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_account ON audit (account_id, audit_id);
  `;
