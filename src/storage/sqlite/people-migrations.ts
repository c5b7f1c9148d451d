/**
 * People: users, how they prove who they are, and what they belong to. A challenge is anything that is proven
 * once (a code, a link, a passkey's answer): its hash is known, its content is sealed. Tries count down.
 */
export const PEOPLE = `
  ALTER TABLE account ADD COLUMN display_name TEXT;
  ALTER TABLE account ADD COLUMN plan_id TEXT;
  ALTER TABLE api_key ADD COLUMN user_id BLOB;
  ALTER TABLE api_key ADD COLUMN project TEXT;
  CREATE TABLE users (
    user_id BLOB PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    email_verified_at INTEGER,
    password_hash TEXT,
    phone TEXT UNIQUE,
    phone_verified_at INTEGER,
    display_name TEXT NOT NULL,
    locale TEXT,
    operator INTEGER NOT NULL DEFAULT 0 CHECK (operator IN (0, 1)),
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session (
    session_id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT,
    user_agent TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_owner ON session (user_id);
  CREATE INDEX session_expiry ON session (expires_at);
  CREATE TABLE challenge (
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id BLOB REFERENCES users,
    code_hash BLOB,
    tries_left INTEGER NOT NULL,
    content BLOB,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX challenge_user ON challenge (user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX challenge_expiry ON challenge (expires_at);
  CREATE TABLE totp (
    user_id BLOB PRIMARY KEY REFERENCES users,
    sealed BLOB NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE recovery_code (
    user_id BLOB NOT NULL REFERENCES users,
    hash BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE passkey (
    passkey_id BLOB PRIMARY KEY,
    credential TEXT NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES users,
    public_key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    transports TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX passkey_user ON passkey (user_id);
  CREATE TABLE oauth_identity (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (provider, subject),
    UNIQUE (user_id, provider)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE member (
    account_id BLOB NOT NULL REFERENCES account,
    user_id BLOB NOT NULL REFERENCES users,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'billing', 'viewer')),
    monthly_cap INTEGER CHECK (monthly_cap >= 0),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX member_user ON member (user_id);
  CREATE TABLE invitation (
    invitation_id BLOB PRIMARY KEY,
    -- Null: into an account of their own.
    account_id BLOB REFERENCES account,
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'billing', 'viewer')),
    hash BLOB NOT NULL UNIQUE,
    invited_by BLOB REFERENCES users,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX invitation_account ON invitation (account_id);
  -- What is counted against limits on sending and trying; targets are keyed hashes.
  CREATE TABLE attempt (
    kind TEXT NOT NULL,
    target BLOB NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX attempt_by_target ON attempt (kind, target, at);
  CREATE INDEX attempt_at ON attempt (at);
  -- Counting a target's attempts locks its row here: two at once are counted one after the other.
  CREATE TABLE attempt_target (
    target BLOB PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Keyed hashes of the addresses and numbers that had their trial credit, for ever.
  CREATE TABLE trial_claim (
    target BLOB PRIMARY KEY,
    wallet_id BLOB NOT NULL REFERENCES wallet,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
