/** Charges that wait for the operator's word are found, and are paid back like posted ones. */
export const QUARANTINE = `
CREATE INDEX charge_quarantined ON charge (request_id) WHERE state = 'quarantined';

CREATE OR REPLACE FUNCTION quoin_reverse(charged uuid, lot_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH made AS (
    INSERT INTO lot (lot_id, wallet_id, source, granted, expires_at, spend_rank, grant_key)
    SELECT lot_ids[c.leg + 1], t.wallet_id, 'reversal', c.amount, t.expires_at, t.spend_rank,
      'reversal:' || replace(charged::text, '-', '') || ':' || c.leg
    FROM charge c JOIN lot t ON t.lot_id = c.lot_id
    WHERE c.request_id = charged AND c.state <> 'void' AND c.amount > 0
    ON CONFLICT (grant_key) DO NOTHING RETURNING lot_id, grant_key, granted
  )
  INSERT INTO transfer (transfer_id, key, kind, debit, credit, amount, ref, at)
  SELECT gen_random_uuid(), m.grant_key, 'reversal', '00000000000000000000000000000002', m.lot_id, m.granted,
    charged, quoin_now() FROM made m;
END $$;
`;
