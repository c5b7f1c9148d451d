import type { Database } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import { moneyOf } from "../../billing/charge-rows.ts";
import type { ChargeRow } from "../../billing/store.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import type { HistoryStore } from "../../history/recorder.ts";
import { recordOfCharge } from "../record-of-charge.ts";

/** Records lost with a process that was killed, made again from what their charges tell. */
export function rebuildHistory(db: Database, history: HistoryStore, charges: readonly ChargeRow[]): number {
  const account = db.prepare<{ account_id: Uint8Array }, [Uint8Array]>(
    "SELECT account_id FROM wallet WHERE wallet_id = ?",
  );
  const records: RequestRecord[] = [];
  for (const [id, legs] of Map.groupBy(charges, (charge) => charge.requestId)) {
    const first = legs.find((charge) => charge.leg === 0);
    const owner = first && account.get(idBytes(first.walletId));
    if (!first || !owner || first.state === "void" || history.find(id)) continue;
    records.push(
      recordOfCharge({
        id,
        accountId: idText(owner.account_id),
        at: first.at,
        usage: first.usage,
        chargeNanos: moneyOf(legs).reduce((sum, charge) => sum + charge.amountNanos, 0n),
        priceVersion: first.priceVersion,
        answer: first.answer,
      }),
    );
  }
  void history.insert(records);
  return records.length;
}
