import { systemClock } from "./base/clock.ts";
import type { Settings } from "./config/settings.ts";
import type { Log } from "./core/log.ts";
import type { GatewayHome } from "./home.ts";
import { type Limiter, limiterOver, RENEW_EVERY_MS } from "./limits/limiter.ts";
import { LOOK_EVERY_MS, rememberingStore } from "./limits/remembering-store.ts";
import { slicedStore } from "./limits/sliced-store.ts";
import type { LimitStore } from "./limits/store.ts";
import { recountDay } from "./recount-day.ts";
import { memoryLimitStore } from "./storage/memory/limit-store.ts";
import { connectRedis } from "./storage/redis/connection.ts";
import { redisLimitStore } from "./storage/redis/limit-store.ts";

interface LimitParts {
  readonly home: GatewayHome;
  readonly settings: Settings;
  readonly log: Log;
  /** Writes down what was recorded. */
  readonly flush: () => Promise<void>;
  /** Where limits are counted when no Redis counts them; this process's memory otherwise. */
  readonly limitStore?: LimitStore;
}

export interface RunningLimits {
  readonly limiter: Limiter;
  readonly limitStore: LimitStore;
  stop(): void;
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

/** Limits counted in Redis, or on this machine where there is none. */
export function buildLimits(parts: LimitParts): RunningLimits {
  const { redisUrl } = parts.settings;
  const { store, stop } =
    redisUrl === undefined
      ? { store: parts.limitStore ?? memoryLimitStore(systemClock), stop: () => undefined }
      : limitsInRedis(redisUrl, parts);
  const limiter = limiterOver({ store, log: parts.log });
  const renewal = setInterval(() => void limiter.renew(), RENEW_EVERY_MS);
  renewal.unref();
  return {
    limiter,
    limitStore: store,
    stop() {
      clearInterval(renewal);
      stop();
      store.close();
    },
  };
}
