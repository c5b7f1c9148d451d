import {
  type Claim,
  type HeldPermit,
  type LimitStore,
  PERMIT_TTL_MS,
  type PermitEnd,
  type Verdict,
  type WindowShape,
  type WindowState,
} from "../../limits/store.ts";
import { type RedisConnection, redisScript } from "./connection.ts";
import { ACQUIRE, END, RENEW } from "./limit-scripts.ts";

const SCRIPTS = { acquire: redisScript(ACQUIRE), end: redisScript(END), renew: redisScript(RENEW) };
const NUMBERS_PER_WINDOW = 3;

/** The braces keep one account's keys together where Redis is spread over machines. */
const keyOf = (scope: string, name: string): string => `quoin:{${scope}}:${name}`;

function windowKeys(scope: string, { name }: WindowShape): [string, string] {
  const key = keyOf(scope, name);
  return [key, `${key}:slots`];
}

function gateKeys({ scope, gates }: Pick<HeldPermit, "scope" | "gates">): string[] {
  return gates.map(({ name }) => keyOf(scope, name));
}

/** @throws Error when Redis answered with something else than the script gives. */
function numbersOf(answer: unknown): number[] {
  if (!Array.isArray(answer)) throw new Error(`Redis answered ${typeof answer} where numbers were expected`);
  return answer.map(Number);
}

function verdictOf(answer: unknown, windows: number): Verdict {
  const [denied = 0, waitMicros = 0, ...rest] = numbersOf(answer);
  const states = Array.from({ length: windows }, (_, place): WindowState => {
    const [slot = 0, remaining = 0, resetMicros = 0] = rest.slice(place * NUMBERS_PER_WINDOW);
    return { slot, remaining, resetMs: Math.ceil(resetMicros / 1_000) };
  });
  return {
    deniedBy: denied === 0 ? undefined : denied - 1,
    retryMs: Math.ceil(waitMicros / 1_000),
    states,
  };
}

/** For tests, which cannot wait for days and half minutes. */
export interface TimeOptions {
  /** Instead of the store's own clock. */
  readonly nowMicros?: () => number;
  readonly permitTtlMs?: number;
}

/** Limits of all nodes over one Redis or Valkey, by its clock. */
export function redisLimitStore(redis: RedisConnection, time: TimeOptions = {}): LimitStore {
  const { nowMicros, permitTtlMs = PERMIT_TTL_MS } = time;
  const lifeMicros = permitTtlMs * 1_000;
  const moment = (): string => (nowMicros ? String(Math.floor(nowMicros())) : "");

  function renewOne({ scope, permitId, gates }: HeldPermit): Promise<unknown> {
    const maxima = gates.map(({ max }) => max);
    return redis.run(SCRIPTS.renew, gateKeys({ scope, gates }), [moment(), permitId, lifeMicros, ...maxima]);
  }

  return {
    async acquire({ scope, permitId, windows, gates }: Claim) {
      const keys = [...windows.flatMap((window) => windowKeys(scope, window)), ...gateKeys({ scope, gates })];
      const numbers = windows.flatMap(({ slotMicros, slots, limit, cost }) => [
        slotMicros,
        slots,
        limit,
        cost,
      ]);
      const maxima = gates.map(({ max }) => max);
      const args = [moment(), permitId, lifeMicros, windows.length, ...numbers, ...maxima];
      return verdictOf(await redis.run(SCRIPTS.acquire, keys, args), windows.length);
    },
    async end({ scope, permitId, gates, corrections }: PermitEnd) {
      const keys = corrections.flatMap(({ window }) => windowKeys(scope, window));
      const numbers = corrections.flatMap(({ window: { slotMicros, slots }, slot, delta }) => [
        slotMicros,
        slots,
        slot,
        delta,
      ]);
      const args = [moment(), permitId, corrections.length, ...numbers];
      await redis.run(SCRIPTS.end, [...keys, ...gateKeys({ scope, gates })], args);
    },
    async renew(permits) {
      const answers = await Promise.all(permits.map(renewOne));
      return permits.filter((_, place) => answers[place] === 0).map(({ permitId }) => permitId);
    },
    close: redis.close,
  };
}
