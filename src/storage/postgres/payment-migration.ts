/**
 * Payments, debts, and every other movement of money that is not a charge, each one call as in functions.ts: the
 * wallet is locked first, then its lots. A wallet's own id is the account of its debt; 00…01 is the operator's
 * funding, 00…03 what expired.
 */
export const PAYMENTS = `
CREATE TABLE payment (
  object_id text PRIMARY KEY,
  payment_id uuid NOT NULL UNIQUE,
  wallet_id uuid NOT NULL REFERENCES wallet,
  paid bigint NOT NULL DEFAULT 0 CHECK (paid >= 0),
  refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0),
  disputed bigint NOT NULL DEFAULT 0 CHECK (disputed >= 0),
  -- How often it was changed: who has read an older state than the last writer must ask again.
  moves int NOT NULL DEFAULT 0
);
CREATE TABLE payment_event (event_id text PRIMARY KEY, at bigint NOT NULL);
CREATE INDEX wallet_frozen ON wallet (wallet_id) WHERE frozen;

CREATE FUNCTION quoin_transfer(with_key text, of_kind text, from_account uuid, to_account uuid, nanos bigint,
  about uuid, moved_at bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, ref, at)
  VALUES (gen_random_uuid(), with_key, of_kind, from_account, to_account, nanos, about, moved_at) $$;

CREATE FUNCTION quoin_debt(of_wallet uuid) RETURNS bigint LANGUAGE sql AS $$
  SELECT (coalesce((SELECT sum(amount) FROM transfer WHERE debit = of_wallet), 0)
    - coalesce((SELECT sum(amount) FROM transfer WHERE credit = of_wallet), 0))::bigint $$;

-- A wallet is frozen as long as it owes.
CREATE FUNCTION quoin_freeze_debtor(debtor uuid) RETURNS void LANGUAGE sql AS $$
  UPDATE wallet SET frozen = quoin_debt(debtor) > 0 WHERE wallet_id = debtor $$;

-- Money into a wallet: what it owes first, where the money was paid for; the rest as a lot of its own. False where
-- that was done before.
CREATE FUNCTION quoin_deposit(to_wallet uuid, new_lot uuid, of_source text, nanos bigint, expiry bigint,
  rank smallint, with_key text, about uuid, moved_at bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  funding constant uuid := '00000000000000000000000000000001';
  paid bigint := 0;
BEGIN
  PERFORM 1 FROM wallet w WHERE w.wallet_id = to_wallet FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM transfer t WHERE t.key IN (with_key, with_key || ':debt')) THEN RETURN false; END IF;
  IF of_source IN ('top-up', 'payment') THEN paid := least(quoin_debt(to_wallet), nanos); END IF;
  IF paid > 0 THEN
    PERFORM quoin_transfer(with_key || ':debt', 'debt-payment', funding, to_wallet, paid, about, moved_at);
    PERFORM quoin_freeze_debtor(to_wallet);
  END IF;
  IF paid < nanos THEN
    INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
      VALUES (new_lot, to_wallet, of_source, nanos - paid, expiry, rank, with_key);
    PERFORM quoin_transfer(with_key, 'grant', funding, new_lot, nanos - paid, about, moved_at);
  END IF;
  RETURN true;
END $$;

-- Takes free bought money, first out of lots whose key begins with first_key; answers what could not be taken.
-- Call it with the wallet locked.
CREATE FUNCTION quoin_take_bought(from_wallet uuid, nanos bigint, first_key text, of_kind text, with_key text,
  to_account uuid, about uuid, moved_at bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  rest bigint := nanos;
  part bigint;
  place int := 0;
  open_lot record;
BEGIN
  FOR open_lot IN SELECT t.lot_id, t.granted - t.taken AS free FROM lot t
    WHERE t.wallet_id = from_wallet AND t.taken < t.granted AND t.source IN ('top-up', 'payment')
    ORDER BY left(t.grant_key, length(first_key)) <> first_key, t.lot_id DESC
  LOOP
    EXIT WHEN rest <= 0;
    part := least(open_lot.free, rest);
    UPDATE lot t SET taken = t.taken + part WHERE t.lot_id = open_lot.lot_id;
    PERFORM quoin_transfer(with_key || ':' || place, of_kind, open_lot.lot_id, to_account, part, about, moved_at);
    rest := rest - part;
    place := place + 1;
  END LOOP;
  RETURN rest;
END $$;

-- What a payment came to, and the difference as money. known: the event was taken before · changed: the payment was
-- changed since its state was asked for, and nothing is done · applied.
CREATE FUNCTION quoin_apply_payment(event text, object text, new_payment uuid, new_lot uuid, payer uuid,
  now_paid bigint, now_refunded bigint, now_disputed bigint, moves_seen int, rank smallint, moved_at bigint)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  before payment%ROWTYPE;
  difference bigint;
  owed bigint;
BEGIN
  PERFORM 1 FROM wallet w WHERE w.wallet_id = payer FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'payment % names the wallet %, which does not exist', object, replace(payer::text, '-', '');
  END IF;
  INSERT INTO payment (object_id, payment_id, wallet_id) VALUES (object, new_payment, payer) ON CONFLICT DO NOTHING;
  SELECT * INTO before FROM payment p WHERE p.object_id = object FOR UPDATE;
  IF EXISTS (SELECT 1 FROM payment_event e WHERE e.event_id = event) THEN RETURN 'known'; END IF;
  IF before.moves <> moves_seen THEN RETURN 'changed'; END IF;
  INSERT INTO payment_event VALUES (event, moved_at);
  UPDATE payment p SET paid = now_paid, refunded = now_refunded, disputed = now_disputed, moves = p.moves + 1
    WHERE p.object_id = object;
  difference := greatest(0, now_paid - now_refunded - now_disputed)
    - greatest(0, before.paid - before.refunded - before.disputed);
  IF difference > 0 THEN
    PERFORM quoin_deposit(payer, new_lot, 'payment', difference, NULL, rank,
      'payment:' || object || ':' || before.moves, before.payment_id, moved_at);
  ELSIF difference < 0 THEN
    owed := quoin_take_bought(payer, -difference, 'payment:' || object || ':', 'payment-back',
      'payment-back:' || object || ':' || before.moves, '00000000000000000000000000000001', before.payment_id, moved_at);
    IF owed > 0 THEN
      PERFORM quoin_transfer('payment-back:' || object || ':' || before.moves || ':debt', 'payment-back', payer,
        '00000000000000000000000000000001', owed, before.payment_id, moved_at);
      PERFORM quoin_freeze_debtor(payer);
    END IF;
  END IF;
  RETURN 'applied';
END $$;

-- Free bought money pays what a wallet owes.
CREATE FUNCTION quoin_collect_debt(debtor uuid, moved_at bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM wallet w WHERE w.wallet_id = debtor FOR NO KEY UPDATE;
  PERFORM quoin_take_bought(debtor, quoin_debt(debtor), 'payment:', 'debt-payment', 'debt:' || gen_random_uuid(),
    debtor, NULL, moved_at);
  PERFORM quoin_freeze_debtor(debtor);
END $$;

-- Moves what is free in expired lots to the operator, by the database's clock; answers how many lots had something.
CREATE FUNCTION quoin_expire() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  moment constant bigint := quoin_now();
  due_lot record;
  moved bigint := 0;
BEGIN
  PERFORM 1 FROM wallet w WHERE w.wallet_id IN (
    SELECT t.wallet_id FROM lot t WHERE t.taken < t.granted AND t.expires_at <= moment)
  ORDER BY w.wallet_id FOR NO KEY UPDATE;
  FOR due_lot IN SELECT t.lot_id, t.granted - t.taken AS free FROM lot t
    WHERE t.taken < t.granted AND t.expires_at <= moment ORDER BY t.lot_id FOR UPDATE
  LOOP
    UPDATE lot t SET taken = t.granted WHERE t.lot_id = due_lot.lot_id;
    PERFORM quoin_transfer('expiry:' || replace(due_lot.lot_id::text, '-', '') || ':' || gen_random_uuid(), 'expiry',
      due_lot.lot_id, '00000000000000000000000000000003', due_lot.free, NULL, moment);
    moved := moved + 1;
  END LOOP;
  RETURN moved;
END $$;
`;
