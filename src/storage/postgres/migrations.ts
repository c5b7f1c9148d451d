import { MAILS } from "../mail-store.ts";
import { ROOT_KEYS } from "../root-key-store.ts";
import { AUTO_TOP_UPS } from "./auto-top-up-migration.ts";
import { CALL_BOARD } from "./call-board.ts";
import { FUNCTIONS } from "./functions.ts";
import { HISTORY, MONTHS_VACUUMED, NAME_USE } from "./history-migration.ts";
import { STEP_STATES } from "./history-steps.ts";
import {
  AUDIT,
  BRANDS,
  DECLARED,
  PROMPTS,
  SETTINGS_DECLARED,
  TERMS,
  TOKENS,
} from "./management-migrations.ts";
import { PAYMENTS } from "./payment-migration.ts";
import { PEOPLE } from "./people-migrations.ts";
import { QUARANTINE } from "./quarantine-migration.ts";
import { SETTLE_BY_REQUEST, SETTLE_UNREAD } from "./settle-function.ts";
import { CURRENCIES, SUBSCRIPTIONS } from "./subscription-migration.ts";

/**
 * The tables, one step per version; a step that has shipped is never edited. Ids are UUIDv7s, money is
 * whole nanos, times are milliseconds since the epoch. Constraints hold what the code must not break.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE FUNCTION quoin_now() RETURNS bigint LANGUAGE sql VOLATILE AS
    $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

  -- What must be the same on every node: a hash of the secret.
  CREATE TABLE installation (name text PRIMARY KEY, value text NOT NULL);

  CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_at bigint NOT NULL
  );

  CREATE TABLE wallet (
    wallet_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account,
    currency char(3) NOT NULL,
    frozen boolean NOT NULL DEFAULT false,
    UNIQUE (account_id, currency)
  );

  CREATE TABLE api_key (
    hash bytea PRIMARY KEY,
    key_id uuid NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES account,
    plan_id text NOT NULL,
    name text NOT NULL,
    -- The key's prefix and last four characters, to recognise it by.
    hint text NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint,
    expires_at bigint,
    -- What it wants of losses in translation: reject, warn or silent; null: it does not say.
    loss_policy text,
    -- Its own limits and networks in JSON; null: none.
    limits text,
    networks text,
    -- The key under which its requests are counted; null: itself.
    counted_as uuid
  );
  CREATE INDEX api_key_account ON api_key (account_id);
  CREATE INDEX api_key_plan ON api_key (plan_id) WHERE revoked_at IS NULL;

  CREATE TABLE price_list (
    version int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_hash text NOT NULL UNIQUE,
    content text NOT NULL,
    since bigint NOT NULL
  );

  -- One row for each process that ever served; epochs are unique over all of them.
  CREATE SEQUENCE node_epoch;
  CREATE TABLE node (
    node_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch bigint NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('live', 'dead')),
    expires_at bigint NOT NULL,
    name text NOT NULL,
    config_hash text NOT NULL
  );
  CREATE INDEX node_live ON node (expires_at) WHERE state = 'live';

  CREATE TABLE lot (
    lot_id uuid PRIMARY KEY,
    wallet_id uuid NOT NULL REFERENCES wallet,
    source text NOT NULL,
    granted bigint NOT NULL CHECK (granted > 0),
    taken bigint NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND granted),
    expires_at bigint,
    spend_rank smallint NOT NULL,
    grant_key text NOT NULL UNIQUE
  );
  CREATE INDEX lot_open ON lot (wallet_id, expires_at, spend_rank, lot_id) WHERE taken < granted;
  CREATE INDEX lot_wallet ON lot (wallet_id);
  CREATE INDEX lot_expiring ON lot (expires_at) WHERE taken < granted AND expires_at IS NOT NULL;

  CREATE TABLE lease (
    lot_id uuid NOT NULL REFERENCES lot,
    node_id int NOT NULL REFERENCES node,
    epoch bigint NOT NULL,
    granted bigint NOT NULL,
    spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
    returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (lot_id, node_id, epoch),
    CHECK (spent + returned <= granted)
  );
  CREATE INDEX lease_open ON lease (node_id) WHERE spent + returned < granted;

  -- The last step of a node with a wallet's money and its answer, so that a step may be asked for again.
  CREATE TABLE lease_turn (
    node_id int NOT NULL REFERENCES node,
    wallet_id uuid NOT NULL REFERENCES wallet,
    turn bigint NOT NULL,
    answer jsonb NOT NULL,
    PRIMARY KEY (node_id, wallet_id)
  );

  CREATE TABLE charge (
    request_id uuid NOT NULL,
    leg smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('posted', 'void', 'quarantined')),
    wallet_id uuid NOT NULL,
    lot_id uuid,
    node_id int NOT NULL,
    epoch bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    priced bigint NOT NULL CHECK (priced >= amount),
    price_version int NOT NULL,
    usage text NOT NULL,
    at bigint NOT NULL,
    -- What later requests may build on, for the record when that is lost in a crash: id and upstream.
    answer text,
    PRIMARY KEY (request_id, leg),
    CHECK (amount = 0 OR lot_id IS NOT NULL),
    CHECK (state <> 'void' OR amount = 0)
  ) PARTITION BY RANGE (request_id);
  CREATE TABLE charge_other PARTITION OF charge DEFAULT;
  CREATE INDEX charge_wallet ON charge (wallet_id, request_id);

  CREATE TABLE transfer (
    transfer_id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL,
    debit uuid NOT NULL,
    credit uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    ref uuid,
    at bigint NOT NULL
  );
  CREATE INDEX transfer_credit ON transfer (credit);
  CREATE INDEX transfer_debit ON transfer (debit);
  CREATE INDEX transfer_ref ON transfer (ref) WHERE ref IS NOT NULL;

  -- Keys that sign receipts: x is public, the private half is sealed with the installation's secret.
  CREATE TABLE receipt_key (kid text PRIMARY KEY, x text NOT NULL, sealed bytea NOT NULL, since bigint NOT NULL);

  CREATE TABLE code (
    code_id uuid PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    batch text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    expires_at bigint,
    created_at bigint NOT NULL,
    revoked_at bigint,
    redeemed_at bigint,
    wallet_id uuid REFERENCES wallet
  );
  CREATE INDEX code_batch ON code (batch);

  CREATE TABLE request (
    request_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    answer_id text,
    outcome text NOT NULL,
    operation text NOT NULL,
    charged bigint NOT NULL,
    record text NOT NULL
  ) PARTITION BY RANGE (request_id);
  CREATE TABLE request_other PARTITION OF request DEFAULT;
  CREATE INDEX request_account ON request (account_id, request_id);
  CREATE INDEX request_answer ON request (answer_id) WHERE answer_id IS NOT NULL;

  -- Contents lie in sealed boxes; the ids beside them are random.
  CREATE TABLE call_signature (
    account_id uuid NOT NULL,
    call_id text NOT NULL,
    expires_at bigint NOT NULL,
    box bytea NOT NULL,
    PRIMARY KEY (account_id, call_id)
  );
  CREATE INDEX call_signature_expiry ON call_signature (expires_at);
  CREATE TABLE response (
    account_id uuid NOT NULL,
    response_id text NOT NULL,
    expires_at bigint NOT NULL,
    box bytea NOT NULL,
    PRIMARY KEY (account_id, response_id)
  );
  CREATE INDEX response_expiry ON response (expires_at);

  -- Who is told of a low balance, and the messages until they are taken.
  CREATE TABLE notice (
    wallet_id uuid PRIMARY KEY REFERENCES wallet,
    below bigint NOT NULL CHECK (below > 0),
    webhook text,
    email text,
    sealed_secret bytea,
    armed boolean NOT NULL DEFAULT true
  );
  CREATE TABLE notice_message (
    message_id uuid PRIMARY KEY,
    wallet_id uuid NOT NULL REFERENCES wallet,
    channel text NOT NULL CHECK (channel IN ('webhook', 'email')),
    target text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    next_at bigint NOT NULL,
    tries int NOT NULL DEFAULT 0,
    closed_at bigint,
    error text
  );
  CREATE INDEX notice_message_due ON notice_message (next_at) WHERE closed_at IS NULL;

  -- What nodes tell each other, for some seconds.
  CREATE TABLE node_notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    ref text NOT NULL,
    at bigint NOT NULL DEFAULT quoin_now()
  );
  CREATE INDEX node_notice_at ON node_notice (at);
  `,
  FUNCTIONS,
  PAYMENTS,
  AUDIT,
  PEOPLE,
  TOKENS,
  TERMS,
  // A budget is a wallet too, and its currency names it.
  "ALTER TABLE wallet ALTER COLUMN currency TYPE text",
  HISTORY,
  QUARANTINE,
  STEP_STATES,
  DECLARED,
  AUTO_TOP_UPS,
  SETTINGS_DECLARED,
  // Items of answers, which later requests may name.
  `
  CREATE TABLE response_item (
    account_id uuid NOT NULL,
    item_id text NOT NULL,
    expires_at bigint NOT NULL,
    box bytea NOT NULL,
    PRIMARY KEY (account_id, item_id)
  );
  CREATE INDEX response_item_expiry ON response_item (expires_at);
  `,
  PROMPTS,
  SUBSCRIPTIONS,
  BRANDS,
  MAILS("bytea", "uuid", "bigint"),
  CURRENCIES,
  // Charged less cost, of requests whose cost is known; databases that are new have it already.
  "ALTER TABLE usage_sum ADD COLUMN IF NOT EXISTS margin bigint NOT NULL DEFAULT 0",
  // What the next month of a subscription costs, where a payment provider bills it.
  "ALTER TABLE subscription ADD COLUMN billed bigint",
  NAME_USE,
  ROOT_KEYS("bytea", "bigint"),
  MONTHS_VACUUMED,
  SETTLE_BY_REQUEST,
  SETTLE_UNREAD,
  CALL_BOARD,
];
