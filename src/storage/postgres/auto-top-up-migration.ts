/** Automatic top-ups: terms, and attempts, of which a wallet has one open at most. */
export const AUTO_TOP_UPS = `
  -- Whom the payment provider knows a wallet's owner as.
  CREATE TABLE payer (wallet_id uuid PRIMARY KEY REFERENCES wallet, customer text NOT NULL);
  CREATE TABLE auto_top_up (
    wallet_id uuid PRIMARY KEY REFERENCES wallet,
    below bigint NOT NULL CHECK (below > 0),
    amount bigint NOT NULL CHECK (amount > 0),
    times_a_day bigint NOT NULL,
    month_max bigint NOT NULL,
    email text,
    failures bigint NOT NULL DEFAULT 0,
    paused_until bigint NOT NULL DEFAULT 0,
    off_reason text,
    turn bigint NOT NULL DEFAULT 0
  );
  CREATE TABLE auto_top_up_attempt (
    attempt_id uuid PRIMARY KEY,
    wallet_id uuid NOT NULL REFERENCES wallet,
    amount bigint NOT NULL CHECK (amount > 0),
    customer text NOT NULL,
    method text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'failed')),
    begun_at bigint NOT NULL,
    next_at bigint NOT NULL,
    tries bigint NOT NULL DEFAULT 0,
    payment text,
    error text
  );
  CREATE INDEX auto_top_up_attempt_wallet ON auto_top_up_attempt (wallet_id, begun_at);
  CREATE UNIQUE INDEX auto_top_up_attempt_open ON auto_top_up_attempt (wallet_id) WHERE state = 'open';
`;
