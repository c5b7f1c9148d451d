import type { Database } from "bun:sqlite";
import { idBytes, idText } from "../../base/id.ts";
import type { ChargeRow } from "../../billing/store.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import { NO_USAGE } from "../../core/usage.ts";
import type { HistoryStore } from "../../history/recorder.ts";

const NOTE = "rebuilt from its charge after a crash";

/** What is known of the try that served: where. */
const SERVED = { model: "unknown", status: 200, outcome: "served", startMs: 0, tookMs: 0 } as const;

/** UUIDv7: the first 48 bits are milliseconds since the epoch. */
function arrivalOf(id: string): number {
  return Number.parseInt(id.slice(0, 12), 16);
}

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
    const at = arrivalOf(id);
    const { answer } = first;
    records.push({
      id,
      at,
      accountId: idText(owner.account_id),
      keyId: "",
      model: "unknown",
      // Only Responses have answers that are kept.
      protocol: answer ? "openai-responses" : "unknown",
      operation: "generate",
      stream: false,
      status: 200,
      outcome: "finished",
      usage: { ...NO_USAGE, ...first.usage },
      usageSource: "reported",
      chargeNanos: legs.reduce((sum, charge) => sum + charge.amountNanos, 0n),
      priceVersion: first.priceVersion,
      attempts: answer ? [{ ...SERVED, upstream: answer.upstream }] : [],
      queueMs: 0,
      firstByteMs: 0,
      lastByteMs: Math.max(0, first.at - at),
      client: "unknown",
      region: "",
      notes: [NOTE],
      ...(answer ? { answerId: answer.id } : {}),
    });
  }
  void history.insert(records);
  return records.length;
}
