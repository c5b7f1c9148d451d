/** Plans that are paid for month by month; an account's wallet has one at most. Truths are 0 or 1. */
export const SUBSCRIPTIONS = `
  CREATE TABLE subscription (
    wallet_id uuid PRIMARY KEY REFERENCES wallet,
    plan text NOT NULL,
    seats bigint,
    payer text NOT NULL CHECK (payer IN ('card', 'wallet', 'operator')),
    base_plan text,
    in_force bigint NOT NULL,
    open bigint NOT NULL,
    next_plan text,
    next_seats bigint,
    cancel_at_end bigint NOT NULL,
    paid_until bigint NOT NULL,
    problem text,
    pay_url text,
    external text,
    look_at bigint NOT NULL,
    moves bigint NOT NULL
  );
  CREATE INDEX subscription_due ON subscription (look_at) WHERE open = 1;
`;

/** Currencies besides USD: which an account is shown, and what a payment was paid in, in its least units, at which rate in millionths. */
export const CURRENCIES = `
  CREATE TABLE account_currency (account_id uuid PRIMARY KEY REFERENCES account, code text NOT NULL);
  CREATE TABLE payment_currency (
    object_id text PRIMARY KEY,
    code text NOT NULL,
    minor bigint NOT NULL CHECK (minor > 0),
    rate bigint NOT NULL CHECK (rate > 0)
  );
`;
