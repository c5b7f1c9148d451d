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

/** Tokens of the management API; without an account they are the operators'. Scopes are a JSON list. */
export const TOKENS = `
  CREATE TABLE management_token (
    hash bytea PRIMARY KEY,
    token_id uuid NOT NULL UNIQUE,
    account_id uuid REFERENCES account,
    name text NOT NULL,
    hint text NOT NULL,
    scopes text NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
  );
  CREATE INDEX management_token_account ON management_token (account_id);
  `;

/** Ids of the models that a key may use, a JSON list; null: all of its plan's. When an account's keys began to be refused. */
export const TERMS = `
  ALTER TABLE api_key ADD COLUMN models text;
  ALTER TABLE account ADD COLUMN suspended_at bigint;
  `;

/** What operators declared in the console, in quoin.yaml's own fields as JSON; an upstream's credentials are sealed. */
export const DECLARED = `
  CREATE TABLE declared (
    kind text NOT NULL CHECK (kind IN ('upstream', 'model', 'plan')),
    id text NOT NULL,
    content text NOT NULL,
    sealed bytea,
    updated_at bigint NOT NULL,
    updated_by text NOT NULL,
    PRIMARY KEY (kind, id)
  );
  `;

/** Sections of quoin.yaml are declared too. */
export const SETTINGS_DECLARED = `
  ALTER TABLE declared DROP CONSTRAINT declared_kind_check;
  ALTER TABLE declared ADD CONSTRAINT declared_kind_check
    CHECK (kind IN ('upstream', 'model', 'plan', 'setting'));
  `;

/** What keys ask to keep of their requests (1, or null), and what their account says of that: a PromptRule in JSON. */
export const PROMPTS = `
  ALTER TABLE api_key ADD COLUMN keep_prompts smallint;
  ALTER TABLE account ADD COLUMN prompt_rule text;
  CREATE TABLE transcript (
    account_id uuid NOT NULL,
    request_id uuid NOT NULL,
    key_id uuid NOT NULL,
    expires_at bigint NOT NULL,
    box bytea NOT NULL,
    PRIMARY KEY (account_id, request_id)
  );
  CREATE INDEX transcript_expiry ON transcript (expires_at);
  `;

/** Domains of accounts with what they wear there: a JSON object of brand, keys, join and proof. */
export const BRANDS = `
  CREATE TABLE account_brand (
    account_id uuid PRIMARY KEY REFERENCES account,
    host text NOT NULL,
    content text NOT NULL,
    approved_at bigint,
    updated_at bigint NOT NULL
  );
  CREATE UNIQUE INDEX account_brand_host ON account_brand (host) WHERE approved_at IS NOT NULL;
  `;
