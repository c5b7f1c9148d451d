import {
  type Claim,
  type Counts,
  type ForgetfulStore,
  type HeldPermit,
  type Memory,
  PERMIT_TTL_MS,
  type PermitEnd,
  placeOf,
  type Unknown,
  type Verdict,
  type WindowShape,
  type WindowState,
} from "../../limits/store.ts";
import { type RedisConnection, redisScript } from "./connection.ts";
import { ACQUIRE, END, RENEW } from "./limit-scripts.ts";
import { JOIN, SETTLE_DAY, TELL } from "./memory-scripts.ts";

const SCRIPTS = {
  acquire: redisScript(ACQUIRE),
  end: redisScript(END),
  renew: redisScript(RENEW),
  join: redisScript(JOIN),
  tell: redisScript(TELL),
  settleDay: redisScript(SETTLE_DAY),
};
const NUMBERS_PER_WINDOW = 3;
const FORGOTTEN = -1;
const DAY_UNKNOWN = -2;

const MEMORY = "quoin:memory";
const MEMORY_TO_COME = "quoin:memory:next";

/** One account's keys are together; the memory is one for all of them, so this is one Redis, not a cluster. */
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

function verdictOf(answer: unknown, windows: number): Verdict | Unknown {
  const [denied = 0, waitMicros = 0, ...rest] = numbersOf(answer);
  if (denied === FORGOTTEN) return { kind: "forgotten" };
  if (denied === DAY_UNKNOWN) return { kind: "day", place: waitMicros - 1, slot: rest[0] ?? 0 };
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

function permitsOf({ permitId, slice }: Claim): string[] {
  return slice ? Array.from({ length: slice.places }, (_, place) => placeOf(permitId, place)) : [permitId];
}

/** For tests, which cannot wait for days and half minutes. */
export interface TimeOptions {
  /** Instead of the store's own clock. */
  readonly nowMicros?: () => number;
  readonly permitTtlMs?: number;
}

/** Limits of all nodes over one Redis or Valkey, by its clock. */
export function redisLimitStore(redis: RedisConnection, time: TimeOptions = {}): ForgetfulStore {
  const { nowMicros, permitTtlMs = PERMIT_TTL_MS } = time;
  const lifeMicros = permitTtlMs * 1_000;
  const moment = (): string => (nowMicros ? String(Math.floor(nowMicros())) : "");

  function renewOne({ scope, permitId, gates }: HeldPermit): Promise<unknown> {
    const maxima = gates.map(({ max }) => max);
    return redis.run(SCRIPTS.renew, gateKeys({ scope, gates }), [moment(), permitId, lifeMicros, ...maxima]);
  }

  return {
    async acquire(claim: Claim, memoryId: string) {
      const { scope, windows, gates, slice } = claim;
      const keys = [
        MEMORY,
        ...windows.flatMap((window) => windowKeys(scope, window)),
        ...gateKeys({ scope, gates }),
      ];
      const numbers = windows.flatMap(({ slotMicros, slots, limit, cost }) => [
        slotMicros,
        slots,
        limit,
        cost,
      ]);
      const permits = permitsOf(claim);
      const ahead = slice?.aheadMicros ?? 0;
      const first = [moment(), lifeMicros, memoryId, ahead, permits.length, ...permits, windows.length];
      const args = [...first, ...numbers, ...gates.map(({ max }) => max)];
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
    async join(waitMs): Promise<Memory> {
      const answer = await redis.run(SCRIPTS.join, [MEMORY, MEMORY_TO_COME], [moment(), waitMs * 1_000]);
      if (!Array.isArray(answer))
        throw new Error(`Redis answered ${typeof answer} where its memory was asked`);
      return { id: String(answer[0]), waitMs: Math.ceil(Number(answer[1]) / 1_000) };
    },
    async tell(memoryId, scope, window, counts: Counts) {
      const args = [moment(), memoryId, window.slotMicros, window.slots, ...counts.flat()];
      await redis.run(SCRIPTS.tell, windowKeys(scope, window), args);
    },
    async settleDay(memoryId, scope, window, units) {
      const args = [moment(), memoryId, window.slotMicros, units];
      await redis.run(SCRIPTS.settleDay, windowKeys(scope, window), args);
    },
    close: redis.close,
  };
}
