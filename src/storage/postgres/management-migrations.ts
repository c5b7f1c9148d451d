/** What was changed, by whom; ids are UUIDv7s, so that they lie in the order of time. */
export const AUDIT = `
  CREATE TABLE audit (
    audit_id uuid PRIMARY KEY,
    at bigint NOT NULL,
    actor text NOT NULL,
    address text NOT NULL,
    action text NOT NULL,
    account_id uuid,
    target text NOT NULL,
    before text,
    after text
  );
  CREATE INDEX audit_account ON audit (account_id, audit_id);
  `;
