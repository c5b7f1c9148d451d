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

/** For the sweeps: what has expired, and whose month's credit is due. */
export const MONTHLY_CREDITS = `
  CREATE INDEX lot_expiring ON lot (expires_at) WHERE taken < granted AND expires_at IS NOT NULL;
  CREATE INDEX api_key_plan ON api_key (plan_id) WHERE revoked_at IS NULL;
`;

/** Keys that sign receipts: x is public, the private half is sealed with the installation's secret. */
export const RECEIPTS = `
  CREATE TABLE receipt_key (
    kid TEXT PRIMARY KEY,
    x TEXT NOT NULL,
    sealed BLOB NOT NULL,
    since INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX transfer_ref ON transfer (ref) WHERE ref IS NOT NULL;
`;

/** Who is told of a low balance, and the messages until they are taken. */
export const NOTICES = `
  CREATE TABLE notice (
    wallet_id BLOB PRIMARY KEY REFERENCES wallet,
    below INTEGER NOT NULL CHECK (below > 0),
    webhook TEXT,
    email TEXT,
    sealed_secret BLOB,
    armed INTEGER NOT NULL DEFAULT 1
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE notice_message (
    message_id BLOB PRIMARY KEY,
    wallet_id BLOB NOT NULL REFERENCES wallet,
    channel TEXT NOT NULL CHECK (channel IN ('webhook', 'email')),
    target TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    closed_at INTEGER,
    error TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX notice_message_due ON notice_message (next_at) WHERE closed_at IS NULL;
`;

/** Payments by their provider's id, as sums, and the events that were taken. */
export const PAYMENTS = `
  CREATE TABLE payment (
    object_id TEXT PRIMARY KEY,
    payment_id BLOB NOT NULL UNIQUE,
    wallet_id BLOB NOT NULL REFERENCES wallet,
    paid INTEGER NOT NULL DEFAULT 0 CHECK (paid >= 0),
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0),
    disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed >= 0),
    moves INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE payment_event (
    event_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Automatic top-ups: terms, and attempts, of which a wallet has one open at most. */
export const AUTO_TOP_UPS = `
  -- Whom the payment provider knows a wallet's owner as.
  CREATE TABLE payer (wallet_id BLOB PRIMARY KEY REFERENCES wallet, customer TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE auto_top_up (
    wallet_id BLOB PRIMARY KEY REFERENCES wallet,
    below INTEGER NOT NULL CHECK (below > 0),
    amount INTEGER NOT NULL CHECK (amount > 0),
    times_a_day INTEGER NOT NULL,
    month_max INTEGER NOT NULL,
    email TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    paused_until INTEGER NOT NULL DEFAULT 0,
    off_reason TEXT,
    turn INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE auto_top_up_attempt (
    attempt_id BLOB PRIMARY KEY,
    wallet_id BLOB NOT NULL REFERENCES wallet,
    amount INTEGER NOT NULL CHECK (amount > 0),
    customer TEXT NOT NULL,
    method TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'failed')),
    begun_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    payment TEXT,
    error TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX auto_top_up_attempt_wallet ON auto_top_up_attempt (wallet_id, begun_at);
  CREATE UNIQUE INDEX auto_top_up_attempt_open ON auto_top_up_attempt (wallet_id) WHERE state = 'open';
`;

/** Plans that are paid for month by month; an account's wallet has one at most. Truths are 0 or 1. */
export const SUBSCRIPTIONS = `
  CREATE TABLE subscription (
    wallet_id BLOB PRIMARY KEY REFERENCES wallet,
    plan TEXT NOT NULL,
    seats INTEGER,
    payer TEXT NOT NULL CHECK (payer IN ('card', 'wallet', 'operator')),
    base_plan TEXT,
    in_force INTEGER NOT NULL,
    open INTEGER NOT NULL,
    next_plan TEXT,
    next_seats INTEGER,
    cancel_at_end INTEGER NOT NULL,
    paid_until INTEGER NOT NULL,
    problem TEXT,
    pay_url TEXT,
    external TEXT,
    look_at INTEGER NOT NULL,
    moves INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX subscription_due ON subscription (look_at) WHERE open = 1;
`;

/** Currencies besides USD: which an account is shown, and what a payment was paid in, in its least units, at which rate in millionths. */
export const CURRENCIES = `
  CREATE TABLE account_currency (account_id BLOB PRIMARY KEY REFERENCES account, code TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE payment_currency (
    object_id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    rate INTEGER NOT NULL CHECK (rate > 0)
  ) STRICT, WITHOUT ROWID;
`;
