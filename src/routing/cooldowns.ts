import type { Clock } from "../base/clock.ts";
import type { ErrorKind, GatewayError } from "../core/errors.ts";
import type { Target } from "../core/model.ts";

/**
 * Targets that fail again and again stand back for a while. Only an order of preference: when every target of a model
 * stands back, they are tried all the same, so a single target always is.
 */
export interface Cooldowns {
  isCooling(target: Asked): boolean;
  /** It did not serve: what kind of failure, and how long its own answer says to wait. */
  failed(target: Asked, failure: Failure): void;
  /** True where it had failed before. */
  served(target: Asked): boolean;
}

/** What of a target tells it from others. */
export interface Asked extends Pick<Target, "model"> {
  readonly upstream: Pick<Target["upstream"], "id">;
}

export type Failure = Pick<GatewayError, "kind" | "retryAfterMs">;

/** One failure may be the request's, or a connection's that had grown old. */
const FAILURES_IN_A_ROW = 3;
const FIRST_MS = 2_000;
const MOST_MS = 30_000;
/** A tenth more or less, so that many nodes do not come back in the same moment. */
const JITTER = 0.1;

/** Failures that say something of the target and not of one request. */
const OF_THE_TARGET: ReadonlySet<ErrorKind> = new Set([
  "upstream_unreachable",
  "upstream_timeout",
  "upstream_error",
  "overloaded",
  "rate_limit",
]);

interface Health {
  /** Failures since it last served. */
  failures: number;
  /** On the monotonic clock. */
  coolUntilMs: number;
}

/** Twice as long after each failure more. */
function coolingMs(failures: number, random: () => number): number {
  const ms = Math.min(MOST_MS, FIRST_MS * 2 ** (failures - FAILURES_IN_A_ROW));
  return ms * (1 - JITTER + 2 * JITTER * random());
}

export function memoryCooldowns(clock: Pick<Clock, "monotonic">, random = Math.random): Cooldowns {
  /** Of those alone whose last request failed. */
  const ill = new Map<string, Health>();
  const keyOf = (target: Asked) => `${target.upstream.id}\n${target.model}`;
  return {
    isCooling(target) {
      if (ill.size === 0) return false;
      return (ill.get(keyOf(target))?.coolUntilMs ?? 0) > clock.monotonic();
    },
    failed(target, { kind, retryAfterMs }) {
      if (!OF_THE_TARGET.has(kind)) return;
      const key = keyOf(target);
      const health = ill.get(key) ?? { failures: 0, coolUntilMs: 0 };
      ill.set(key, health);
      const nowMs = clock.monotonic();
      // Requests that were on their way when it began to stand back say nothing new.
      if (health.coolUntilMs <= nowMs) health.failures++;
      const asked = retryAfterMs === undefined ? 0 : Math.min(retryAfterMs, MOST_MS);
      const earned =
        health.failures < FAILURES_IN_A_ROW || health.coolUntilMs > nowMs
          ? 0
          : coolingMs(health.failures, random);
      health.coolUntilMs = Math.max(health.coolUntilMs, nowMs + Math.max(asked, earned));
    },
    served: (target) => ill.size > 0 && ill.delete(keyOf(target)),
  };
}
