import { MAILS } from "../mail-store.ts";
import { ROOT_KEYS } from "../root-key-store.ts";
import {
  AUDIT,
  BRANDS,
  DECLARED,
  PROMPTS,
  SETTINGS_DECLARED,
  TERMS,
  TOKENS,
} from "./management-migrations.ts";
import { PEOPLE } from "./people-migrations.ts";
import { STEP_STATES } from "./step-migration.ts";
import {
  AUTO_TOP_UPS,
  CODES,
  CURRENCIES,
  MONTHLY_CREDITS,
  NOTICES,
  PAYMENTS,
  RECEIPTS,
  SUBSCRIPTIONS,
} from "./wallet-migrations.ts";

/**
 * The tables, one step per version; a step that has shipped is never edited. Ids are 16-byte
 * UUIDv7s, money is whole nanos, times are milliseconds since the epoch unless the name says so.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE account (
    account_id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE wallet (
    wallet_id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account,
    currency TEXT NOT NULL,
    frozen INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, currency)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE api_key (
    hash BLOB PRIMARY KEY,
    key_id BLOB NOT NULL UNIQUE,
    account_id BLOB NOT NULL REFERENCES account,
    plan_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The key's prefix and last four characters, to recognise it by.
    hint TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX api_key_account ON api_key (account_id);

  CREATE TABLE price_list (
    version INTEGER PRIMARY KEY,
    content_hash TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    since INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE node (
    node_id INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE lot (
    lot_id BLOB PRIMARY KEY,
    wallet_id BLOB NOT NULL REFERENCES wallet,
    source TEXT NOT NULL,
    granted INTEGER NOT NULL CHECK (granted > 0),
    taken INTEGER NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND granted),
    expires_at INTEGER,
    spend_rank INTEGER NOT NULL,
    grant_key TEXT NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lot_open ON lot (wallet_id, expires_at, spend_rank, lot_id) WHERE taken < granted;
  CREATE INDEX lot_wallet ON lot (wallet_id);

  CREATE TABLE lease (
    lot_id BLOB NOT NULL REFERENCES lot,
    node_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
    returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (lot_id, node_id, epoch),
    CHECK (spent + returned <= granted)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lease_open ON lease (node_id, epoch) WHERE spent + returned < granted;

  CREATE TABLE charge (
    request_id BLOB NOT NULL,
    leg INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('posted', 'void', 'quarantined')),
    wallet_id BLOB NOT NULL,
    lot_id BLOB,
    node_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    priced INTEGER NOT NULL CHECK (priced >= amount),
    price_version INTEGER NOT NULL,
    usage TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (request_id, leg)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE transfer (
    transfer_id BLOB PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    debit BLOB NOT NULL,
    credit BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    ref BLOB,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX transfer_credit ON transfer (credit);
  CREATE INDEX transfer_debit ON transfer (debit);
  `,
  // What a key wants of losses in translation: reject, warn or silent; null: it does not say.
  "ALTER TABLE api_key ADD COLUMN loss_policy TEXT",
  CODES,
  // A key's own limits and networks in JSON; null: none. Requests are counted under counted_as; null: the key's own id.
  `
  ALTER TABLE api_key ADD COLUMN expires_at INTEGER;
  ALTER TABLE api_key ADD COLUMN limits TEXT;
  ALTER TABLE api_key ADD COLUMN networks TEXT;
  ALTER TABLE api_key ADD COLUMN counted_as BLOB;
  `,
  MONTHLY_CREDITS,
  RECEIPTS,
  NOTICES,
  PAYMENTS,
  AUDIT,
  PEOPLE,
  TOKENS,
  TERMS,
  // Charges that wait for the operator's word.
  "CREATE INDEX charge_quarantined ON charge (request_id) WHERE state = 'quarantined'",
  STEP_STATES,
  DECLARED,
  AUTO_TOP_UPS,
  SETTINGS_DECLARED,
  PROMPTS,
  SUBSCRIPTIONS,
  BRANDS,
  MAILS("BLOB", "BLOB", "INTEGER"),
  CURRENCIES,
  // What the next month of a subscription costs, where a payment provider bills it.
  "ALTER TABLE subscription ADD COLUMN billed INTEGER",
  ROOT_KEYS("BLOB", "INTEGER"),
];
