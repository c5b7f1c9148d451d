import type { QuarantineStore } from "../../billing/quarantine.ts";
import { did, first, idValue, type Runner, rows } from "../people/steps.ts";

interface StoredCharge {
  readonly request_id: string;
  readonly account_id: string;
  readonly account: string;
  readonly amount: bigint;
  readonly at: bigint;
}

export function quarantineStore(runner: Runner): QuarantineStore {
  return {
    async list(limit) {
      const found = await runner.read(
        rows<StoredCharge>(
          // Legs of other wallets than the first's are budgets, which are no money.
          `SELECT f.request_id, a.account_id, a.name AS account, sum(c.amount)::bigint AS amount, max(c.at) AS at
           FROM charge f JOIN charge c ON c.request_id = f.request_id AND c.wallet_id = f.wallet_id
           JOIN wallet w ON w.wallet_id = f.wallet_id JOIN account a ON a.account_id = w.account_id
           WHERE f.state = 'quarantined' AND f.leg = 0
           GROUP BY f.request_id, a.account_id, a.name ORDER BY f.request_id LIMIT $1::bigint`,
          limit,
        ),
      );
      return found.map(({ request_id, account_id, account, amount, at }) => ({
        requestId: request_id,
        accountId: account_id,
        account,
        amountNanos: BigInt(amount),
        at: Number(at),
      }));
    },
    async count() {
      const found = await runner.read(
        first<{ n: bigint }>("SELECT count(*) AS n FROM charge WHERE state = 'quarantined' AND leg = 0"),
      );
      return Number(found?.n ?? 0n);
    },
    close: (requestId) =>
      runner.write(
        did(
          "UPDATE charge SET state = 'posted' WHERE request_id = $1::uuid AND state = 'quarantined' RETURNING 1",
          idValue(requestId),
        ),
      ),
  };
}
