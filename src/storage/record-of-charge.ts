import { timeOfId } from "../base/id.ts";
import type { ChargeRow } from "../billing/store.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { NO_USAGE } from "../core/usage.ts";

const NOTE = "rebuilt from its charge after a crash";

/** What is known of the try that served: where. */
const SERVED = { model: "unknown", status: 200, outcome: "served", startMs: 0, tookMs: 0 } as const;

/** What a charge tells of its request. */
export interface ChargeTold
  extends Pick<RequestRecord, "id" | "accountId" | "at" | "chargeNanos" | "priceVersion"> {
  readonly usage: ChargeRow["usage"];
  readonly answer: ChargeRow["answer"];
}

/** The record of a finished request, as far as its charge tells. @param told `at`: when it was charged */
export function recordOfCharge({ id, accountId, at, usage, answer, ...charge }: ChargeTold): RequestRecord {
  const arrivedAt = timeOfId(id);
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
