import { systemClock } from "./base/clock.ts";
import type { Settings } from "./config/settings.ts";
import type { Log } from "./core/log.ts";
import type { Home } from "./home.ts";
import { type Limiter, limiterOver, RENEW_EVERY_MS } from "./limits/limiter.ts";
import { LOOK_EVERY_MS, rememberingStore } from "./limits/remembering-store.ts";
import { slicedStore } from "./limits/sliced-store.ts";
import { recountDay } from "./recount-day.ts";
import { memoryLimitStore } from "./storage/memory/limit-store.ts";
import { connectRedis } from "./storage/redis/connection.ts";
import { redisLimitStore } from "./storage/redis/limit-store.ts";

interface LimitParts {
  readonly home: Home;
  readonly settings: Settings;
  readonly log: Log;
  /** Writes down what was recorded. */
  readonly flush: () => Promise<void>;
}

/** Counts of all nodes: brought back where Redis lost them, and taken in slices where many are asked for. */
function limitsInRedis(url: string, { home, log, flush }: LimitParts) {
  const store = redisLimitStore(connectRedis(url, log, { onLost: () => remembering.doubt() }));
  const remembering = rememberingStore({
    store,
    clock: systemClock,
    log,
    delay: Bun.sleep,
    async recount(accountId, counted, day) {
      await flush();
      return await recountDay(home, accountId, counted, day);
    },
  });
  const looking = setInterval(() => void remembering.look(), LOOK_EVERY_MS);
  looking.unref();
  const sliced = slicedStore({
    store: remembering,
    clock: systemClock,
    later: (ms, work) => void setTimeout(work, ms).unref(),
    onFault: (message, cause) => log("debug", message, { cause: String(cause) }),
  });
  return { store: sliced, stop: () => clearInterval(looking) };
}

/** Limits counted in Redis, or in this process where there is none. */
export function buildLimits(parts: LimitParts): { readonly limiter: Limiter; stop(): void } {
  const { redisUrl } = parts.settings;
  const { store, stop } =
    redisUrl === undefined
      ? { store: memoryLimitStore(systemClock), stop: () => undefined }
      : limitsInRedis(redisUrl, parts);
  const limiter = limiterOver({ store, log: parts.log });
  const renewal = setInterval(() => void limiter.renew(), RENEW_EVERY_MS);
  renewal.unref();
  return {
    limiter,
    stop() {
      clearInterval(renewal);
      stop();
      store.close();
    },
  };
}
