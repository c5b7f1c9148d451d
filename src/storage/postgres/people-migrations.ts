/** People, as in SQLite. */
export const PEOPLE = `
  ALTER TABLE account ADD COLUMN display_name text;
  ALTER TABLE account ADD COLUMN plan_id text;
  ALTER TABLE api_key ADD COLUMN user_id uuid;
  ALTER TABLE api_key ADD COLUMN project text;
  CREATE TABLE users (
    user_id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    email_verified_at bigint,
    password_hash text,
    phone text UNIQUE,
    phone_verified_at bigint,
    display_name text NOT NULL,
    locale text,
    operator bigint NOT NULL DEFAULT 0 CHECK (operator IN (0, 1)),
    created_at bigint NOT NULL,
    disabled_at bigint
  );
  CREATE TABLE session (
    session_id uuid PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES users,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    address text,
    user_agent text
  );
  CREATE INDEX session_owner ON session (user_id);
  CREATE INDEX session_expiry ON session (expires_at);
  CREATE TABLE challenge (
    hash bytea PRIMARY KEY,
    purpose text NOT NULL,
    user_id uuid REFERENCES users,
    code_hash bytea,
    tries_left bigint NOT NULL,
    content bytea,
    sent_at bigint NOT NULL,
    expires_at bigint NOT NULL
  );
  CREATE INDEX challenge_user ON challenge (user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX challenge_expiry ON challenge (expires_at);
  CREATE TABLE totp (
    user_id uuid PRIMARY KEY REFERENCES users,
    sealed bytea NOT NULL,
    confirmed_at bigint,
    last_step bigint NOT NULL DEFAULT 0
  );
  CREATE TABLE recovery_code (
    user_id uuid NOT NULL REFERENCES users,
    hash bytea NOT NULL,
    PRIMARY KEY (user_id, hash)
  );
  CREATE TABLE passkey (
    passkey_id uuid PRIMARY KEY,
    credential text NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES users,
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    transports text NOT NULL,
    name text NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
  );
  CREATE INDEX passkey_user ON passkey (user_id);
  CREATE TABLE oauth_identity (
    provider text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES users,
    created_at bigint NOT NULL,
    PRIMARY KEY (provider, subject),
    UNIQUE (user_id, provider)
  );
  CREATE TABLE member (
    account_id uuid NOT NULL REFERENCES account,
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'billing', 'viewer')),
    monthly_cap bigint CHECK (monthly_cap >= 0),
    created_at bigint NOT NULL,
    PRIMARY KEY (account_id, user_id)
  );
  CREATE INDEX member_user ON member (user_id);
  CREATE TABLE invitation (
    invitation_id uuid PRIMARY KEY,
    -- Null: into an account of their own.
    account_id uuid REFERENCES account,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'billing', 'viewer')),
    hash bytea NOT NULL UNIQUE,
    invited_by uuid REFERENCES users,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    accepted_at bigint,
    revoked_at bigint
  );
  CREATE INDEX invitation_account ON invitation (account_id);
  -- What is counted against limits on sending and trying; targets are keyed hashes.
  CREATE TABLE attempt (
    kind text NOT NULL,
    target bytea NOT NULL,
    at bigint NOT NULL
  );
  CREATE INDEX attempt_by_target ON attempt (kind, target, at);
  CREATE INDEX attempt_at ON attempt (at);
  -- Counting a target's attempts locks its row here: two at once are counted one after the other.
  CREATE TABLE attempt_target (
    target bytea PRIMARY KEY,
    at bigint NOT NULL
  );
  -- Keyed hashes of the addresses and numbers that had their trial credit, for ever.
  CREATE TABLE trial_claim (
    target bytea PRIMARY KEY,
    wallet_id uuid NOT NULL REFERENCES wallet,
    at bigint NOT NULL
  );
`;
