import type { Target } from "../../core/model.ts";
import type { CallSums } from "../../history/call-counts.ts";
import type { CallsOfHour, UpstreamHealth } from "../contract/models.ts";
import type { ControlDeps } from "../operation.ts";

/** An upstream that serves nine of ten and less fails. */
const FAILED_SHARE = 0.1;
/** So many served in a row end what was before. */
const SERVED_AGAIN = 10;
/** A target is no help where it serves less than half, of calls that are more than chance. */
const ILL = { failed: 3, share: 0.5 } as const;

/** How a target or a whole upstream does. */
export function upstreamHealth({ calls, failed, servedSince }: CallSums, isCooling: boolean): UpstreamHealth {
  if (isCooling) return "standing_back";
  if (calls === 0) return "unused";
  return failed >= calls * FAILED_SHARE && servedSince < SERVED_AGAIN ? "failing" : "ok";
}

export function callsView({ calls, failed, lastFailure }: CallSums): CallsOfHour {
  const last = lastFailure && { ...lastFailure, at: new Date(lastFailure.at).toISOString() };
  return { calls, failed, last_failure: last ?? null };
}

/** Whether a target stands back, or fails so often that its model is not what it should be. */
export function isIll({ isCooling, recentCalls }: ControlDeps, target: Target): boolean {
  if (isCooling(target)) return true;
  const { calls, failed, servedSince } = recentCalls.of(target.upstream.id, target.model);
  return failed >= ILL.failed && failed >= calls * ILL.share && servedSince < SERVED_AGAIN;
}
