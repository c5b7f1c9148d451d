import type { RequestSeen } from "./auditor/seen.ts";
import type { Seen } from "./client.ts";
import { PRICES } from "./offer.ts";
import type { ScriptedUpstream } from "./upstream.ts";

/** What the client saw and what the upstream did, as the auditor reads it. */
export function bothSides(seen: Seen, upstream: ScriptedUpstream, nearCrash: boolean): RequestSeen {
  const { plan } = seen;
  const served = upstream.served.get(plan.number);
  const knowsInput = plan.wire === "anthropic-messages" && plan.stream;
  return {
    number: plan.number,
    id: seen.id,
    end: seen.end ?? "cut",
    stream: plan.stream,
    well: plan.course === "well",
    arrivals: served?.arrivals ?? 0,
    usage: plan.usage,
    reported: served?.reported ?? false,
    usageAtStart: knowsInput ? { ...plan.usage, output: 1 } : undefined,
    bodyBytes: seen.bodyBytes,
    outputTokensMax: plan.outputTokensMax,
    textSeen: seen.textBytes,
    textSent: served?.textBytes ?? 0,
    price: PRICES[plan.model],
    nearCrash,
  };
}
