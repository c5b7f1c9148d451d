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

/** Tokens of the management API; without an account they are the operators'. Scopes are a JSON list. */
export const TOKENS = `
  CREATE TABLE management_token (
    hash BLOB PRIMARY KEY,
    token_id BLOB NOT NULL UNIQUE,
    account_id BLOB REFERENCES account,
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX management_token_account ON management_token (account_id);
  `;

/** Ids of the models that a key may use, a JSON list; null: all of its plan's. When an account's keys began to be refused. */
export const TERMS = `
  ALTER TABLE api_key ADD COLUMN models TEXT;
  ALTER TABLE account ADD COLUMN suspended_at INTEGER;
  `;

/** What operators declared in the console, in quoin.yaml's own fields as JSON; an upstream's credentials are sealed. */
export const DECLARED = `
  CREATE TABLE declared (
    kind TEXT NOT NULL CHECK (kind IN ('upstream', 'model', 'plan')),
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    sealed BLOB,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  `;

/** Sections of quoin.yaml are declared too; SQLite changes no CHECK. */
export const SETTINGS_DECLARED = `
  ALTER TABLE declared RENAME TO declared_before;
  CREATE TABLE declared (
    kind TEXT NOT NULL CHECK (kind IN ('upstream', 'model', 'plan', 'setting')),
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    sealed BLOB,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO declared SELECT * FROM declared_before;
  DROP TABLE declared_before;
  `;

/** Whether a key's prompts are kept (1, or null), and what its account says of that: a PromptRule in JSON. */
export const PROMPTS = `
  ALTER TABLE api_key ADD COLUMN keep_prompts INTEGER;
  ALTER TABLE account ADD COLUMN prompt_rule TEXT;
  `;

/** Domains of accounts with what they wear there: a JSON object of brand, keys, join and proof. */
export const BRANDS = `
  CREATE TABLE account_brand (
    account_id BLOB PRIMARY KEY REFERENCES account,
    host TEXT NOT NULL,
    content TEXT NOT NULL,
    approved_at INTEGER,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX account_brand_host ON account_brand (host) WHERE approved_at IS NOT NULL;
  `;
