import type { Clock } from "../base/clock.ts";
import type { Target } from "../core/model.ts";

/**
 * Targets that just failed stand back for a moment. Only an order of preference: when every
 * target of a model stands back, they are tried all the same. (Breakers come later.)
 */
export interface Cooldowns {
  isCooling(target: Target): boolean;
  cool(target: Target, ms: number): void;
}

export const COOLDOWN_MS = 2_000;
const COOLDOWN_MS_MAX = 30_000;

export function memoryCooldowns(clock: Clock): Cooldowns {
  const until = new Map<string, number>();
  const keyOf = (target: Target) => `${target.upstream.id}\n${target.model}`;
  return {
    isCooling(target) {
      if (until.size === 0) return false;
      const key = keyOf(target);
      const end = until.get(key);
      if (end === undefined) return false;
      if (end > clock.monotonic()) return true;
      until.delete(key);
      return false;
    },
    cool(target, ms) {
      until.set(keyOf(target), clock.monotonic() + Math.min(ms, COOLDOWN_MS_MAX));
    },
  };
}
