import { SETTLE } from "./settle-function.ts";

/**
 * The ledger's steps, each one call and one transaction: a node that stops in the middle holds no lock.
 * Locks are taken in the order node, wallet, lot, lease, each by id. Every statement in a function sees what
 * was committed before it began, so that what is read under a lock is what is there.
 */
export const FUNCTIONS = `
CREATE FUNCTION quoin_holds_epoch(my_node int, my_epoch bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM node n WHERE n.node_id = my_node AND n.epoch = my_epoch AND n.state = 'live' FOR SHARE;
  RETURN FOUND;
END $$;

-- Ends a node's epoch: nothing is written for it any more, what it leased and did not spend is free.
CREATE FUNCTION quoin_end_node(ended int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM node n WHERE n.node_id = ended FOR UPDATE;
  UPDATE node n SET state = 'dead' WHERE n.node_id = ended;
  PERFORM 1 FROM wallet w WHERE w.wallet_id IN (
    SELECT t.wallet_id FROM lease l JOIN lot t USING (lot_id)
    WHERE l.node_id = ended AND l.spent + l.returned < l.granted)
  ORDER BY w.wallet_id FOR NO KEY UPDATE;
  UPDATE lot t SET taken = t.taken - s.rest FROM (
    SELECT l.lot_id, sum(l.granted - l.spent - l.returned)::bigint AS rest FROM lease l
    WHERE l.node_id = ended AND l.spent + l.returned < l.granted GROUP BY l.lot_id) s
  WHERE t.lot_id = s.lot_id;
  UPDATE lease l SET returned = l.granted - l.spent
  WHERE l.node_id = ended AND l.spent + l.returned < l.granted;
  DELETE FROM lease_turn t WHERE t.node_id = ended;
END $$;

-- Starts an epoch; the first of a node makes its row.
CREATE FUNCTION quoin_register(known int, node_name text, hash text, ttl_ms bigint)
RETURNS TABLE (node_id int, epoch bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF known IS NULL THEN
    RETURN QUERY INSERT INTO node (epoch, state, expires_at, name, config_hash)
      VALUES (nextval('node_epoch'), 'live', quoin_now() + ttl_ms, node_name, hash)
      RETURNING node.node_id, node.epoch;
    RETURN;
  END IF;
  PERFORM quoin_end_node(known);
  RETURN QUERY UPDATE node n
    SET epoch = nextval('node_epoch'), state = 'live', expires_at = quoin_now() + ttl_ms, config_hash = hash
    WHERE n.node_id = known RETURNING n.node_id, n.epoch;
END $$;

-- Ends one node that has not been heard of for too long; null where there is none.
CREATE FUNCTION quoin_reap() RETURNS TABLE (node_id int, epoch bigint) LANGUAGE plpgsql AS $$
DECLARE
  found_id int;
  found_epoch bigint;
BEGIN
  SELECT n.node_id, n.epoch INTO found_id, found_epoch FROM node n
    WHERE n.state = 'live' AND n.expires_at < quoin_now()
    ORDER BY n.node_id LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM quoin_end_node(found_id);
  RETURN QUERY SELECT found_id, found_epoch;
END $$;

-- Takes money out of a wallet's open lots, in spend order; null where the epoch is over.
CREATE FUNCTION quoin_lease(my_node int, my_epoch bigint, from_wallet uuid, my_turn bigint, need bigint, want bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  before lease_turn%ROWTYPE;
  is_frozen boolean;
  free_nanos bigint;
  elsewhere bigint := 0;
  missing bigint := want;
  open_lot record;
  nanos bigint;
  grants jsonb := '[]';
  answer jsonb;
BEGIN
  IF NOT quoin_holds_epoch(my_node, my_epoch) THEN RETURN NULL; END IF;
  SELECT w.frozen INTO is_frozen FROM wallet w WHERE w.wallet_id = from_wallet FOR NO KEY UPDATE;
  SELECT * INTO before FROM lease_turn t WHERE t.node_id = my_node AND t.wallet_id = from_wallet;
  IF FOUND AND before.turn = my_turn THEN
    RETURN before.answer || jsonb_build_object('now', quoin_now());
  END IF;
  IF FOUND AND before.turn > my_turn THEN RAISE EXCEPTION 'turn % of a wallet came after turn %', my_turn, before.turn; END IF;
  SELECT coalesce(sum(t.granted - t.taken), 0)::bigint INTO free_nanos FROM lot t
    WHERE t.wallet_id = from_wallet AND t.taken < t.granted AND NOT is_frozen
      AND (t.expires_at IS NULL OR t.expires_at > quoin_now());
  IF free_nanos >= need THEN
    FOR open_lot IN SELECT t.lot_id, t.expires_at, t.granted - t.taken AS free FROM lot t
      WHERE t.wallet_id = from_wallet AND t.taken < t.granted AND NOT is_frozen
        AND (t.expires_at IS NULL OR t.expires_at > quoin_now())
      ORDER BY t.expires_at NULLS LAST, t.spend_rank, t.lot_id
    LOOP
      EXIT WHEN missing <= 0;
      nanos := least(open_lot.free, missing);
      UPDATE lot t SET taken = t.taken + nanos WHERE t.lot_id = open_lot.lot_id;
      INSERT INTO lease AS l (lot_id, node_id, epoch, granted) VALUES (open_lot.lot_id, my_node, my_epoch, nanos)
        ON CONFLICT (lot_id, node_id, epoch) DO UPDATE SET granted = l.granted + nanos;
      grants := grants || jsonb_build_object('lot', open_lot.lot_id, 'nanos', nanos::text,
        'expires', open_lot.expires_at);
      missing := missing - nanos;
    END LOOP;
  ELSE
    SELECT coalesce(sum(l.granted - l.spent - l.returned), 0)::bigint INTO elsewhere
      FROM lease l JOIN lot t USING (lot_id)
      WHERE t.wallet_id = from_wallet AND l.node_id <> my_node AND NOT is_frozen
        AND l.spent + l.returned < l.granted AND (t.expires_at IS NULL OR t.expires_at > quoin_now());
  END IF;
  answer := jsonb_build_object('grants', grants, 'free', free_nanos::text, 'elsewhere', elsewhere::text,
    'nodes', (SELECT count(*) FROM node n WHERE n.state = 'live'));
  INSERT INTO lease_turn VALUES (my_node, from_wallet, my_turn, answer)
    ON CONFLICT (node_id, wallet_id) DO UPDATE SET turn = excluded.turn, answer = excluded.answer;
  RETURN answer || jsonb_build_object('now', quoin_now());
END $$;

-- Returns unspent money to its lots; false where the epoch is over, and then it was returned with it.
CREATE FUNCTION quoin_give_back(my_node int, my_epoch bigint, to_wallet uuid, my_turn bigint, grants jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  given record;
BEGIN
  IF NOT quoin_holds_epoch(my_node, my_epoch) THEN RETURN false; END IF;
  PERFORM 1 FROM wallet w WHERE w.wallet_id = to_wallet FOR NO KEY UPDATE;
  SELECT t.turn INTO before FROM lease_turn t WHERE t.node_id = my_node AND t.wallet_id = to_wallet;
  IF FOUND AND before = my_turn THEN RETURN true; END IF;
  IF FOUND AND before > my_turn THEN RAISE EXCEPTION 'turn % of a wallet came after turn %', my_turn, before; END IF;
  FOR given IN SELECT * FROM jsonb_to_recordset(grants) AS g(lot uuid, nanos bigint) ORDER BY 1 LOOP
    UPDATE lot t SET taken = t.taken - given.nanos WHERE t.lot_id = given.lot AND t.wallet_id = to_wallet;
    IF NOT FOUND THEN RAISE EXCEPTION 'lot % is not of this wallet', given.lot; END IF;
    UPDATE lease l SET returned = l.returned + given.nanos
      WHERE l.lot_id = given.lot AND l.node_id = my_node AND l.epoch = my_epoch;
    IF NOT FOUND THEN RAISE EXCEPTION 'lot % is not leased in epoch %', given.lot, my_epoch; END IF;
  END LOOP;
  INSERT INTO lease_turn VALUES (my_node, to_wallet, my_turn, '{}')
    ON CONFLICT (node_id, wallet_id) DO UPDATE SET turn = excluded.turn, answer = excluded.answer;
  RETURN true;
END $$;

-- Writes charges of one epoch and what they spend of its leases: leg 0 decides, and further legs follow it.
-- Answers what stands of each request, and whether this call wrote it.
${SETTLE}

-- Pays a posted charge back into new lots with the expiry of those that paid, once.
CREATE FUNCTION quoin_reverse(charged uuid, lot_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH made AS (
    INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
    SELECT lot_ids[c.leg + 1], t.wallet_id, 'reversal', c.amount, t.expires_at, t.spend_rank,
      'reversal:' || replace(charged::text, '-', '') || ':' || c.leg
    FROM charge c JOIN lot t ON t.lot_id = c.lot_id
    WHERE c.request_id = charged AND c.state = 'posted' AND c.amount > 0
    ON CONFLICT (grant_key) DO NOTHING RETURNING lot_id, grant_key, granted
  )
  INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, ref, at)
  SELECT gen_random_uuid(), m.grant_key, 'reversal', '00000000000000000000000000000002', m.lot_id, m.granted,
    charged, quoin_now() FROM made m;
END $$;
`;
