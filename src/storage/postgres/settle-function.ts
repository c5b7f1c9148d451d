/** In the list of what is selected. */
const REQUESTS = ",\n      (SELECT count(*) FROM entry e WHERE e.leg = 0)";

/**
 * @param answer what stands of each request, and whether this call wrote it
 * @param counts whether it may ask how many requests there were
 */
const settles = (
  answer: string,
  counts = false,
): string => `FUNCTION quoin_settle(my_node int, my_epoch bigint, entries jsonb)
RETURNS TABLE (request_id uuid, written boolean, state text, amount bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  posted uuid[] := '{}';
  leases bigint := 0;
  updated bigint := 0;
${counts ? "  requests bigint;\n" : ""}BEGIN
  IF quoin_holds_epoch(my_node, my_epoch) THEN
    WITH entry AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(entries) AS e(
        request_id uuid, leg smallint, state text, wallet_id uuid, lot_id uuid, amount bigint, priced bigint,
        price_version int, usage text, at bigint, answer text)
    ), deciding AS (
      INSERT INTO charge AS c
      SELECT e.request_id, e.leg, e.state, e.wallet_id, e.lot_id, my_node, my_epoch, e.amount, e.priced,
        e.price_version, e.usage, e.at, e.answer FROM entry e WHERE e.leg = 0
      ON CONFLICT DO NOTHING RETURNING c.request_id, c.lot_id, c.amount
    ), further AS (
      INSERT INTO charge AS c
      SELECT e.request_id, e.leg, e.state, e.wallet_id, e.lot_id, my_node, my_epoch, e.amount, e.priced,
        e.price_version, e.usage, e.at, e.answer FROM entry e
      WHERE e.leg > 0 AND e.request_id IN (SELECT d.request_id FROM deciding d)
      RETURNING c.request_id, c.lot_id, c.amount
    ), sums AS (
      SELECT x.lot_id, sum(x.amount)::bigint AS nanos
      FROM (SELECT * FROM deciding UNION ALL SELECT * FROM further) x WHERE x.amount > 0 GROUP BY x.lot_id
    ), spending AS (
      UPDATE lease l SET spent = l.spent + s.nanos FROM sums s
      WHERE l.lot_id = s.lot_id AND l.node_id = my_node AND l.epoch = my_epoch RETURNING 1
    )
    SELECT coalesce((SELECT array_agg(d.request_id) FROM deciding d), '{}'),
      (SELECT count(*) FROM sums), (SELECT count(*) FROM spending)${counts ? REQUESTS : ""} INTO posted, leases, updated${counts ? ", requests" : ""};
    IF leases <> updated THEN
      RAISE EXCEPTION 'charges of % lots, of which epoch % leases %', leases, my_epoch, updated;
    END IF;
  END IF;
${answer}END $$;`;

/** Joined to all requests at once; later replaced by the next one. */
export const SETTLE = `CREATE ${settles(`  RETURN QUERY SELECT c.request_id, c.request_id = ANY (posted),
      (array_agg(c.state ORDER BY c.leg))[1], sum(c.amount)::bigint
    FROM charge c
    WHERE c.request_id IN (SELECT (e ->> 'request_id')::uuid FROM jsonb_array_elements(entries) e)
    GROUP BY c.request_id;
`)}`;

/**
 * Each request looked up by itself: joined to all at once, the planner read a month of charges for every group while
 * its statistics were of a smaller table.
 */
export const SETTLE_BY_REQUEST = `
CREATE OR REPLACE ${settles(`  RETURN QUERY SELECT asked.request_id, asked.request_id = ANY (posted), found.state, found.amount
    FROM (SELECT DISTINCT (e ->> 'request_id')::uuid AS request_id FROM jsonb_array_elements(entries) e) asked
    CROSS JOIN LATERAL (
      SELECT (array_agg(c.state ORDER BY c.leg))[1] AS state, sum(c.amount)::bigint AS amount
      FROM charge c WHERE c.request_id = asked.request_id
    ) found
    WHERE found.state IS NOT NULL;
`)}
`;

/**
 * What this call has written need not be looked up again, and that is mostly all: for those the state and the amount
 * are null, which the caller knows.
 */
export const SETTLE_UNREAD = `
CREATE OR REPLACE ${settles(
  `  RETURN QUERY SELECT p.request_id, true, NULL::text, NULL::bigint FROM unnest(posted) AS p(request_id);
  IF cardinality(posted) = requests THEN RETURN; END IF;
  RETURN QUERY SELECT asked.request_id, false, found.state, found.amount
    FROM (SELECT DISTINCT (e ->> 'request_id')::uuid AS request_id FROM jsonb_array_elements(entries) e) asked
    CROSS JOIN LATERAL (
      SELECT (array_agg(c.state ORDER BY c.leg))[1] AS state, sum(c.amount)::bigint AS amount
      FROM charge c WHERE c.request_id = asked.request_id
    ) found
    WHERE found.state IS NOT NULL AND asked.request_id <> ALL (posted);
`,
  true,
)}
`;
