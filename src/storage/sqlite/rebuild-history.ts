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

/** What a charge tells of its request. */
export interface ChargeTold
  extends Pick<RequestRecord, "id" | "accountId" | "at" | "chargeNanos" | "priceVersion"> {
  readonly usage: ChargeRow["usage"];
  readonly answer: ChargeRow["answer"];
}

/** The record of a finished request, as far as its charge tells. @param told `at`: when it was charged */
export function recordOfCharge({ id, accountId, at, usage, answer, ...charge }: ChargeTold): RequestRecord {
  const arrivedAt = arrivalOf(id);
  return {
    id,
    at: arrivedAt,
    accountId,
    keyId: "",
    model: "unknown",
    // Only Responses have answers that are kept.
    protocol: answer ? "openai-responses" : "unknown",
    operation: "generate",
    stream: false,
    status: 200,
    outcome: "finished",
    usage: { ...NO_USAGE, ...usage },
    usageSource: "reported",
    ...charge,
    attempts: answer ? [{ ...SERVED, upstream: answer.upstream }] : [],
    queueMs: 0,
    firstByteMs: 0,
    lastByteMs: Math.max(0, at - arrivedAt),
    client: "unknown",
    region: "",
    notes: [NOTE],
    ...(answer ? { answerId: answer.id } : {}),
  };
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
    records.push(
      recordOfCharge({
        id,
        accountId: idText(owner.account_id),
        at: first.at,
        usage: first.usage,
        chargeNanos: legs.reduce((sum, charge) => sum + charge.amountNanos, 0n),
        priceVersion: first.priceVersion,
        answer: first.answer,
      }),
    );
  }
  void history.insert(records);
  return records.length;
}
