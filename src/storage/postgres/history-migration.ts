import { DIMENSIONS, SUM_COLUMNS } from "../../history/usage-sums.ts";
import { VACUUMED_OFTEN } from "./partitions.ts";

const KEY = `span, account_id, bucket, ${DIMENSIONS.join(", ")}`;

/**
 * Facets beside the records, marks of stretches, and sums of usage; src/history says what they are. Records that are
 * there already get their facets and their index in the background (history-steps.ts), so a start waits for neither.
 */
export const HISTORY = `
  ALTER TABLE request ADD COLUMN what bigint, ADD COLUMN who bigint;
  DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM request) THEN
      CREATE INDEX request_search ON ONLY request (account_id, request_id) INCLUDE (what, who);
    ELSE
      DROP INDEX request_account;
      CREATE INDEX request_search ON request (account_id, request_id) INCLUDE (what, who);
    END IF;
  END $$;

  CREATE TABLE request_mark (value int NOT NULL, stretch bigint NOT NULL, PRIMARY KEY (value, stretch));

  CREATE TABLE usage_delta (delta_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deltas text NOT NULL);
  CREATE TABLE usage_sum (
    span smallint NOT NULL, account_id text NOT NULL, bucket int NOT NULL,
    ${DIMENSIONS.map((name) => `${name} text COLLATE "C" NOT NULL,`).join(" ")}
    ${SUM_COLUMNS.map((name) => `${name} bigint NOT NULL,`).join(" ")}
    PRIMARY KEY (${KEY})
  ) WITH (fillfactor = 80);
  CREATE TABLE key_use (key_id text PRIMARY KEY, account_id text NOT NULL, at bigint NOT NULL) WITH (fillfactor = 80);

  -- What is written beside records counts each of them once: where some were there already, nothing is written.
  CREATE FUNCTION quoin_all_new(all_new boolean) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT all_new THEN RAISE EXCEPTION 'quoin: some records are there already'; END IF;
      RETURN true;
    END $$;
`;

/** Which accounts have requests of a user or a project; those of before are filled in in the background (history-steps.ts). */
export const NAME_USE = `
  CREATE TABLE name_use (
    kind text NOT NULL, name text NOT NULL, account_id text NOT NULL, PRIMARY KEY (kind, name, account_id))`;

/** Months that there are already, as those to come (partitions.ts). */
export const MONTHS_VACUUMED = `
  DO $$ DECLARE month regclass; BEGIN
    FOR month IN SELECT relid FROM pg_partition_tree('request') WHERE isleaf LOOP
      EXECUTE format('ALTER TABLE %s SET ${VACUUMED_OFTEN}', month);
    END LOOP;
  END $$`;
