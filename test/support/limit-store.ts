import { systemClock } from "../../src/base/clock.ts";
import {
  type RememberingOptions,
  type RememberingStore,
  rememberingStore,
} from "../../src/limits/remembering-store.ts";
import type { RedisConnection } from "../../src/storage/redis/connection.ts";
import { redisLimitStore, type TimeOptions } from "../../src/storage/redis/limit-store.ts";

/** Limits over a Redis as one node sees them; one that was forgotten is gathered in a moment. */
export function nodeOver(
  redis: RedisConnection,
  time: TimeOptions = {},
  options: Partial<RememberingOptions> = {},
): RememberingStore {
  return rememberingStore({
    store: redisLimitStore(redis, time),
    clock: systemClock,
    log: () => undefined,
    delay: Bun.sleep,
    recount: () => Promise.resolve(0),
    gatherMs: 50,
    ...options,
  });
}
